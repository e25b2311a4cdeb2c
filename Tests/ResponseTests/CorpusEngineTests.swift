import Casebook
import Foundation
import JSON
import Response
import StateStore
import TestSupport
import Testing
import Workflow

/// Answers for every connector that the corpus' playbooks use, besides Sentinel's own.
struct FakeServices: Connector {
    func perform(_ call: ConnectorCall, context: ConnectorContext) async throws(OperationFailure) -> WorkflowAnswer {
        WorkflowAnswer(
            statusCode: 200, headers: ["X-auth-access-token": "t", "DOMAIN_UUID": "d"],
            body: [
                "id": "x1", "key": "K-1", "mail": "boss@example.org", "value": [], "items": [],
                "error": ["message": "denied"], "attachmentContent": "eA==", "body": "eA==",
            ])
    }
}

@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct CorpusEngineTests {
    @Test func `every playbook of the corpus runs to its end on a real incident`() async throws {
        let folder = SharedFolder.file("corpus/playbooks")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") && $0 != "index.json" }
        let library = PlaybookLibrary(
            files: try names.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) },
            context: ARMContext())
        #expect(!library.findings.contains { $0.severity == .error }, "\(library.findings)")
        let workshop = try Workshop()
        let engine = workshop.engine(connectors: ["*": FakeServices()])
        engine.replace(library: library)
        let id = try await workshop.incident()
        var count = 0
        for playbook in library.playbooks where playbook.event == .incident || playbook.event == .alert {
            count += try await engine.start(playbook: playbook.id, on: id, by: .room("Test")).count
        }
        let total = count
        let running = Task { try await engine.run() }
        defer { running.cancel() }
        // Two of them wait for a person's approval by mail.
        while try await engine.runs().filter({ $0.status != .running || $0.isWaiting }).count < total {
            await Task.yield()
        }
        let runs = try await engine.runs()
        #expect(runs.count >= 20)
        #expect(runs.filter { $0.status == .running }.count <= 2)
        var faults: [String] = []
        for run in runs where run.status == .failed {
            let actions = try #require(try await engine.run(run.id)).actions
            for action in actions where action.status == .failed && action.error?.code != "ActionFailed" {
                faults.append(
                    "\(run.playbook)/\(action.path): \(action.error?.code ?? "") \(action.error?.message ?? "")")
            }
        }
        let wrong = faults.filter {
            $0.contains("ConnectorNotConfigured") || $0.contains("OperationNotSupported") || $0.contains("NotSupported")
        }
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
}
