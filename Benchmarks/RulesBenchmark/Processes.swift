import Chronology
import EventStore
import KQLValues

/// Started processes, evenly over time: 2,000 accounts, each on three of 500 computers but for one start in 5,000; command
/// lines of about 200 characters, of which one in 200 is encoded, and details as JSON text.
struct Processes {
    static let table = "Processes"
    static let schema = TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Computer", .string), ColumnSchema("Account", .string),
        ColumnSchema("CommandLine", .string), ColumnSchema("Details", .string),
    ])

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    private static let parents = ["explorer", "services", "cmd", "winword", "outlook", "svchost", "teams", "code"]

    private var numbers = Numbers(state: 2)

    /// So many starts of a stretch of time, one after the other.
    mutating func batch(_ count: Int, from start: Instant, to end: Instant) -> EventBatch {
        var times: [Int64] = []
        var computers = StringColumn()
        var accounts = StringColumn()
        var lines = StringColumn()
        var details = StringColumn()
        let step = (end - start).ticks / Int64(max(1, count))
        for number in 0..<count {
            times.append(start.ticks + Int64(number) * step)
            let account = numbers.next(below: 2_000)
            let isUsual = numbers.next(below: 5_000) > 0
            let computer = isUsual ? (account * 7 + numbers.next(below: 3)) % 500 : numbers.next(below: 500)
            accounts.append("CORP\\user\(account)")
            computers.append("ws-\(computer).corp.example")
            lines.append(line())
            let parent = Self.parents[Int(numbers.next(below: UInt64(Self.parents.count)))]
            details.append(
                "{\"parent\":{\"name\":\"\(parent).exe\",\"id\":\(numbers.next(below: 65_536))},"
                    + "\"integrity\":\"Medium\",\"bytes\":\(numbers.next(below: 1_000_000)),"
                    + "\"session\":\(numbers.next(below: 9)),\"signed\":true,\"company\":\"Example Corporation\"}")
        }
        return EventBatch(
            table: Self.table, schema: Self.schema,
            columns: [
                .datetime(Vector(times)), .string(computers), .string(accounts), .string(lines), .string(details),
            ], rowCount: count)
    }

    private mutating func line() -> String {
        let path = #"C:\Program Files\Example\tool"# + "\(numbers.next(below: 40)).exe"
        guard numbers.next(below: 200) > 0 else { return "powershell.exe -NoProfile -enc \(text(120))" }
        return "\"\(path)\" --project \"\(text(24))\" --output C:\\Users\\Public\\Documents\\\(text(32)).log "
            + "--level \(numbers.next(below: 5)) --session {\(text(36))}"
    }

    private mutating func text(_ length: Int) -> String {
        var text = ""
        for _ in 0..<length { text.append(Self.letters[Int(numbers.next(below: 64))]) }
        return text
    }
}

/// Numbers by a linear congruential generator (Knuth, MMIX): the same for all who run this.
struct Numbers {
    private var state: UInt64

    init(state: UInt64) {
        self.state = state
    }

    mutating func next(below bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
    }
}
