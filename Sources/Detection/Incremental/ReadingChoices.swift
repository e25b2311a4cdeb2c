internal import Chronology
internal import GRDB
internal import StateStore

/// The choices of all rules, which survive restarts.
actor ReadingChoices {
    private let database: StateDatabase
    private let time: TimeSource
    private let policy: ReadingPolicy
    private var known: [String: ReadingChoice] = [:]
    /// As they are in the database.
    private var saved: [String: ReadingChoice] = [:]

    private static let mostRemembered = 10_000

    init(_ database: StateDatabase, time: TimeSource, policy: ReadingPolicy) {
        self.database = database
        self.time = time
        self.policy = policy
    }

    /// How a run is to be made.
    ///
    /// - Parameter key: stands for the query, its frequency and its look-back.
    func next(_ key: String, lookBack: TimeSpan) async throws -> ReadingChoice.Decision {
        if policy.isAlwaysSlices { return .slices }
        var choice = try await choice(key, lookBack)
        let decision = choice.next(at: time.now(), policy)
        known[key] = choice
        return decision
    }

    func ranWhole(_ key: String, lookBack: TimeSpan, seconds: Double) async throws {
        try await change(key, lookBack) { $0.ranWhole(self.policy.cost(.whole, seconds), at: $1) }
    }

    func ranSlices(_ key: String, lookBack: TimeSpan, seconds: Double, _ tally: SliceTally) async throws {
        try await change(key, lookBack) { $0.ranSlices(self.policy.cost(.slices, seconds), tally, at: $1) }
    }

    func gaveUpSlices(_ key: String, lookBack: TimeSpan) async throws {
        try await change(key, lookBack) { $0.gaveUpSlices(at: $1) }
    }

    private func change(
        _ key: String, _ lookBack: TimeSpan, _ change: (inout ReadingChoice, Instant) -> Void
    ) async throws {
        guard !policy.isAlwaysSlices else { return }
        let now = time.now()
        var choice = try await choice(key, lookBack)
        change(&choice, now)
        known[key] = choice
        // A rule that stays cheap is not worth a transaction per run.
        guard !isCheapAsBefore(choice, saved[key], now) else { return }
        saved[key] = choice
        try await save(choice, key, now)
    }

    /// Whether a choice says no more than what is kept of it: that a whole run is cheap.
    private func isCheapAsBefore(_ choice: ReadingChoice, _ saved: ReadingChoice?, _ now: Instant) -> Bool {
        guard let saved, choice.costs.allSatisfy({ $0.way == .whole }),
            let first = saved.costs.first, first.time + TimeSpan(ticks: choice.lookBack.ticks / 2) > now
        else { return false }
        return (saved.costs + choice.costs).allSatisfy { $0.seconds < policy.cheapSeconds }
    }

    private func choice(_ key: String, _ lookBack: TimeSpan) async throws -> ReadingChoice {
        if let choice = known[key] { return choice }
        let kept = try await database.read { database -> ReadingChoice? in
            let row = try Row.fetchOne(
                database, sql: "SELECT way, rebuilds FROM detection_reading WHERE key = ?", arguments: [key])
            guard let row, let way = ReadingWay(rawValue: row["way"]) else { return nil }
            let costs = try Row.fetchAll(
                database,
                sql: "SELECT way, time, seconds FROM detection_reading_cost WHERE reading = ? ORDER BY position",
                arguments: [key])
            return ReadingChoice(
                lookBack: lookBack,
                costs: costs.compactMap { cost in
                    ReadingWay(rawValue: cost["way"]).map {
                        .init(way: $0, time: Instant(ticks: cost["time"]), seconds: cost["seconds"] ?? .infinity)
                    }
                }, way: way, rebuilds: row["rebuilds"])
        }
        if let choice = known[key] { return choice }
        if known.count >= Self.mostRemembered {
            known = [:]
            saved = [:]
        }
        let choice = kept ?? ReadingChoice(lookBack: lookBack)
        known[key] = choice
        saved[key] = kept
        return choice
    }

    private func save(_ choice: ReadingChoice, _ key: String, _ now: Instant) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO detection_reading (key, window, used, way, rebuilds) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (key) DO UPDATE SET used = excluded.used, way = excluded.way,
                        rebuilds = excluded.rebuilds
                    """,
                arguments: [key, choice.lookBack.ticks, now.ticks, choice.way.rawValue, choice.rebuilds])
            try database.execute(sql: "DELETE FROM detection_reading_cost WHERE reading = ?", arguments: [key])
            for (position, cost) in choice.costs.enumerated() {
                try database.execute(
                    sql: """
                        INSERT INTO detection_reading_cost (reading, position, way, time, seconds)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        key, position, cost.way.rawValue, cost.time.ticks,
                        cost.seconds.isFinite ? cost.seconds : nil,
                    ])
            }
            // What was not used for a look-back would be measured anew.
            try database.execute(
                sql: "DELETE FROM detection_reading WHERE used + window < ?", arguments: [now.ticks])
        }
    }
}
