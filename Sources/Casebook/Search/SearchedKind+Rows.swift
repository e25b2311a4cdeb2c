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
    /// So many of the newest matches of each kind count in a filter.
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

    private static func numbers(_ kind: SearchedKind) -> String {
        """
        (SELECT rowid / 8 FROM casebook_search WHERE casebook_search MATCH ? AND rowid % 8 = \(kind.rawValue)
            ORDER BY rowid DESC LIMIT \(newest))
        """
    }

    private static let places = [
        "i.number IN \(numbers(.incident))",
        "i.id IN (SELECT incident FROM casebook_comment WHERE seq IN \(numbers(.comment)))",
        "i.id IN (SELECT incident FROM casebook_task WHERE seq IN \(numbers(.task)))",
        "i.id IN (SELECT incident FROM casebook_field WHERE seq IN \(numbers(.field)))",
        """
        i.id IN (SELECT r.incident FROM casebook_bookmark b
            JOIN casebook_relation r ON r.target = b.id AND r.kind = 'bookmark' WHERE b.seq IN \(numbers(.bookmark)))
        """,
        """
        i.id IN (SELECT incident FROM casebook_alert WHERE seq IN
            (SELECT rowid FROM casebook_alert_search WHERE casebook_alert_search MATCH ?
                ORDER BY rowid DESC LIMIT \(newest)))
        """,
    ]
}
