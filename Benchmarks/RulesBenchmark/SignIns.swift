import Chronology
import EventStore
import KQLValues

/// Sign-ins, evenly over time: 2,000 users, 300 applications, 50,000 addresses; every twentieth fails.
struct SignIns {
    static let table = "SignIns"
    static let schema = TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("User", .string), ColumnSchema("Address", .string),
        ColumnSchema("Application", .string), ColumnSchema("Result", .int), ColumnSchema("Bytes", .long),
    ])

    private var state: UInt64 = 1

    /// Numbers by a linear congruential generator (Knuth, MMIX): the same for all who run this.
    private mutating func next(below bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
    }

    /// So many sign-ins of a stretch of time, one after the other.
    mutating func batch(_ count: Int, from start: Instant, to end: Instant) -> EventBatch {
        var times: [Int64] = []
        var users = StringColumn()
        var addresses = StringColumn()
        var applications = StringColumn()
        var results: [Int32] = []
        var bytes: [Int64] = []
        let step = (end - start).ticks / Int64(max(1, count))
        for number in 0..<count {
            times.append(start.ticks + Int64(number) * step)
            users.append("user\(next(below: 2_000))@corp.example")
            let address = next(below: 50_000)
            addresses.append("10.\(address / 65_536).\(address / 256 % 256).\(address % 256)")
            applications.append("application \(next(below: 300))")
            results.append(next(below: 20) == 0 ? 50_126 : 0)
            bytes.append(Int64(next(below: 100_000)))
        }
        return EventBatch(
            table: Self.table, schema: Self.schema,
            columns: [
                .datetime(Vector(times)), .string(users), .string(addresses), .string(applications),
                .int(Vector(results)), .long(Vector(bytes)),
            ], rowCount: count)
    }
}
