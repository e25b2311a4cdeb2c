import Casebook
import Foundation
import JSON
import Response
import StateStore
import Testing
import Vocabulary
import Workflow

/// The rules and playbooks that ship with the product.
struct ContentTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "content")

    static func files(_ name: String, _ ending: String) throws -> [(name: String, text: String)] {
        let folder = folder.appending(path: name)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(ending) }.sorted()
            .map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }

    static func rules() throws -> [AutomationRule] {
        try files("automation", ".yaml").flatMap { file in
            let (rules, problems) = AutomationRuleFile.read(file.text, file: file.name)
            #expect(problems.isEmpty, "\(problems)")
            return rules
        }
    }

    @Test func `every rule and playbook can be used, and every playbook that a rule names is there`() throws {
        let library = PlaybookLibrary(files: try Self.files("playbooks", ".json"), context: ARMContext())
        #expect(library.findings.isEmpty, "\(library.findings)")
        #expect(library.playbooks.map(\.id) == ["Enrich-Incident", "Isolate-Host", "Notify-Chat"])
        for rule in try Self.rules() {
            for case .runPlaybook(let name) in rule.actions { #expect(library.playbook(name) != nil, "\(name)") }
        }
    }

    @Test func `the playbooks do their work on an incident`() async throws {
        let workshop = try Workshop()
        let web = FakeWeb { request in
            request.uri.contains("edr") ? WorkflowAnswer(statusCode: 202, body: ["id": 1]) : WorkflowAnswer(body: "ok")
        }
        let values: [String: JSONObject] = [
            "Isolate-Host": ["isolationUrl": "https://edr.example/isolate"],
            "Notify-Chat": ["webhookUrl": "https://chat.example/hook"],
        ]
        let library = PlaybookLibrary(
            files: try Self.files("playbooks", ".json"), values: values, context: ARMContext())
        let engine = workshop.engine(rules: try Self.rules(), web: web)
        engine.replace(library: library)
        let id = try await workshop.incident("Credentials dumped")
        try await engine.start(playbook: "Isolate-Host", on: id, by: .room("Test"))
        try await workshop.run(engine) { try await workshop.settled(engine, count: 3) }
        #expect(try await engine.runs().map(\.status) == [.succeeded, .succeeded, .succeeded])
        let comments = try await workshop.casebook.comments(of: id).map(\.message)
        #expect(comments.contains { $0.contains("<td>ada@corp.example</td>") && $0.contains("203.0.113.7") })
        #expect(comments.contains { $0.contains("Host ws-17 was isolated") })
        let incident = try #require(try await workshop.casebook.incident(id))
        #expect(Set(incident.labels.map(\.name)) == ["containment", "high-severity"])
        #expect(web.requests.count == 2)
    }

    @Test func `without an endpoint service a person is asked`() async throws {
        let workshop = try Workshop()
        let web = FakeWeb()
        let engine = workshop.engine(playbooks: try Self.files("playbooks", ".json"), web: web)
        let id = try await workshop.incident()
        try await engine.start(playbook: "Isolate-Host", on: id, by: .room("Test"))
        try await engine.start(playbook: "Notify-Chat", on: id, by: .room("Test"))
        try await workshop.run(engine) { try await workshop.settled(engine, count: 2) }
        #expect(try await workshop.casebook.tasks(of: id).map(\.title) == ["Isolate ws-17 by hand"])
        #expect(try await engine.runs().allSatisfy { $0.status == .succeeded })
        #expect(web.requests.isEmpty)
    }

    @Test func `parameters of playbooks are read from a file`() throws {
        let text = "Isolate-Host:\n  isolationUrl: https://edr.example\nBroken: 5\n"
        let (values, problems) = PlaybookParameterFile.read(text, file: "p.yaml")
        #expect(values["Isolate-Host"]?["isolationUrl"] == "https://edr.example")
        #expect(problems.map(\.path) == ["Broken"])
    }
}
