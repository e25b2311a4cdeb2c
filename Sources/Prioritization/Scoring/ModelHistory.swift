public import Chronology
internal import Crypto
internal import Foundation
internal import GRDB
internal import JSON
public import StateStore

/// The models that have scored, each under a number that counts up: what the weights were when a score was made.
///
/// The journal tells when each was adopted; a score that was noted after an entry `modelAdopted` and before the next is of
/// that model.
public struct ModelHistory: Sendable {
    /// A model as it was adopted.
    public struct Version: Sendable, Hashable {
        public let number: Int
        /// `ScoringModel.version`
        public let name: String
        /// The file's text; empty for the weights that are built in.
        public let text: String
        public let adopted: Instant
        public let by: String

        public init(number: Int, name: String, text: String, adopted: Instant, by: String) {
            self.number = number
            self.name = name
            self.text = text
            self.adopted = adopted
            self.by = by
        }
    }

    private let database: RoomDatabase<PrioritizationError>

    public init(_ database: StateDatabase, time: TimeSource) {
        self.database = RoomDatabase(database, time: time)
    }

    /// Notes that a model scores from now on; the same text as the last one's changes nothing.
    ///
    /// - Returns: The model's number.
    @discardableResult
    public func adopt(
        _ model: ScoringModel, text: String, by actor: JournalActor
    ) async throws(PrioritizationError) -> Int {
        let digest = SHA256.hash(data: Data((text.isEmpty ? model.version : text).utf8))
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return try await database.change { transaction in
            let last = try transaction.row(
                "SELECT version, digest FROM prioritization_model ORDER BY version DESC LIMIT 1", [])
            if let last, last["digest"] == digest { return last["version"] }
            let number = (last?["version"] as Int? ?? 0) + 1
            try transaction.execute(
                """
                INSERT INTO prioritization_model (version, name, digest, content, adopted, adopted_by)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [number, model.version, digest, text, transaction.now.ticks, actor.name])
            try transaction.note(
                .modelAdopted, subject: String(number), by: actor,
                ["version": .int(Int64(number)), "name": .string(model.version), "digest": .string(digest)])
            return number
        }
    }

    /// All models that have scored, the latest first.
    public func versions() async throws(PrioritizationError) -> [Version] {
        try await database.reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM prioritization_model ORDER BY version DESC").map { row in
                Version(
                    number: row["version"], name: row["name"], text: row["content"],
                    adopted: Instant(ticks: row["adopted"]), by: row["adopted_by"])
            }
        }
    }
}
