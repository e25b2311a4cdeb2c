import Chronology
public import EventStore
import Foundation
import JSON
import KQL
public import KQLValues
import Testing

/// What every event store must do. Each function is one test; it takes an empty store.
public enum StoreContract {
    /// The rows of a table. A store may give them in any order; a long column called `Number` tells the one of `SampleRows`.
    public static func rows(_ store: any EventStore, _ table: String, seconds: Double = 60) async throws -> Table {
        let columns = try #require(store.schemas[table]).columns
        let rows = try await store.read(seconds: seconds) { session in
            try session.source.read(
                ScanRequest(
                    table: table, columns: columns, timeRange: nil, rowLimit: .max, isCancelled: session.isCancelled))
        }
        guard case .long(let numbers)? = rows.column("Number") else { return rows }
        return rows.gather((0..<rows.rowCount).sorted { numbers.values[$0] < numbers.values[$1] })
    }

    public static func valuesComeBackAsTheyWent(_ store: any EventStore) async throws {
        let sent = SampleRows.extremes
        try await store.append([EventBatch(table: "Everything", rows: sent)])
        let received = try await rows(store, "Everything")
        #expect(received.schema == sent.schema)
        for row in 0..<sent.rowCount { #expect(received.row(row) == sent.row(row)) }
    }

    public static func manyRowsAllArrive(_ store: any EventStore) async throws {
        for start in [0, 5000, 5001] {
            let count = start == 5000 ? 1 : 5000
            try await store.append([SampleRows.numbered("Rows", start: start, count: count)])
        }
        let received = try await rows(store, "Rows")
        guard case .long(let numbers) = received.columns[1] else { throw Unexpected("a long column") }
        #expect(numbers.values == (0..<10_001).map(Int64.init))
        guard case .string(let texts) = received.columns[2] else { throw Unexpected("a string column") }
        #expect(texts[10_000] == "row number 10000")
    }

    public static func dynamicColumnsMayTravelAsText(_ store: any EventStore) async throws {
        let batch = EventBatch(
            table: "Documents", schema: TableSchema([ColumnSchema("Body", .dynamic)]),
            columns: [.string(StringColumn([#"{"a":[1,2]}"#, "", "null", "not json"]))], rowCount: 4)
        try await store.append([batch])
        let values = try await rows(store, "Documents").column("Body")
        #expect(values?[0] == .dynamic(["a": [1, 2]]))
        #expect(values?[1] == .null(.dynamic))
        #expect(values?[2] == .null(.dynamic))
        #expect(values?[3] == .dynamic("not json"))
    }

    public static func illFormedTextIsRepaired(_ store: any EventStore) async throws {
        let bytes: [UInt8] = Array("good".utf8) + [0xFF, 0x41]
        let column = Column.string(StringColumn(bytes: bytes, offsets: [0, 4, 6]))
        try await store.append([
            EventBatch(
                table: "Texts", schema: TableSchema([ColumnSchema("T", .string)]), columns: [column], rowCount: 2)
        ])
        let texts = try await rows(store, "Texts").column("T")
        #expect(texts?[0] == .string("good"))
        #expect(texts?[1] == .string("\u{FFFD}A"))
    }

    public static func columnsAreAddedAndOldRowsLackThem(_ store: any EventStore) async throws {
        try await store.append([SampleRows.numbered("Growing", count: 2)])
        let schema = try await store.ensure(
            "Growing",
            TableSchema([ColumnSchema("Extra", .string), ColumnSchema("Count", .int), ColumnSchema("count", .bool)]))
        #expect(schema.columns.map(\.name) == ["TimeGenerated", "Number", "Text", "Extra", "Count", "count"])
        try await store.append([SampleRows.numbered("Growing", start: 2, count: 1)])
        let received = try await rows(store, "Growing")
        for row in 0..<3 {
            #expect(received.row(row).suffix(3) == [.string(""), .null(.int), .null(.bool)])
        }
    }

    public static func aTakenNameGetsTheSuffixOfItsType(_ store: any EventStore) async throws {
        let table = "Mixed"
        _ = try await store.ensure(table, TableSchema([ColumnSchema("X", .string), ColumnSchema("N", .long)]))
        let types: [KQLType] = [.long, .bool, .datetime, .guid, .dynamic]
        for type in types { _ = try await store.ensure(table, TableSchema([ColumnSchema("X", type)])) }
        let expected = [
            ColumnSchema("X", .string), ColumnSchema("N", .long), ColumnSchema("X_d", .real),
            ColumnSchema("X_b", .bool), ColumnSchema("X_t", .datetime), ColumnSchema("X_g", .guid),
            ColumnSchema("X_s", .string),
        ]
        #expect(store.schemas[table]?.columns == expected)
        try await store.append([
            EventBatch(
                table: table, schema: TableSchema([ColumnSchema("X", .int), ColumnSchema("N", .int)]),
                columns: [.int(Vector([5])), .int(Vector([6]))], rowCount: 1)
        ])
        let row = try await rows(store, table).row(0)
        #expect(row[0] == .string(""))
        #expect(row[1] == .long(6))
        #expect(row[2] == .real(5))
        #expect(store.schemas[table]?.columns == expected)
    }

    public static func namesDifferByCase(_ store: any EventStore) async throws {
        try await store.append([SampleRows.numbered("Events", count: 1), SampleRows.numbered("events", count: 2)])
        #expect(try await rows(store, "Events").rowCount == 1)
        #expect(try await rows(store, "events").rowCount == 2)
        let odd = "it's \"odd\"; DROP TABLE Events"
        try await store.append([SampleRows.numbered(odd, count: 3)])
        #expect(try await rows(store, odd).rowCount == 3)
    }

    public static func aDeliveryIsStoredOnce(_ store: any EventStore) async throws {
        let delivery = DeliveryID("it's a sender:1")
        let batch = SampleRows.numbered("Delivered", count: 3)
        #expect(try await store.append([batch], delivery: delivery) == .stored)
        #expect(try await store.append([batch], delivery: delivery) == .alreadyStored)
        #expect(try await store.append([batch], delivery: delivery.block(1)) == .stored)
        await #expect(throws: EventStoreError.self) {
            try await store.append([misshapen("Delivered")], delivery: DeliveryID("refused"))
        }
        #expect(try await store.append([batch], delivery: DeliveryID("refused")) == .stored)
        #expect(try await rows(store, "Delivered").rowCount == 9)
    }

    public static func aBadBatchStoresNothing(_ store: any EventStore) async throws {
        let error = await #expect(throws: EventStoreError.self) {
            try await store.append([SampleRows.numbered("Good", count: 5), misshapen("Good")])
        }
        #expect(error?.code == .invalidBatch)
        #expect(store.schemas["Good"] == nil)
        for name in ["", "a\nb", String(repeating: "n", count: 5000)] {
            let error = await #expect(throws: EventStoreError.self) {
                try await store.append([SampleRows.numbered(name, count: 1)])
            }
            #expect(error?.code == .invalidName)
        }
    }

    private static func misshapen(_ table: String) -> EventBatch {
        var batch = SampleRows.numbered(table, count: 2)
        batch.rowCount = 3
        return batch
    }

    public static func concurrentAppendsAllArrive(_ store: any EventStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<50 {
                group.addTask {
                    try await store.append([SampleRows.numbered("Shared", start: task * 10, count: 10)])
                    if task % 10 == 0 {
                        await #expect(throws: EventStoreError.self) { try await store.append([misshapen("Shared")]) }
                    }
                }
            }
            try await group.waitForAll()
        }
        guard case .long(let numbers)? = try await rows(store, "Shared").column("Number") else {
            throw Unexpected("a long column")
        }
        #expect(numbers.values.sorted() == (0..<500).map(Int64.init))
    }

    public static func oldRowsAreDeleted(_ store: any EventStore) async throws {
        try await store.append([SampleRows.numbered("Old", count: 100)])
        let limit = Instant.unixEpoch + .seconds(40)
        #expect(try await store.deleteRows(of: "Old", olderThan: limit) == 40)
        #expect(try await store.deleteRows(of: "Old", olderThan: limit) == 0)
        #expect(try await rows(store, "Old").rowCount == 60)
        let error = await #expect(throws: EventStoreError.self) {
            try await store.deleteRows(of: "Nowhere", olderThan: limit)
        }
        #expect(error?.code == .unknownTable)
    }

    public static func scansHonourTimeAndLimits(_ store: any EventStore) async throws {
        try await store.append([SampleRows.numbered("Times", count: 10_000)])
        let bounds = TimeBounds(lower: .unixEpoch + .seconds(10), upper: .unixEpoch + .seconds(19))
        let found = try await store.read(seconds: 60) { session in
            let columns = [ColumnSchema("Number", .long), ColumnSchema("Absent", .string)]
            let some = try session.source.read(
                ScanRequest(
                    table: "Times", columns: columns, timeRange: bounds, rowLimit: .max,
                    isCancelled: session.isCancelled))
            let limited = try session.source.read(
                ScanRequest(
                    table: "Times", columns: columns, timeRange: nil, rowLimit: 3000, isCancelled: session.isCancelled))
            let none = try session.source.read(
                ScanRequest(
                    table: "Unknown", columns: columns, timeRange: nil, rowLimit: 5, isCancelled: session.isCancelled))
            let bare = try session.source.read(
                ScanRequest(
                    table: "Times", columns: [], timeRange: bounds, rowLimit: .max, isCancelled: session.isCancelled))
            return [some, limited, none, bare]
        }
        #expect(found[0].rowCount == 10)
        #expect(found[0].row(0) == [.long(10), .string("")])
        #expect(found[1].rowCount == 3001)
        #expect(found[2].rowCount == 0)
        #expect(found[3].rowCount == 10 && found[3].columns.isEmpty)
    }

    public static func aSessionSeesOneState(_ store: any EventStore) async throws {
        try await store.append([SampleRows.numbered("State", count: 5)])
        let counts = try await store.read(seconds: 60) { session in
            let request = ScanRequest(
                table: "State", columns: [ColumnSchema("Number", .long)], timeRange: nil, rowLimit: .max,
                isCancelled: session.isCancelled)
            let before = try session.source.read(request).rowCount
            let appended = DispatchSemaphore(value: 0)
            Task {
                try await store.append([SampleRows.numbered("State", count: 5)])
                appended.signal()
            }
            appended.wait()
            return [before, try session.source.read(request).rowCount]
        }
        #expect(counts == [5, 5])
        #expect(try await rows(store, "State").rowCount == 10)
    }

    public static func aClosedStoreRefuses(_ store: any EventStore) async throws {
        try await store.append([SampleRows.numbered("Before", count: 1)])
        await store.close()
        let written = await #expect(throws: EventStoreError.self) {
            try await store.append([SampleRows.numbered("Before", count: 1)])
        }
        #expect(written?.code == .closed)
        let read = await #expect(throws: EventStoreError.self) {
            _ = try await store.read(seconds: 1) { _ in 1 }
        }
        #expect(read?.code == .closed)
    }
}

/// A result of the wrong shape.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ wanted: String) {
        description = "expected \(wanted)"
    }
}
