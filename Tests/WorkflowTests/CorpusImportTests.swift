import Foundation
import JSON
import TestSupport
import Testing
import Workflow

/// The playbooks of the corpus, by file name.
enum PlaybookCorpus {
    static let files: [String] = {
        guard SharedFolder.isPresent else { return [] }
        let folder = SharedFolder.file("corpus/playbooks")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json") && $0 != "index.json" }.sorted()
    }()

    static func read(_ file: String) throws -> (workflows: [ImportedWorkflow], findings: [WorkflowFinding]) {
        let data = try Data(contentsOf: SharedFolder.file("corpus/playbooks/\(file)"))
        let text = String(decoding: data, as: UTF8.self)
        return PlaybookDocument.read(
            try JSON(parsing: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text), file: file)
    }
}

@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct CorpusImportTests {
    @Test(arguments: PlaybookCorpus.files)
    func `a playbook of the corpus imports without errors`(_ file: String) throws {
        let (workflows, findings) = try PlaybookCorpus.read(file)
        #expect(!workflows.isEmpty)
        let errors = findings.filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.map(\.description).joined(separator: "\n"))")
    }
}
