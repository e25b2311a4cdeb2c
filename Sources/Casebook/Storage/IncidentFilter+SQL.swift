internal import Chronology
internal import GRDB
internal import Vocabulary

/// A piece of SQL with the values for its marks. Values never become part of the text.
struct SQLCondition: Sendable {
    var text: String
    var arguments: [any DatabaseValueConvertible & Sendable] = []

    static let never = SQLCondition(text: "0")

    /// Several conditions with an operator between; `empty` stands for none.
    static func joined(_ parts: [SQLCondition], by word: String, empty: String) -> SQLCondition {
        guard !parts.isEmpty else { return SQLCondition(text: empty) }
        return SQLCondition(
            text: "(" + parts.map(\.text).joined(separator: " \(word) ") + ")", arguments: parts.flatMap(\.arguments))
    }

    static func member(_ column: String, _ values: [String]) -> SQLCondition {
        values.isEmpty ? .never : SQLCondition(text: "\(column) IN \(values.sqlMarks)", arguments: values)
    }
}

extension IncidentFilter {
    /// Filters nested deeper than this find nothing; no query of the portal or a client comes near.
    private static let deepest = 64

    /// The condition on `casebook_incident i`.
    func condition(depth: Int = 0) -> SQLCondition {
        guard depth < IncidentFilter.deepest else { return .never }
        switch self {
        case .all: return SQLCondition(text: "1")
        case .and(let parts): return .joined(parts.map { $0.condition(depth: depth + 1) }, by: "AND", empty: "1")
        case .or(let parts): return .joined(parts.map { $0.condition(depth: depth + 1) }, by: "OR", empty: "0")
        case .not(let part):
            let inner = part.condition(depth: depth + 1)
            return SQLCondition(text: "NOT coalesce(\(inner.text), 0)", arguments: inner.arguments)
        case .status(let statuses): return IncidentFilter.status(statuses)
        case .severity(let severities):
            return severities.isEmpty
                ? .never
                : SQLCondition(
                    text: "i.severity IN \(Array(severities).sqlMarks)", arguments: severities.map(\.rank).sorted())
        case .classification(let verdicts): return .member("i.verdict", verdicts.map(\.rawValue).sorted())
        case .classificationReason(let reasons): return .member("i.reason", reasons.map(\.rawValue).sorted())
        case .owner(let text): return IncidentFilter.owner(text)
        case .unassigned: return SQLCondition(text: "i.owner_kind = ''")
        case .ids(let ids): return .member("i.id", ids.map(\.rawValue))
        case .number(let range):
            return SQLCondition(text: "i.number BETWEEN ? AND ?", arguments: [range.lowerBound, range.upperBound])
        case .score(let range):
            return SQLCondition(text: "i.score BETWEEN ? AND ?", arguments: [range.lowerBound, range.upperBound])
        case .time(let field, let range):
            return SQLCondition(
                text: "(\(field.column) >= ? AND \(field.column) < ?)",
                arguments: [range.start.ticks, range.end.ticks])
        case .text(let field, let test, let text):
            return SQLCondition(text: "\(field.column) LIKE ? ESCAPE '\\'", arguments: [test.pattern(text)])
        case .search(let words): return IncidentFilter.search(words)
        case .labelText(let test, let text):
            return .exists(
                "casebook_label l WHERE l.incident = i.id AND l.name LIKE ? ESCAPE '\\'", test.pattern(text))
        case .label, .tactic, .rule, .product, .entity, .alert: return relatedCondition
        }
    }

    /// Open or closed stands in the index of the queue.
    private static func status(_ statuses: Set<IncidentStatus>) -> SQLCondition {
        switch statuses {
        case [.closed]: SQLCondition(text: "i.is_open = 0")
        case [.new, .active]: SQLCondition(text: "i.is_open = 1")
        default: .member("i.status", statuses.map(\.rawValue).sorted())
        }
    }

    /// Does `casebook_tally` know how many incidents there are of it?
    var isTallied: Bool {
        switch self {
        case .all, .status, .severity, .classification, .unassigned: true
        case .and(let parts), .or(let parts): parts.allSatisfy(\.isTallied)
        case .not(let part): part.isTallied
        default: false
        }
    }

    /// Conditions on the rows that belong to an incident.
    private var relatedCondition: SQLCondition {
        switch self {
        case .label(let name):
            .exists("casebook_label l WHERE l.incident = i.id AND l.name = ? COLLATE NOCASE", name)
        case .tactic(let tactic):
            SQLCondition(text: "' ' || i.tactics || ' ' LIKE ?", arguments: ["% \(tactic.rawValue) %"])
        case .rule(let id):
            .exists("casebook_alert a WHERE a.incident = i.id AND a.rule_id = ? COLLATE NOCASE", id)
        case .product(let name):
            .exists("casebook_alert a WHERE a.incident = i.id AND a.product = ? COLLATE NOCASE", name)
        case .alert(let id):
            SQLCondition(
                text: "i.id = (SELECT a.incident FROM casebook_alert a WHERE a.id = ?)", arguments: [id.rawValue])
        case .entity(let id):
            SQLCondition(
                text: """
                    i.id IN (SELECT ie.incident FROM casebook_incident_entity ie WHERE ie.entity = \(FormerEntities.row))
                    """, arguments: [id.rawValue, id.rawValue])
        default: .never
        }
    }

    private static func owner(_ text: String) -> SQLCondition {
        let columns = ["owner_object_id", "owner_principal_name", "owner_email", "owner_name"]
        return .joined(
            columns.map { SQLCondition(text: "i.\($0) = ? COLLATE NOCASE", arguments: [text]) }, by: "OR", empty: "0")
    }

    /// Every word must occur somewhere; at most 16 words count.
}

extension SQLCondition {
    fileprivate static func exists(_ source: String, _ value: String) -> SQLCondition {
        SQLCondition(text: "EXISTS (SELECT 1 FROM \(source))", arguments: [value])
    }
}
