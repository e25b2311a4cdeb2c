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

    private var numbers = Numbers(state: 1)

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
            users.append("user\(numbers.next(below: 2_000))@corp.example")
            let address = numbers.next(below: 50_000)
            addresses.append("10.\(address / 65_536).\(address / 256 % 256).\(address % 256)")
            applications.append("application \(numbers.next(below: 300))")
            results.append(numbers.next(below: 20) == 0 ? 50_126 : 0)
            bytes.append(Int64(numbers.next(below: 100_000)))
        }
        return EventBatch(
            table: Self.table, schema: Self.schema,
            columns: [
                .datetime(Vector(times)), .string(users), .string(addresses), .string(applications),
                .int(Vector(results)), .long(Vector(bytes)),
            ], rowCount: count)
    }
}
