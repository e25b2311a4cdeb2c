import Chronology
import ClickHouseStore
import EventStore
import EventStoreContract
import Foundation
import KQL
import KQLValues
import TestSupport
import Testing

@Suite struct `ClickHouse's faults` {
    /// A query that runs for hours.
    private static let endless = PushedQuery(
        sql: "SELECT toInt64(count()) AS c0 FROM numbers(1000000000000) WHERE number % 7 = 3", parameters: [],
        schema: TableSchema([ColumnSchema("n", .long)]), description: "endless")

    private func run(_ query: PushedQuery, _ store: any EventStore, seconds: Double) async throws -> Table {
        try await store.read(seconds: seconds) { session in
            try session.source.run(query, isCancelled: session.isCancelled)
        }
    }

    private func runningQueries(_ store: any EventStore) async throws -> Value {
        let query = PushedQuery(
            sql: "SELECT toInt64(count()) AS c0 FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' "
                + "AND query NOT LIKE '%system.processes%'",
            parameters: [], schema: TableSchema([ColumnSchema("n", .long)]), description: "running")
        return try await run(query, store, seconds: 20).row(0)[0]
    }

    /// Asks until no endless query runs.
    private func waitUntilNoneRuns(_ store: any EventStore) async throws {
        for _ in 0..<2000 {
            if try await runningQueries(store) == .long(0) { return }
        }
        Issue.record("a query still runs on the server")
    }

    @Test func `a query that is cancelled ends on the server too`() async throws {
        let store = try await OpenStore.at()
        let query = Task { try await run(Self.endless, store, seconds: 300) }
        for _ in 0..<2000 {
            if try await runningQueries(store) != .long(0) { break }
        }
        query.cancel()
        let error = await #expect(throws: EventStoreError.self) { _ = try await query.value }
        #expect(error?.code == .cancelled)
        try await waitUntilNoneRuns(store)
    }

    @Test func `a query whose time is over is stopped, here and on the server`() async throws {
        let store = try await OpenStore.at()
        let error = await #expect(throws: EventStoreError.self) {
            _ = try await run(Self.endless, store, seconds: 0.5)
        }
        #expect(error?.code == .timeout)
        try await waitUntilNoneRuns(store)
    }

    @Test func `a query that asks for too much memory is refused`() async throws {
        let store = try await OpenStore.at { $0.memoryLimit = 30_000_000 }
        let greedy = PushedQuery(
            sql: "SELECT toInt64(length(groupArray(toString(number)))) AS c0 FROM numbers(20000000)", parameters: [],
            schema: TableSchema([ColumnSchema("n", .long)]), description: "greedy")
        let error = await #expect(throws: ExecutionError.self) { _ = try await run(greedy, store, seconds: 60) }
        #expect(error?.code == .byteLimit)
    }

    @Test func `a faulty query is told with the server's words`() async throws {
        let store = try await OpenStore.at()
        let faulty = PushedQuery(
            sql: "SELECT nowhere AS c0 FROM system.one", parameters: [],
            schema: TableSchema([ColumnSchema("n", .long)]), description: "faulty")
        let error = await #expect(throws: EventStoreError.self) { _ = try await run(faulty, store, seconds: 60) }
        #expect(error?.code == .queryFailed)
        #expect(error?.message.contains("nowhere") == true)
    }

    @Test func `deliveries that a crash interrupts are stored once when they are sent again`() async throws {
        try await withFolder { folder in
            let first = try await ClickHouseFront(folder: folder)
            let port = try #require(first.url.port)
            let store = try await OpenStore.at(first, database: "crash") { $0.retrySeconds = 0.2 }
            try await store.append([SampleRows.numbered("Crash", count: 1)], delivery: DeliveryID("0"))
            let sending = Task { await deliver(1..<30, to: store) }
            for _ in 0..<1000 where await deliveredSoFar(store) < 3 { await Task.yield() }
            await first.kill()
            _ = await sending.value

            let second = try await ClickHouseFront(folder: folder, ["--port", String(port)])
            #expect(await deliver(1..<30, to: store) == 29)
            let rows = try await StoreContract.rows(store, "Crash")
            guard case .long(let numbers)? = rows.column("Number") else { return }
            let expected: [Int64] = [0] + Array(10..<300)
            #expect(numbers.values == expected)
            await store.close()
            await second.kill()
        }
    }

    /// Sends a delivery of ten rows for each number; gives how many were acknowledged.
    private func deliver(_ numbers: Range<Int>, to store: any EventStore) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for number in numbers {
                group.addTask {
                    let batch = SampleRows.numbered("Crash", start: number * 10, count: 10)
                    do {
                        try await store.append([batch], delivery: DeliveryID("\(number)"))
                        return true
                    } catch {
                        #expect((error as? EventStoreError)?.code == .unavailable)
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    private func deliveredSoFar(_ store: any EventStore) async -> Int {
        // While the server is away there is nothing to be seen.
        ((try? await StoreContract.rows(store, "Crash").rowCount) ?? 0) / 10
    }

    @Test func `a server that is away is told of, and writes wait for its return`() async throws {
        try await withFolder { folder in
            let first = try await ClickHouseFront(folder: folder)
            let port = try #require(first.url.port)
            let patient = try await OpenStore.at(first, database: "away") { $0.retrySeconds = 60 }
            try await patient.append([SampleRows.numbered("Away", count: 5)])
            let hasty = try await OpenStore.at(first, database: "away") { $0.retrySeconds = 0.2 }
            await first.kill()
            let write = await #expect(throws: EventStoreError.self) {
                try await hasty.append([SampleRows.numbered("Away", count: 5)])
            }
            #expect(write?.code == .unavailable)
            let read = await #expect(throws: EventStoreError.self) { _ = try await StoreContract.rows(hasty, "Away") }
            #expect(read?.code == .unavailable)
            let start = await #expect(throws: EventStoreError.self) {
                _ = try await OpenStore.at(first, database: "away") { $0.retrySeconds = 0.2 }
            }
            #expect(start?.code == .unavailable)
            #expect(start?.message.contains("events.clickhouse.url") == true)

            let waiting = Task { try await patient.append([SampleRows.numbered("Away", start: 5, count: 5)]) }
            let second = try await ClickHouseFront(folder: folder, ["--port", String(port)])
            try await waiting.value
            #expect(try await StoreContract.rows(patient, "Away").rowCount == 10)
            await patient.close()
            await second.kill()
        }
    }

    @Test func `a server is known by its certificate and knows its users`() async throws {
        try await withFolder { folder in
            let (certificate, key) = try await Certificates.make(in: folder, "server")
            let (other, _) = try await Certificates.make(in: folder, "other")
            let front = try await ClickHouseFront(
                folder: folder.appending(path: "data"),
                ["--certificate", certificate, "--key", key, "--user", "tocsin", "--password", "p&ss word"],
                scheme: "https")
            func open(_ ca: String, _ password: String) async throws -> ClickHouseEventStore {
                try await OpenStore.at(front) {
                    $0.caFile = ca
                    $0.user = "tocsin"
                    $0.password = password
                    $0.retrySeconds = 0.2
                }
            }
            let store = try await open(certificate, "p&ss word")
            try await store.append([SampleRows.numbered("Safe", count: 3)])
            #expect(try await StoreContract.rows(store, "Safe").rowCount == 3)
            let stranger = await #expect(throws: EventStoreError.self) { _ = try await open(other, "p&ss word") }
            #expect(stranger?.code == .unavailable)
            let guess = await #expect(throws: EventStoreError.self) { _ = try await open(certificate, "guess") }
            #expect(guess?.code == .unavailable)
            #expect(guess?.message.contains("password") == true)
            await front.kill()
        }
    }

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-clickhouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder left behind in the temporary directory harms nobody.
            try? FileManager.default.removeItem(at: folder)
        }
        try await body(folder)
    }
}

/// Certificates that sign themselves, for `localhost`.
private enum Certificates {
    static func make(in folder: URL, _ name: String) async throws -> (certificate: String, key: String) {
        let certificate = folder.appending(path: "\(name).pem").path
        let key = folder.appending(path: "\(name).key").path
        let openssl = try await Command.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ])
        #expect(openssl.status == 0, "\(openssl.errors)")
        return (certificate, key)
    }
}
