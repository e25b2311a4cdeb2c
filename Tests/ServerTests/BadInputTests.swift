import Foundation
import JSON
import TestSupport
import Testing

struct BadInputTests {
    @Test func `a malformed line becomes a dead letter with its reason and the rest goes on`() async throws {
        let server = try await RunningTocsin(data: try RunningTocsin.temporaryFolder())
        let lines = [SampleEvents.row(1), "{\"broken\":", SampleEvents.row(2), #"{"nobody":"knows me"}"#]
        let answer = try await server.ingest(lines.joined(separator: "\n") + "\n", "source=mail-gateway")
        #expect(answer["accepted"]?.intValue == 2)
        #expect(answer["rejected"]?.intValue == 2)
        let letters = try await server.query(
            "DeadLetter_CL | sort by LineNumber asc | project SourceName, Reason, RawData, LineNumber")
        #expect(letters.map { $0[0].stringValue } == ["mail-gateway", "mail-gateway"])
        #expect(letters.allSatisfy { $0[1].stringValue?.isEmpty == false })
        #expect(letters.first?[2].stringValue?.contains("broken") == true)
        await server.stop()
    }

    @Test func `a wrong query is answered with its place and what was meant`() async throws {
        let server = try await RunningTocsin(data: try RunningTocsin.temporaryFolder())
        let answer = try await server.send(
            "POST", "/api/query", body: #"{"query":"SecurityEvent\n| wher EventID == 1"}"#, token: server.token)
        #expect(answer.status == 400)
        let inner = try answer.json["error"]?["innererror"]
        #expect(inner?["code"]?.stringValue == "SyntaxError")
        #expect(inner?["line"]?.intValue == 2)
        #expect(inner?["message"]?.stringValue?.contains("where") == true)
        let unknown = try await server.send(
            "POST", "/api/query", body: #"{"query":"SecurityEvents | count"}"#, token: server.token)
        #expect(unknown.status == 400)
        #expect(unknown.text.contains("SecurityEvent"))
        await server.stop()
    }

    @Test(arguments: [
        ("POST", "/api/ingest?format=nonsense", "{}", 400),
        ("POST", "/api/ingest?table=Nowhere", "{}", 400),
        ("POST", "/api/query", "no json", 400),
        ("POST", "/api/query", #"{"query":"print 1","timespan":"yesterday"}"#, 400),
        ("PUT", "/api/incidents/00000000-0000-0000-0000-000000000009", #"{"properties":{"title":"x"}}"#, 400),
        ("GET", "/api/incidents/424242", "", 404),
        ("GET", "/nowhere", "", 404),
    ])
    func `bad requests are refused with a sentence`(method: String, path: String, body: String, status: Int)
        async throws
    {
        let server = try await SharedServer.get()
        let answer = try await server.send(method, path, body: body.isEmpty ? nil : body, token: server.token)
        #expect(answer.status == status, "\(answer.text)")
    }

    @Test func `bodies are read as leniently as Azure reads them, and hostile ones are refused`() async throws {
        let server = try await SharedServer.get()
        let lenient = try await server.send(
            "POST", "/api/query", body: #"{'query': 'print \'a"b\'', /* so */ "timespan": 'P1D',}"#, token: server.token
        )
        #expect(lenient.status == 200, "\(lenient.text)")
        #expect(try lenient.json["tables"]?[0]?["rows"]?[0]?[0] == "a\"b")
        for body in [
            #"{'query': 'print 1'"#, "{'query': Infinity}", String(repeating: "[", count: 200_000),
            String(repeating: "{'a':", count: 100_000), "'",
        ] {
            let refused = try await server.send("POST", "/api/query", body: body, token: server.token)
            #expect(refused.status == 400, "\(body.prefix(20))")
        }
    }

    @Test func `an unusable configuration is refused with the key and the remedy`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        try Data("mail:\n  security: maybe\n".utf8).write(to: data.appending(path: "tocsin.yaml"))
        let refused = try await Command.run(["serve", "--data", data.path, "--port", "0"])
        #expect(refused.status != 0)
        #expect(refused.errors.contains("mail.security"))
    }

    @Test func `a folder of rules is checked rule by rule`() async throws {
        let folder = try RunningTocsin.temporaryFolder()
        let rule = """
            id: 11111111-2222-3333-4444-555555555555
            name: Broken
            description: Broken on purpose.
            severity: High
            queryFrequency: 1h
            queryPeriod: 1h
            triggerOperator: gt
            triggerThreshold: 0
            tactics: [Execution]
            query: |
              SecurityEvent
              | where NoSuchColumn == 1
            version: 1.0.0
            kind: Scheduled
            """
        try Data(rule.utf8).write(to: folder.appending(path: "broken.yaml"))
        let check = try await Command.run(["rule", "validate", folder.path])
        #expect(check.status != 0)
        #expect(check.output.hasSuffix("valid 0 of 1\n"))
        #expect(check.output.contains("broken.yaml:12:"))
    }
}

/// One server that tests which change nothing share.
actor SharedServer {
    private static let shared = SharedServer()
    private var server: Task<RunningTocsin, any Error>?

    static func get() async throws -> RunningTocsin { try await shared.start().value }

    private func start() -> Task<RunningTocsin, any Error> {
        if let server { return server }
        let task = Task { try await RunningTocsin(data: try RunningTocsin.temporaryFolder()) }
        server = task
        return task
    }
}
