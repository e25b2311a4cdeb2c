internal import Chronology
internal import Foundation
internal import GRDB
public import StateStore

/// The two keys by which senders sign for the HTTP Data Collector API; either is good, so that one can be renewed while the
/// other is in use. They are made when they are first asked for, and kept sealed.
public struct SharedKeys: Sendable {
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case primary = "Primary"
        case secondary = "Secondary"
    }

    private let room: RoomDatabase<DataCollectionFault>
    private let box: SecretBox

    public init(database: StateDatabase, secrets box: SecretBox, time: TimeSource = .system) {
        room = RoomDatabase(database, time: time)
        self.box = box
    }

    /// Both keys, made when they are missing: 64 random bytes in Base64.
    public func keys(by actor: JournalActor) async throws(DataCollectionFault) -> [Name: Secret] {
        for name in Name.allCases where try await key(name) == nil {
            try await renew(name, by: actor, unlessThere: true)
        }
        return try await existing()
    }

    /// The keys that were made.
    public func existing() async throws(DataCollectionFault) -> [Name: Secret] {
        var keys: [Name: Secret] = [:]
        for name in Name.allCases { keys[name] = try await key(name) }
        return keys
    }

    /// Replaces a key; what is signed with the old one is refused from now on.
    public func renew(_ name: Name, by actor: JournalActor) async throws(DataCollectionFault) {
        try await renew(name, by: actor, unlessThere: false)
    }

    private func renew(_ name: Name, by actor: JournalActor, unlessThere: Bool) async throws(DataCollectionFault) {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<64).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let secret = Secret(Data(bytes).base64EncodedString())
        try await room.change { [box] transaction in
            let known = try transaction.row("SELECT 1 FROM datacollection_key WHERE name = ?", [name.rawValue])
            if unlessThere, known != nil { return }
            try transaction.execute(
                "INSERT OR REPLACE INTO datacollection_key (name, sealed, changed) VALUES (?, ?, ?)",
                [name.rawValue, Data(try box.seal(secret, for: Self.place(name))), transaction.now.ticks])
            try transaction.note(.sharedKeyMade, subject: name.rawValue, by: actor)
        }
    }

    private func key(_ name: Name) async throws(DataCollectionFault) -> Secret? {
        try await room.reading { [box] database in
            let sealed = try Data.fetchOne(
                database, sql: "SELECT sealed FROM datacollection_key WHERE name = ?", arguments: [name.rawValue])
            return try sealed.map { try box.open($0, for: Self.place(name)) }
        }
    }

    private static func place(_ name: Name) -> String { "datacollection/\(name.rawValue)" }
}
