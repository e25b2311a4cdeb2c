import Chronology
import DuckDBStore
import EventStore
import EventStoreContract
import Foundation
import KQL
import KQLValues
import Testing

@Suite struct `What DuckDB acknowledged stays` {
    @Test func `a killed process loses no acknowledged row`() async throws {
        try await OpenStore.withPath { path in
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let store = try OpenStore.at(path)
                for start in 0..<20 {
                    try await store.append([SampleRows.numbered("Kept", start: start * 100, count: 100)])
                }
                try await store.append([SampleRows.numbered("Large", count: 200_000)])
                kill(getpid(), SIGKILL)
            }
            let store = try OpenStore.at(path)
            #expect(try await StoreContract.rows(store, "Kept").rowCount == 2000)
            #expect(try await StoreContract.rows(store, "Large").rowCount == 200_000)
            await store.close()
        }
    }

    @Test func `a store opens again with its tables and columns`() async throws {
        try await OpenStore.withPath { path in
            let first = try OpenStore.at(path)
            try await first.append([EventBatch(table: "Everything", rows: SampleRows.extremes)])
            _ = try await first.ensure("everything", TableSchema([ColumnSchema("a", .int), ColumnSchema("A", .long)]))
            let layout = first.layout
            await first.close()
            let second = try OpenStore.at(path)
            #expect(second.layout == layout)
            let rows = try await StoreContract.rows(second, "Everything")
            #expect((0..<rows.rowCount).allSatisfy { rows.row($0) == SampleRows.extremes.row($0) })
            await second.close()
        }
    }

    @Test func `large commits leave no free room in the file, and compacting keeps the rows`() async throws {
        /// Stores texts that cannot be packed, so many rows at a time; gives the size of the file.
        func size(_ commits: [Int]) async throws -> Int {
            var size = 0
            try await OpenStore.withPath { path in
                let store = try OpenStore.at(path)
                var random = SystemRandomNumberGenerator()
                for count in commits {
                    let texts = (0..<count).map { _ in String(random.next() as UInt64, radix: 36) }
                    try await store.append([
                        EventBatch(
                            table: "Large", schema: TableSchema([ColumnSchema("Text", .string)]),
                            columns: [.string(StringColumn(texts))], rowCount: count)
                    ])
                }
                await store.close()
                size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
                let again = try OpenStore.at(path)
                try await again.compact()
                #expect(try await StoreContract.rows(again, "Large").rowCount == commits.reduce(0, +))
                await again.close()
            }
            return size
        }
        let (once, often) = (try await size([245_760]), try await size(Array(repeating: 49_152, count: 5)))
        #expect(often < once * 5 / 4, "\(often) bytes in five commits, \(once) in one")
    }

    @Test func `long texts come back as they went, through the log and through the file`() async throws {
        let texts = (0..<3_000).map { row in
            (0..<12).map { "field\($0)=\(row &* 2_654_435_761 % (1_000 + $0)) \u{e4}\\<>" }.joined(separator: ";")
        }
        let few = texts.enumerated().map { $0.isMultiple(of: 7) ? "" : $1 }
        let batch = EventBatch(
            table: "Long",
            schema: TableSchema([ColumnSchema("Text", .string), ColumnSchema("Few", .string)]),
            columns: [.string(StringColumn(texts)), .string(StringColumn(few))], rowCount: texts.count)
        try await OpenStore.withPath { path in
            let first = try OpenStore.at(path)
            for _ in 0..<3 { try await first.append([batch]) }
            func check(_ store: DuckDBEventStore) async throws {
                let rows = try await StoreContract.rows(store, "Long")
                guard case .string(let read) = rows.columns[0], case .string(let readFew) = rows.columns[1] else {
                    Issue.record("the columns are no strings")
                    return
                }
                #expect((0..<read.count).allSatisfy { read[$0] == texts[$0 % texts.count] } && read.count == 9_000)
                #expect((0..<readFew.count).allSatisfy { readFew[$0] == few[$0 % few.count] })
            }
            try await check(first)
            await first.close()
            let second = try OpenStore.at(path)
            try await check(second)
            await second.close()
        }
    }

    @Test func `statements that are kept follow tables that change between appends`() async throws {
        let store = try OpenStore.at()
        for round in 0..<4 {
            let columns = (0...round).map { ColumnSchema("C\($0)", .long) }
            for delivery in ["a", "b", "a"] {
                let outcome = try await store.append(
                    [
                        EventBatch(
                            table: "Growing", schema: TableSchema(columns),
                            columns: columns.map { _ in .long(Vector([Int64(round)])) }, rowCount: 1)
                    ], delivery: DeliveryID("\(round) \(delivery)"))
                #expect((outcome == .alreadyStored) == false || delivery == "a")
            }
            #expect(try await store.deleteRows(of: "Growing", olderThan: .unixEpoch) == 0)
        }
        let rows = try await StoreContract.rows(store, "Growing")
        #expect(rows.rowCount == 8)
        #expect(rows.columns.count == 4)
        await store.close()
    }

    @Test func `a file that is no database gives a sentence`() async throws {
        try await OpenStore.withPath { path in
            try Data(repeating: 65, count: 10_000).write(to: URL(filePath: path))
            let error = #expect(throws: EventStoreError.self) { try OpenStore.at(path) }
            #expect(error?.code == .cannotOpen)
        }
    }

    @Test func `a missing library gives the remedy`() {
        let error = #expect(throws: EventStoreError.self) {
            try DuckDBLibrary.load(environment: ["TOCSIN_DUCKDB_LIBRARY": "/nowhere/libduckdb.so"])
        }
        #expect(error?.code == .engineMissing)
        #expect(error?.message.contains("/nowhere/libduckdb.so") == true)
        let other = #expect(throws: EventStoreError.self) {
            try DuckDBLibrary.load(environment: [:], directories: ["/nowhere"])
        }
        #expect(other?.message.contains("run scripts/bootstrap or set TOCSIN_DUCKDB_LIBRARY") == true)
    }
}

@Suite struct `Queries of DuckDB can be stopped` {
    /// Runs for minutes when nobody stops it.
    static let endless = PushedQuery(
        sql: "SELECT count(*) FROM range(10000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3", parameters: [],
        schema: TableSchema([ColumnSchema("n", .long)]), description: "endless")

    @Test func `by cancelling their task`() async throws {
        let store = try OpenStore.at()
        let started = AsyncStream<Void>.makeStream()
        let query = Task {
            try await store.read(seconds: 600) { session in
                started.continuation.finish()
                return try session.source.run(Self.endless, isCancelled: session.isCancelled).rowCount
            }
        }
        for await _ in started.stream {}
        query.cancel()
        let error = await #expect(throws: EventStoreError.self) { try await query.value }
        #expect(error?.code == .cancelled)
        try await store.append([SampleRows.numbered("After", count: 1)])
        #expect(try await StoreContract.rows(store, "After").rowCount == 1)
    }

    @Test func `by their need of memory`() async throws {
        let store = try OpenStore.at(memory: "60MB")
        let hungry = PushedQuery(
            sql: "SELECT length(CAST(list(md5(CAST(range AS VARCHAR))) AS VARCHAR)) AS c0 FROM range(4000000)",
            parameters: [], schema: TableSchema([ColumnSchema("n", .long)]), description: "hungry")
        let error = await #expect(throws: ExecutionError.self) {
            try await store.read(seconds: 100) { session in
                try session.source.run(hungry, isCancelled: session.isCancelled).rowCount
            }
        }
        #expect(error?.code == .byteLimit)
    }

    @Test func `by their deadline`() async throws {
        let store = try OpenStore.at(readers: 1)
        let error = await #expect(throws: EventStoreError.self) {
            try await store.read(seconds: 0.2) { session in
                try session.source.run(Self.endless, isCancelled: session.isCancelled).rowCount
            }
        }
        #expect(error?.code == .timeout)
    }

    @Test func `while they wait for a connection`() async throws {
        let store = try OpenStore.at(readers: 1)
        let started = AsyncStream<Void>.makeStream()
        let first = Task {
            try await store.read(seconds: 600) { session in
                started.continuation.finish()
                return try session.source.run(Self.endless, isCancelled: session.isCancelled).rowCount
            }
        }
        for await _ in started.stream {}
        let second = Task { try await store.read(seconds: 600) { _ in 1 } }
        second.cancel()
        let error = await #expect(throws: EventStoreError.self) { try await second.value }
        #expect(error?.code == .cancelled)
        first.cancel()
        _ = await first.result
    }
}
