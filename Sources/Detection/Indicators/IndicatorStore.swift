public import Chronology
internal import GRDB
internal import JSON
public import StateStore
public import ThreatIntelligence

/// Where indicators and the allow-list are kept.
///
/// Each change of an indicator gets the next change number, by which those follow who match, sweep and publish.
public struct IndicatorStore: Sendable {
    /// What an import led to.
    public struct Outcome: Sendable, Hashable {
        public var added = 0
        public var changed = 0
        public var unchanged = 0
    }

    /// An indicator with its place in the store.
    public struct Kept: Sendable, Hashable {
        public var indicator: Indicator
        public var number: Int64
        public var change: Int64
        public var updated: Instant
        public var isDeleted: Bool
    }

    let database: StateDatabase
    private let time: TimeSource
    /// Rung when indicators or the allow-list change in this process.
    public let changes = ChangeBell()

    /// - Parameter database: opened with `DetectionTables.migrations` among its rooms.
    public init(_ database: StateDatabase, time: TimeSource = .system) {
        self.database = database
        self.time = time
    }

    /// Takes indicators in; one that is known by its id is replaced unless what came is older.
    ///
    /// - Returns: What became of them, and their identifiers in the order given.
    @discardableResult
    public func save(_ given: [Indicator]) async throws -> (outcome: Outcome, ids: [String]) {
        let now = time.now()
        let indicators = given.map(\.identified)
        var outcome = Outcome()
        // In lots, so that other writers get their turn during a large import.
        for start in stride(from: 0, to: indicators.count, by: 2_000) {
            let lot = Array(indicators[start..<min(start + 2_000, indicators.count)])
            let part = try await database.write { database in
                var outcome = Outcome()
                var change = try Self.lastChange(database)
                for indicator in lot {
                    try Self.save(indicator, now, &change, &outcome, in: database)
                }
                return outcome
            }
            outcome.added += part.added
            outcome.changed += part.changed
            outcome.unchanged += part.unchanged
        }
        changes.ring()
        return (outcome, indicators.map(\.id))
    }

    /// Removes an indicator: it is matched no more.
    ///
    /// - Returns: False when there is none.
    public func delete(_ id: String) async throws -> Bool {
        let now = time.now()
        let isDeleted = try await database.write { database in
            let change = try Self.lastChange(database) + 1
            try database.execute(
                sql: """
                    UPDATE detection_indicator SET is_deleted = 1, change = ?, updated = ?, published = NULL
                    WHERE id = ? AND is_deleted = 0
                    """, arguments: [change, now.ticks, id])
            return database.changesCount > 0
        }
        if isDeleted { changes.ring() }
        return isDeleted
    }

    public func indicator(_ id: String) async throws -> Kept? {
        try await database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM detection_indicator WHERE id = ? AND is_deleted = 0", arguments: [id]
            ).map { try Self.kept($0, in: database) }
        }
    }

    /// One page of indicators, the last changed first.
    ///
    /// - Parameter word: Occurs in the name, the id, the source or is the start of a value.
    public func page(word: String = "", limit: Int = 100, offset: Int = 0) async throws -> (kept: [Kept], total: Int) {
        try await database.read { database in
            let condition = """
                is_deleted = 0 AND (?1 = '' OR instr(lower(name || ' ' || id || ' ' || source), ?1) > 0
                    OR number IN (SELECT indicator FROM detection_indicator_term WHERE value >= ?1 AND value < ?1 || x'7f'))
                """
            let word = word.lowercased()
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM detection_indicator WHERE \(condition) ORDER BY change DESC LIMIT ?2 OFFSET ?3",
                arguments: [word, min(max(limit, 0), 1_000), max(offset, 0)])
            let total = try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM detection_indicator WHERE \(condition)", arguments: [word])
            return (try rows.map { try Self.kept($0, in: database) }, total ?? 0)
        }
    }

    /// How many indicators each source has, and how many of them are active now.
    public func countsBySource() async throws -> [(source: String, total: Int, active: Int)] {
        let now = time.now().ticks
        return try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT source, COUNT(*) AS total,
                        SUM(is_revoked = 0 AND valid_from <= ?1 AND (valid_until IS NULL OR valid_until > ?1)) AS active
                    FROM detection_indicator WHERE is_deleted = 0 GROUP BY source ORDER BY source
                    """, arguments: [now]
            ).map { ($0["source"], $0["total"], $0["active"]) }
        }
    }

    // MARK: allow-list

    /// Lets a value pass from now on, whatever indicators say of it; a domain with its subdomains, a network with its
    /// addresses, a URL folder with all beneath it.
    public func allow(_ observable: Observable, reason: String) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO detection_indicator_allowed (kind, value, reason) VALUES (?, ?, ?)
                    ON CONFLICT (kind, value) DO UPDATE SET reason = excluded.reason
                    """, arguments: [observable.kind.rawValue, observable.value, reason])
        }
        changes.ring()
    }

    /// - Returns: False when it was not on the list.
    public func disallow(_ observable: Observable) async throws -> Bool {
        let isRemoved = try await database.write { database in
            try database.execute(
                sql: "DELETE FROM detection_indicator_allowed WHERE kind = ? AND value = ?",
                arguments: [observable.kind.rawValue, observable.value])
            return database.changesCount > 0
        }
        if isRemoved { changes.ring() }
        return isRemoved
    }

    public func allowed() async throws -> [(observable: Observable, reason: String)] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM detection_indicator_allowed ORDER BY kind, value")
                .compactMap { row in
                    guard let kind = ObservableKind(rawValue: row["kind"]) else { return nil }
                    return (Observable(kind, normal: row["value"]), row["reason"])
                }
        }
    }

    // MARK: rows

    private static func lastChange(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT MAX(change) FROM detection_indicator") ?? 0
    }

    private static func save(
        _ indicator: Indicator, _ now: Instant, _ change: inout Int64, _ outcome: inout Outcome, in database: Database
    ) throws {
        let stix = indicator.stix.description
        let known = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT number, stix, source, is_deleted FROM detection_indicator WHERE id = ?"),
            arguments: [indicator.id])
        if let known, known["is_deleted"] == 0, known["stix"] == stix, known["source"] == indicator.source {
            outcome.unchanged += 1
            return
        }
        if let known, isOlder(indicator, than: known["stix"]) {
            outcome.unchanged += 1
            return
        }
        change += 1
        try database.cachedStatement(
            sql: """
                INSERT INTO detection_indicator (id, change, source, name, valid_from, valid_until, confidence, is_revoked,
                    updated, stix) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET change = excluded.change, source = excluded.source, name = excluded.name,
                    valid_from = excluded.valid_from, valid_until = excluded.valid_until,
                    confidence = excluded.confidence, is_revoked = excluded.is_revoked, updated = excluded.updated,
                    stix = excluded.stix, is_deleted = 0, published = NULL
                """
        ).execute(arguments: [
            indicator.id, change, indicator.source, indicator.name, indicator.validFrom.ticks,
            indicator.validUntil?.ticks, indicator.confidence, indicator.isRevoked, now.ticks, stix,
        ])
        let number: Int64 = known?["number"] ?? database.lastInsertedRowID
        if known != nil {
            try database.execute(
                sql: "DELETE FROM detection_indicator_term WHERE indicator = ?", arguments: [number])
            outcome.changed += 1
        } else {
            outcome.added += 1
        }
        let insert = try database.cachedStatement(
            sql: "INSERT INTO detection_indicator_term (indicator, position, kind, value, rest) VALUES (?, ?, ?, ?, ?)")
        for (position, term) in indicator.terms.enumerated() {
            try insert.execute(arguments: [
                number, position, term.key.kind.rawValue, term.key.value, StoredTerm.rest(of: term),
            ])
        }
    }

    private static func isOlder(_ indicator: Indicator, than stix: String) -> Bool {
        // What was kept is JSON that this store wrote; without its time, the newcomer counts.
        let kept = (try? JSON(parsing: stix))?["modified"]?.stringValue.flatMap { Instant(iso8601: $0) }
        guard let kept, let modified = indicator.modified else { return false }
        return modified < kept
    }

    static func kept(_ row: Row, in database: Database) throws -> Kept {
        let number: Int64 = row["number"]
        let source: String = row["source"]
        let stix: String = row["stix"]
        let reader = IndicatorReader(.init(source: source, now: Instant(ticks: row["valid_from"])))
        let terms = try StoredTerm.terms(ofIndicators: number...number, in: database)[number] ?? []
        var indicator =
            reader.read(stix).indicators.first
            ?? Indicator(
                id: row["id"], source: source, pattern: "", terms: [], validFrom: Instant(ticks: row["valid_from"]))
        indicator.terms = terms
        return Kept(
            indicator: indicator, number: number, change: row["change"], updated: Instant(ticks: row["updated"]),
            isDeleted: row["is_deleted"])
    }
}

extension Indicator {
    /// The indicator with an identifier: its own, or one that follows from its source and pattern.
    fileprivate var identified: Indicator {
        guard id.isEmpty else { return self }
        var copy = self
        copy.id = "indicator--" + StableIdentifier.make(["indicator", source, pattern])
        return copy
    }
}

/// A term as it is kept: the key in columns, the rest as JSON where there is any.
enum StoredTerm {
    static func rest(of term: IndicatorTerm) -> String? {
        guard !term.companions.isEmpty || !term.unchecked.isEmpty else { return nil }
        let companions = term.companions.map { JSON.array([.string($0.kind.rawValue), .string($0.value)]) }
        return JSON.object([
            "companions": .array(companions), "unchecked": .array(term.unchecked.map { .string($0) }),
        ]).description
    }

    static func term(_ row: Row) -> IndicatorTerm? {
        guard let kind = ObservableKind(rawValue: row["kind"]) else { return nil }
        let key = Observable(kind, normal: row["value"])
        // Written by `rest(of:)`; what does not parse narrows nothing.
        guard let rest = (row["rest"] as String?).flatMap({ try? JSON(parsing: $0) }) else { return IndicatorTerm(key) }
        let companions = (rest["companions"]?.arrayValue ?? []).compactMap { pair -> Observable? in
            guard let kind = pair[0]?.stringValue.flatMap(ObservableKind.init(rawValue:)),
                let value = pair[1]?.stringValue
            else { return nil }
            return Observable(kind, normal: value)
        }
        return IndicatorTerm(
            key, companions: companions,
            unchecked: (rest["unchecked"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    static func terms(
        ofIndicators numbers: ClosedRange<Int64>, in database: Database
    ) throws -> [Int64: [IndicatorTerm]] {
        var terms: [Int64: [IndicatorTerm]] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT * FROM detection_indicator_term WHERE indicator BETWEEN ? AND ? ORDER BY indicator, position
                """, arguments: [numbers.lowerBound, numbers.upperBound])
        while let row = try rows.next() {
            if let term = term(row) { terms[row["indicator"], default: []].append(term) }
        }
        return terms
    }
}
