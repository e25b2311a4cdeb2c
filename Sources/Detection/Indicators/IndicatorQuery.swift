public import Chronology
internal import GRDB
internal import JSON
internal import StateStore
public import ThreatIntelligence

/// What is asked of the kept indicators; every condition that is given must hold.
public struct IndicatorQuery: Sendable, Hashable {
    /// By what the answer is sorted.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        case updated = "lastUpdatedTimeUtc"
        case created = "created"
        case name = "displayName"
        case confidence
        case validFrom
        case validUntil
        case source

        fileprivate var column: String {
            switch self {
            case .updated: "updated"
            case .created: "number"
            case .name: "name"
            case .confidence: "confidence"
            case .validFrom: "valid_from"
            case .validUntil: "valid_until"
            case .source: "source"
            }
        }
    }

    /// Texts of which one must be in the name, the id, the source, or be the start of a value.
    public var keywords: [String] = []
    public var ids: [String] = []
    public var sources: [String] = []
    /// Kinds of which one of the indicator's values must be.
    public var kinds: [ObservableKind] = []
    /// STIX `indicator_types` of which one must be named.
    public var threatTypes: [String] = []
    public var confidence: ClosedRange<Int>?
    /// The end of validity lies at or after it.
    public var earliestEnd: Instant?
    /// The end of validity lies at or before it.
    public var latestEnd: Instant?
    /// Revoked ones too.
    public var includesRevoked = true
    public var order = Order.updated
    public var isAscending = false

    public init() {}

    fileprivate var condition: (sql: String, arguments: StatementArguments) {
        var parts = ["is_deleted = 0"]
        var arguments: StatementArguments = []
        func list(_ column: String, _ values: [String]) {
            if values.isEmpty { return }
            parts.append("\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(values)
        }
        list("id", ids)
        list("lower(source)", sources.map { $0.lowercased() })
        if !kinds.isEmpty {
            let marks = kinds.map { _ in "?" }.joined(separator: ", ")
            parts.append("number IN (SELECT indicator FROM detection_indicator_term WHERE kind IN (\(marks)))")
            arguments += StatementArguments(kinds.map(\.rawValue))
        }
        alternatives(threatTypes, "instr(json_extract(stix, '$.indicator_types'), ?) > 0") { ["\"\($0)\""] }
        alternatives(
            keywords,
            """
            (instr(lower(name || ' ' || id || ' ' || source), ?) > 0 OR number IN
            (SELECT indicator FROM detection_indicator_term WHERE value >= ? AND value < ? || x'7f'))
            """
        ) { [$0.lowercased(), $0.lowercased(), $0.lowercased()] }
        func alternatives(_ values: [String], _ sql: String, _ bind: (String) -> StatementArguments) {
            if values.isEmpty { return }
            parts.append("(\(values.map { _ in sql }.joined(separator: " OR ")))")
            for value in values { arguments += bind(value) }
        }
        if let confidence {
            parts.append("coalesce(confidence, 0) BETWEEN ? AND ?")
            arguments += [confidence.lowerBound, confidence.upperBound]
        }
        if let earliestEnd {
            parts.append("(valid_until IS NULL OR valid_until >= ?)")
            arguments += [earliestEnd.ticks]
        }
        if let latestEnd {
            parts.append("valid_until <= ?")
            arguments += [latestEnd.ticks]
        }
        if !includesRevoked { parts.append("is_revoked = 0") }
        return (parts.joined(separator: " AND "), arguments)
    }
}

extension IndicatorStore {
    /// One page of the indicators that a query asks for.
    public func indicators(_ query: IndicatorQuery, limit: Int, offset: Int) async throws -> [Kept] {
        let (sql, arguments) = query.condition
        let order = "\(query.order.column) \(query.isAscending ? "ASC" : "DESC"), number"
        return try await database.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM detection_indicator WHERE \(sql) ORDER BY \(order) LIMIT ? OFFSET ?",
                arguments: arguments + [limit, offset])
            return try rows.map { try Self.kept($0, in: database) }
        }
    }

    /// How many indicators a query asks for.
    public func count(_ query: IndicatorQuery) async throws -> Int {
        let (sql, arguments) = query.condition
        return try await database.read { database in
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM detection_indicator WHERE \(sql)", arguments: arguments) ?? 0
        }
    }

    /// How many indicators name each type of threat, and how many each kind of value.
    public func metrics() async throws -> (threats: [(name: String, count: Int)], kinds: [(name: String, count: Int)]) {
        try await database.read { database in
            func counts(_ sql: String) throws -> [(name: String, count: Int)] {
                try Row.fetchAll(database, sql: sql).map { ($0["name"], $0["total"]) }
            }
            let threats = try counts(
                """
                SELECT value AS name, COUNT(*) AS total FROM detection_indicator, json_each(stix, '$.indicator_types')
                WHERE is_deleted = 0 GROUP BY value ORDER BY value
                """)
            let kinds = try counts(
                """
                SELECT kind AS name, COUNT(DISTINCT indicator) AS total FROM detection_indicator_term
                WHERE indicator IN (SELECT number FROM detection_indicator WHERE is_deleted = 0)
                GROUP BY kind ORDER BY kind
                """)
            return (threats, kinds)
        }
    }
}
