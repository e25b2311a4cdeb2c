import Chronology
import Foundation
import JSON
import Testing

/// A rule that reads only what is new in its look-back, in a server that is killed again and again.
@Suite(.serialized)
struct RuleSliceDurabilityTests {
    /// Its results are as many as the events of its look-back.
    private static let rule = """
        id: 5d0c5e57-0000-4000-8000-000000000001
        name: Marks by host
        description: Counts marks.
        severity: Low
        kind: Scheduled
        queryFrequency: 5m
        queryPeriod: 5h
        triggerOperator: gt
        triggerThreshold: 0
        tactics: [Discovery]
        relevantTechniques: [T1082]
        query: |
          Marks_CL | summarize N = count() by Host | mv-expand Each = range(1, N)
        """

    @Test func `a rule's slices survive kill -9 between and within its runs, and its results stay right`() async throws
    {
        let data = try RunningTocsin.temporaryFolder()
        let rules = data.appending(path: "own-rules")
        try FileManager.default.createDirectory(at: rules, withIntermediateDirectories: true)
        try Data(Self.rule.utf8).write(to: rules.appending(path: "marks.yaml"))
        let settings = """
            detection:
              incremental: always
              scheduledDelaySeconds: 86400
              ruleFolders: [\(rules.path)]
            """
        try Data(settings.utf8).write(to: data.appending(path: "tocsin.yaml"))
        let start = Instant(unixSeconds: (Date().timeIntervalSince1970 / 300).rounded(.down) * 300) - .hours(1)
        var number = 0
        /// Marks of the hours before a time, of which the last minutes have one too.
        func marks(_ count: Int, before end: Instant, over hours: Int) -> String {
            (0..<count).map { index in
                number += 1
                let age = TimeSpan.hours(Int64(hours)).ticks * Int64(index) / Int64(count) + 1
                let time = end - TimeSpan(ticks: age)
                return #"{"Type":"Marks_CL","TimeGenerated":"\#(time)","Host":"h\#(number % 7)","Number":\#(number)}"#
            }.joined(separator: "\n") + "\n"
        }
        var tallies: [String] = []
        for round in 0..<2 {
            let server = try await RunningTocsin(data: data)
            let end = start + .minutes(Int64(round) * 10)
            _ = try await server.ingest(marks(round == 0 ? 120 : 20, before: end, over: round == 0 ? 4 : 1))
            tallies.append(try await run(server, at: end))
            // Somewhere in one more run the server dies.
            _ = try await server.ingest(marks(9, before: end + .minutes(5), over: 1))
            await withTaskGroup { group in
                group.addTask {
                    // Its answer is not waited for.
                    _ = try? await ask(server, at: end + .minutes(5))
                }
                group.addTask { await server.kill() }
            }
        }
        let server = try await RunningTocsin(data: data)
        tallies.append(try await run(server, at: start + .minutes(20)))
        tallies.append(try await run(server, at: start + .minutes(20)))
        await server.stop()
        #expect(tallies.first == "incremental: 60 of 60 slices read")
        #expect(tallies.last == "incremental: 0 of 60 slices read")
        #expect(!tallies.dropFirst().contains("incremental: 60 of 60 slices read"))
    }

    /// Runs the rule with a nominal time, holds its results against the events, and gives how much it read.
    private func run(_ server: RunningTocsin, at end: Instant) async throws -> String {
        let outcome = try await ask(server, at: end)
        let counted = try await server.query(
            "Marks_CL | where TimeGenerated >= datetime(\(end - .hours(5))) and TimeGenerated < datetime(\(end)) | count"
        )
        #expect(outcome["status"]?.stringValue == "Success", "\(outcome)")
        #expect(outcome["results"]?.intValue == counted.first?.first?.intValue)
        let message = outcome["message"]?.stringValue ?? ""
        return message.split(separator: "; ").last.map(String.init) ?? ""
    }
}

/// Runs the rule with a nominal time.
private func ask(_ server: RunningTocsin, at end: Instant) async throws -> JSON {
    let answer = try await server.send(
        "POST", "/api/rules/5d0c5e57-0000-4000-8000-000000000001/run",
        body: JSON.object(["nominalTime": .string("\(end)")]).description, token: server.token)
    return try #require(try answer.json["value"]?[0], "\(answer.text)")
}
