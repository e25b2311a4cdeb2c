import Foundation
import JSON
import TestSupport
import Testing

@Suite(.serialized)
struct BackUpTests {
    @Test func `a back-up under load holds every event acknowledged before it, and its journal verifies`() async throws
    {
        let data = try RunningTocsin.temporaryFolder()
        let copy = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        _ = try await server.ingest(SampleEvents.lsassDump(host: "srv-01") + "\n")
        let acknowledged = Numbers()
        let load = Task {
            var number = 0
            while !Task.isCancelled {
                let answer = try await server.ingest(SampleEvents.row(number) + "\n")
                if answer["accepted"] != nil { await acknowledged.add(number) }
                number += 1
            }
        }
        try await server.eventually("some events are in") { await acknowledged.all.count > 20 }
        let before = await acknowledged.all
        let made = try await Command.run(["backup", copy.path, "--data", data.path])
        #expect(made.status == 0, "\(made.errors)")
        load.cancel()
        _ = await load.result
        // Once more into the same folder, as a nightly job would.
        #expect(try await Command.run(["backup", copy.path, "--data", data.path]).status == 0)
        await server.kill()

        #expect(try await Command.run(["check", "--data", copy.path]).status == 0)
        let target = try RunningTocsin.temporaryFolder()
        let restored = try await Command.run(["restore", copy.path, "--data", target.path])
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.output.contains("the journal is intact"))
        #expect(restored.output.contains("secret.key"))
        let again = try await RunningTocsin(data: target)
        let rows = try await again.query("Marks_CL | summarize Copies = count() by Number")
        let copies = Dictionary(
            rows.compactMap { row in row[0].doubleValue.map { (Int($0), row[1].intValue ?? 0) } }, uniquingKeysWith: +)
        #expect(before.count > 20)
        #expect(before.allSatisfy { copies[$0] == 1 })
        #expect(try await again.get("/api/incidents?status=all")["value"]?.arrayValue?.isEmpty == false)
        await again.stop()
    }

    @Test func `a damaged back-up and a full data folder are refused`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let copy = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        #expect(try await Command.run(["backup", copy.path, "--data", data.path]).status == 0)
        #expect(try await Command.run(["backup", data.path + "/inside", "--data", data.path]).status != 0)
        await server.stop()
        let full = try await Command.run(["restore", copy.path, "--data", data.path])
        #expect(full.status != 0)
        #expect(full.errors.contains("not empty"))
        let events = copy.appending(path: "events.duckdb")
        var bytes = try Data(contentsOf: events)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: events)
        let target = try RunningTocsin.temporaryFolder()
        let damaged = try await Command.run(["restore", copy.path, "--data", target.path])
        #expect(damaged.status != 0)
        #expect(damaged.errors.contains("events.duckdb has another SHA-256"))
        #expect(try await Command.run(["check", "--data", copy.path]).status != 0)
    }

    @Test func `a half-written database is reported with the remedy`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        _ = try await server.ingest((0..<2000).map { SampleEvents.row($0) }.joined(separator: "\n") + "\n")
        #expect(try await Command.run(["store", "compact", "--data", data.path]).status == 0)
        await server.stop()
        let file = data.appending(path: "events.duckdb")
        try Data(contentsOf: file).prefix(5000).write(to: file)
        let started = try await Command.run(["serve", "--data", data.path, "--port", "0"])
        #expect(started.status != 0)
        #expect(started.errors.contains("tocsin restore"), "\(started.errors)")
    }
}

/// Numbers that several tasks gather.
private actor Numbers {
    private(set) var all: Set<Int> = []

    func add(_ number: Int) { all.insert(number) }
}
