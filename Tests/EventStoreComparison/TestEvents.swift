package import Chronology
package import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
package import KQLValues

/// Numbers from a seed, the same everywhere (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Two tables of made-up events with the oddities that tell SQL from KQL: nulls, empty strings, letters of both cases and
/// beyond ASCII, NaN, negative numbers, missing properties.
package enum TestEvents {
    package static let now = Instant(unixSeconds: 1_790_000_000)

    package static let schema = TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Id", .long), ColumnSchema("Code", .int),
        ColumnSchema("Bytes", .long), ColumnSchema("Score", .real), ColumnSchema("Host", .string),
        ColumnSchema("User", .string), ColumnSchema("Text", .string), ColumnSchema("Flag", .bool),
        ColumnSchema("Lag", .timespan), ColumnSchema("Seen", .datetime), ColumnSchema("Gid", .guid),
        ColumnSchema("Price", .decimal), ColumnSchema("Data", .dynamic),
    ])

    package static let words = [
        "Mimikatz", "sekurlsa", "power_shell", "POWERSHELL", "cmd.exe /c whoami", "ſekurlsa", "\u{212A}elvin", "naïve",
        "", "a b", "a-b", "10.0.0.1", "line\nbreak", "it's", "100%", "C:\\Windows\\System32", "x\0y", "漢字", "$1 'q'",
        "cat=web;rule=R1;end", "https://example.com/a?b=c",
    ]

    package static func rows(count: Int, seed: UInt64) -> Table {
        var random = SeededGenerator(seed: seed)
        return Table(schema: schema, rows: (0..<count).map { row(id: $0, &random) })
    }

    private static func row(id: Int, _ random: inout SeededGenerator) -> [Value] {
        func maybe(_ value: Value) -> Value {
            Int.random(in: 0..<8, using: &random) == 0 ? .missing(value.type) : value
        }
        func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
        func word() -> String { words[Int.random(in: 0..<words.count, using: &random)] }
        let reals: [Double] = [.nan, .infinity, 0, 1.5, -2.25, 1e300, 3]
        let time = now.ticks - Int64(id) * 7_000_000_003
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes[15] = UInt8(number(0...9))
        let gid = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
        return [
            .datetime(Instant(ticks: time)), .long(Int64(id)), maybe(.int(Int32(number(4620...4630)))),
            maybe(.long(number(-50...50))), maybe(.real(reals[Int.random(in: 0..<reals.count, using: &random)])),
            .string("host\(number(0...9))"),
            maybe(.string(["alice", "Alice", "BOB", "bob", "eve"][Int(number(0...4))])),
            .string(word() + (number(0...1) == 0 ? "" : " " + word())), maybe(.bool(number(0...1) == 0)),
            maybe(.timespan(TimeSpan(ticks: number(-5...5) * 600_000_000))),
            maybe(.datetime(Instant(ticks: time + number(-9...9) * TimeSpan.ticksPerSecond))), maybe(.guid(gid)),
            maybe(.decimal(Decimal(number(-20...20)) / 4)), document(&random),
        ]
    }

    private static func document(_ random: inout SeededGenerator) -> Value {
        func word() -> JSON { .string(words[Int.random(in: 0..<words.count, using: &random)]) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .null(.dynamic)
        case 1: return .dynamic([1, 2.5, "x", nil, ["k": "v"]])
        case 2: return .dynamic(word())
        case 3: return .dynamic(["name": word(), "count": .int(.random(in: 0...5, using: &random)), "list": []])
        case 4: return .dynamic(["name": 5, "nested": ["deep": true, "none": nil]])
        case 5: return .dynamic(["name": nil, "list": ["a", "b", "a"], "count": 2.0])
        default:
            return .dynamic([
                "name": word(), "count": .double(1.25), "list": [["n": word()], ["n": word()]],
                "nested": ["deep": word()], "odd key's \"name\"": word(),
            ])
        }
    }

    /// Puts rows into an empty store.
    package static func filled(
        _ store: any EventStore, count: Int, seed: UInt64
    ) async throws -> any EventStore {
        try await store.append([
            EventBatch(table: "Events", rows: rows(count: count, seed: seed)),
            EventBatch(table: "Other", rows: rows(count: count / 3, seed: seed &+ 1)),
        ])
        return store
    }

    package static func query(_ text: String, _ store: any EventStore, pushesDown: Bool = true) -> StoreQuery {
        StoreQuery(
            text,
            environment: QueryEnvironment(catalogue: .standard, tables: store.layout),
            options: CompileOptions(now: now, seed: 1), pushesDown: pushesDown)
    }
}
