public import Casebook
public import Chronology
internal import GRDB
internal import JSON
public import StateStore

/// The scores that people have set in place of the model's.
public struct PriorityOverrides: Sendable {
    private let database: RoomDatabase<PrioritizationError>
    private let time: TimeSource

    public init(_ database: StateDatabase, time: TimeSource) {
        self.database = RoomDatabase(database, time: time)
        self.time = time
    }

    /// Sets an incident's score until it is taken back, or until a time.
    ///
    /// - Throws: `PrioritizationError` with code `invalidField`: the score is 0 to 100, the reason 1 to 1,000 characters, the
    ///   time to come.
    public func set(
        _ score: Int, of incident: IncidentID, reason: String, until: Instant?, by actor: JournalActor
    ) async throws(PrioritizationError) {
        guard (0...100).contains(score) else {
            throw PrioritizationError(.invalidField, field: "score", "a score is a whole number from 0 to 100")
        }
        let reason = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !reason.isEmpty, reason.count <= 1_000 else {
            throw PrioritizationError(
                .invalidField, field: "reason", "say in 1 to 1,000 characters why the score is set by hand")
        }
        guard until.map({ $0 > time.now() }) ?? true else {
            throw PrioritizationError(.invalidField, field: "until", "the time until which the score is set is over")
        }
        try await database.change { transaction in
            try transaction.execute(
                """
                INSERT INTO prioritization_override (incident, score, reason, until, made, made_by)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET score = excluded.score, reason = excluded.reason, until = excluded.until,
                    made = excluded.made, made_by = excluded.made_by
                """,
                [incident.rawValue, score, reason, until?.ticks, transaction.now.ticks, actor.name])
            try transaction.note(
                .priorityOverridden, subject: incident.rawValue, by: actor,
                [
                    "score": .int(Int64(score)), "reason": .string(reason),
                    "until": until.map { .string($0.description) } ?? .null,
                ])
        }
    }

    /// Takes a score back; the model's word counts again.
    ///
    /// - Returns: False when none was set.
    @discardableResult
    public func remove(of incident: IncidentID, by actor: JournalActor) async throws(PrioritizationError) -> Bool {
        try await database.change { transaction in
            try transaction.execute("DELETE FROM prioritization_override WHERE incident = ?", [incident.rawValue])
            guard transaction.database.changesCount > 0 else { return false }
            try transaction.note(.priorityReturned, subject: incident.rawValue, by: actor)
            return true
        }
    }

    /// The scores set for some incidents, without those whose time is over.
    public func overrides(
        of incidents: [IncidentID]
    ) async throws(PrioritizationError) -> [IncidentID: PriorityOverride] {
        let now = time.now()
        return try await database.reading { database in
            let statement = try database.cachedStatement(
                sql: "SELECT * FROM prioritization_override WHERE incident = ? AND (until IS NULL OR until > ?)")
            var overrides: [IncidentID: PriorityOverride] = [:]
            for id in incidents {
                guard let row = try Row.fetchOne(statement, arguments: [id.rawValue, now.ticks]) else { continue }
                overrides[id] = PriorityOverride(
                    score: row["score"], reason: row["reason"],
                    until: (row["until"] as Int64?).map(Instant.init(ticks:)), made: Instant(ticks: row["made"]),
                    by: row["made_by"])
            }
            return overrides
        }
    }
}

extension JournalKind {
    /// A person set a score: `score`, `reason`, `until`; the entry's subject is the incident.
    public static let priorityOverridden = JournalKind(room: "prioritization", event: "priorityOverridden")
    public static let priorityReturned = JournalKind(room: "prioritization", event: "priorityReturned")
    /// Other weights score from here on: `version`, `name`, `digest`.
    public static let modelAdopted = JournalKind(room: "prioritization", event: "modelAdopted")
}
