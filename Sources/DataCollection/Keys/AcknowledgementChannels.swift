internal import Chronology
internal import GRDB
public import StateStore
internal import Synchronization

/// Numbers what senders deliver on their channels, so that they can ask whether it arrived.
///
/// A number is given out only for what is durable; so a number below the next one means "stored", also after a restart:
/// numbers are reserved in the state database in steps, and after a restart counting goes on behind the last step.
public final class AcknowledgementChannels: Sendable {
    private struct Key: Hashable {
        let sender: String
        let channel: String
    }

    private struct Counter {
        var next: Int64
        var reserved: Int64
    }

    private let room: RoomDatabase<DataCollectionFault>
    private let counters = Mutex<[Key: Counter]>([:])

    /// How many numbers one write reserves.
    private static let step: Int64 = 1000
    /// How many channels a sender may have; of more the one unused for the longest time is forgotten.
    private static let mostChannels = 1000
    /// How many channels are held in memory.
    private static let mostCounters = 10_000

    public init(database: StateDatabase, time: TimeSource = .system) {
        room = RoomDatabase(database, time: time)
    }

    /// The number of a delivery that is durable.
    public func next(in channel: String, of sender: String) async throws(DataCollectionFault) -> Int64 {
        let key = Key(sender: sender, channel: channel)
        while true {
            if let number = take(key) { return number }
            let end = try await reserve(key)
            counters.withLock { counters in
                if counters.count >= Self.mostCounters { counters = [:] }
                guard let known = counters[key] else {
                    counters[key] = Counter(next: end - Self.step, reserved: end)
                    return
                }
                // Steps that others reserved meanwhile are used up in order; a gap between two steps does no harm.
                if end > known.reserved {
                    counters[key] = Counter(next: max(known.next, end - Self.step), reserved: end)
                }
            }
        }
    }

    /// All numbers below this one have been given out, or will not be.
    public func given(in channel: String, of sender: String) async throws(DataCollectionFault) -> Int64 {
        if let counter = counters.withLock({ $0[Key(sender: sender, channel: channel)] }) { return counter.next }
        return try await room.reading { database in
            try Int64.fetchOne(
                database, sql: "SELECT reserved FROM datacollection_channel WHERE sender = ? AND channel = ?",
                arguments: [sender, channel]) ?? 0
        }
    }

    private func take(_ key: Key) -> Int64? {
        counters.withLock { counters in
            guard let counter = counters[key], counter.next < counter.reserved else { return nil }
            counters[key]?.next += 1
            return counter.next
        }
    }

    /// Reserves the next numbers; gives the end of them.
    private func reserve(_ key: Key) async throws(DataCollectionFault) -> Int64 {
        try await room.change { transaction in
            try transaction.execute(
                """
                INSERT INTO datacollection_channel (sender, channel, reserved, changed) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (sender, channel) DO UPDATE SET reserved = reserved + ?3, changed = ?4
                """, [key.sender, key.channel, Self.step, transaction.now.ticks])
            try transaction.execute(
                """
                DELETE FROM datacollection_channel WHERE sender = ?1 AND channel NOT IN
                    (SELECT channel FROM datacollection_channel WHERE sender = ?1 ORDER BY changed DESC LIMIT ?2)
                """, [key.sender, Self.mostChannels])
            let row = try transaction.row(
                "SELECT reserved FROM datacollection_channel WHERE sender = ? AND channel = ?",
                [key.sender, key.channel])
            return row?["reserved"] ?? Self.step
        }
    }
}
