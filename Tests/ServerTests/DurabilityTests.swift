import Foundation
import JSON
import NIOCore
import TestSupport
import Testing

@Suite(.serialized)
struct DurabilityTests {
    @Test func `what was acknowledged before kill -9 is there after a restart, and nothing is in the casebook twice`()
        async throws
    {
        let data = try RunningTocsin.temporaryFolder()
        var acknowledged: Set<Int> = []
        let rounds = ProcessInfo.processInfo.environment["TOCSIN_KILL_ROUNDS"].flatMap(Int.init) ?? 3
        for round in 0..<rounds {
            let server = try await RunningTocsin(data: data)
            acknowledged.formUnion(try await sendUntilKilled(server, round: round))
        }
        let server = try await RunningTocsin(data: data)
        let rows = try await server.query("Marks_CL | summarize Copies = count() by Number")
        let copies = Dictionary(
            rows.compactMap { row in row[0].doubleValue.map { (Int($0), row[1].intValue ?? 0) } }, uniquingKeysWith: +)
        #expect(acknowledged.count >= rounds * 10)
        #expect(acknowledged.allSatisfy { copies[$0] == 1 })

        // The same host was attacked again and again: one alert for it, one incident.
        try await server.eventually("the incident is there") {
            try await server.get("/api/incidents?status=all")["value"]?.arrayValue?.isEmpty == false
        }
        let incidents = try await server.get("/api/incidents?status=all")["value"]?.arrayValue ?? []
        #expect(incidents.count == 1)
        let alerts = try await server.send(
            "POST", "/api/incidents/\(incidents.first?["name"]?.stringValue ?? "")/alerts", body: "{}",
            token: server.token)
        let ids = try alerts.json["value"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(!ids.isEmpty)
        #expect(Set(ids).count == ids.count)
        await server.stop()
        let check = try await Command.run(["journal", "verify", "--data", data.path])
        #expect(check.status == 0)
        #expect(check.output.contains("intact"))
    }

    /// Sends numbered batches side by side, kills the server in the midst of them, and gives the numbers whose batch was
    /// acknowledged.
    private func sendUntilKilled(_ server: RunningTocsin, round: Int) async throws -> Set<Int> {
        try await withThrowingTaskGroup(of: Set<Int>.self) { group in
            for sender in 0..<4 {
                group.addTask {
                    var mine: Set<Int> = []
                    for batch in 0..<200 {
                        let numbers = (0..<5).map { round * 100_000 + sender * 10_000 + batch * 10 + $0 }
                        let lines = numbers.map { SampleEvents.row($0) } + [SampleEvents.lsassDump(host: "srv-01")]
                        do {
                            let answer = try await server.ingest(
                                lines.joined(separator: "\n") + "\n", timeout: .seconds(5))
                            if answer["accepted"] != nil { mine.formUnion(numbers) }
                        } catch {
                            return mine
                        }
                        if sender == 0, batch == 5 { await server.kill() }
                    }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0.formUnion($1) }
        }
    }

    @Test func `a second server on the same data folder is refused with the reason`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        let second = try await Command.run(["serve", "--data", data.path, "--port", "0"])
        #expect(second.status != 0)
        #expect(second.errors.contains("open already"))
        await server.stop()
    }
}
