internal import GRDB
internal import JSON
internal import Vocabulary

extension SearchedKind {
    /// The rows of this kind by their numbers, whose list the caller appends; whether they are incidents themselves.
    var selection: (sql: String, isIncident: Bool) {
        switch self {
        case .incident:
            (
                """
                SELECT number, id, title AS heading,
                    description || ' ' || classification_comment || ' ' || owner_name AS text
                FROM casebook_incident WHERE number IN
                """, true
            )
        case .comment:
            (
                """
                SELECT seq AS number, id, incident, author_name AS heading, message AS text
                FROM casebook_comment WHERE seq IN
                """, false
            )
        case .task:
            (
                """
                SELECT seq AS number, id, incident, title AS heading, title || ' ' || description AS text
                FROM casebook_task WHERE seq IN
                """, false
            )
        case .bookmark:
            (
                """
                SELECT b.seq AS number, b.id AS id, r.incident AS incident, b.display_name AS heading,
                    b.notes || ' ' || b.query || ' ' || b.query_result AS text
                FROM casebook_bookmark b LEFT JOIN casebook_relation r ON r.target = b.id AND r.kind = 'bookmark'
                WHERE b.seq IN
                """, false
            )
        case .field:
            (
                """
                SELECT seq AS number, name AS id, incident, name AS heading, value AS text
                FROM casebook_field WHERE seq IN
                """, false
            )
        }
    }
}

extension SearchHit.Place {
    init(_ kind: SearchedKind, id: String) {
        switch kind {
        case .incident: self = .incident
        case .comment: self = .comment(CommentID(id))
        case .task: self = .task(TaskID(id))
        case .bookmark: self = .bookmark(BookmarkID(id))
        case .field: self = .field(id)
        }
    }
}

extension IncidentFilter {
    /// So many of the newest matches of each index count in a filter.
    private static let newest = 5_000

    /// The incidents that hold all words in one of their texts, or have the label or number that the text is.
    static func search(_ text: String) -> SQLCondition {
        let query = SearchText(text)
        var parts: [SQLCondition] = []
        if let number = query.number { parts.append(SQLCondition(text: "i.number = ?", arguments: [number])) }
        if query.words.count == 1 {
            parts.append(
                SQLCondition(
                    text: "i.id IN (SELECT incident FROM casebook_label WHERE name = ? COLLATE NOCASE)",
                    arguments: [query.words[0]]))
        }
        if let expression = query.expression {
            parts += places.map { SQLCondition(text: $0, arguments: [expression]) }
        }
        return text.contains { !$0.isWhitespace }
            ? .joined(parts, by: "OR", empty: "0") : SQLCondition(text: "1")
    }

    /// Each index is read once, from its newest match on; then the incidents of what was found are looked up.
    private static let places = [
        """
        i.id IN (WITH found (place) AS MATERIALIZED (
                SELECT rowid FROM casebook_search WHERE casebook_search MATCH ? ORDER BY rowid DESC LIMIT \(newest))
            \(SearchedKind.allCases.map(\.incidents).joined(separator: " UNION ALL ")))
        """,
        """
        i.id IN (SELECT incident FROM casebook_alert WHERE seq IN
            (SELECT rowid FROM casebook_alert_search WHERE casebook_alert_search MATCH ?
                ORDER BY rowid DESC LIMIT \(newest)))
        """,
    ]
}

extension SearchedKind {
    /// The incidents of this kind's rows among those that were `found`.
    fileprivate var incidents: String {
        let (column, source) =
            switch self {
            case .incident: ("n.id", "casebook_incident n ON n.number = place / 8")
            case .comment: ("n.incident", "casebook_comment n ON n.seq = place / 8")
            case .task: ("n.incident", "casebook_task n ON n.seq = place / 8")
            case .field: ("n.incident", "casebook_field n ON n.seq = place / 8")
            case .bookmark:
                (
                    "r.incident",
                    """
                    casebook_bookmark n ON n.seq = place / 8
                    CROSS JOIN casebook_relation r ON r.target = n.id AND r.kind = 'bookmark'
                    """
                )
            }
        return "SELECT \(column) FROM found CROSS JOIN \(source) WHERE place % 8 = \(rawValue)"
    }
}
