internal import Foundation
public import JSON
public import Workflow

/// A playbook that can be run.
public struct Playbook: Sendable {
    /// Its name: the last part of the resource id under which automation rules know it.
    public let id: String
    public let workflow: ImportedWorkflow
    /// The file that it came from.
    public let file: String

    public var name: String { id }
    public var event: TriggerEvent { workflow.definition.event }
    public var description: String {
        workflow.metadata["description"]?.stringValue ?? workflow.metadata["title"]?.stringValue ?? ""
    }

    /// How many actions it has, inner ones counted.
    public var actionCount: Int {
        var count = 0
        workflow.definition.actions.forEach { _, _ in count += 1 }
        return count
    }
}

/// The playbooks of this system.
public struct PlaybookLibrary: Sendable {
    private let byName: [String: Playbook]
    /// In order of name.
    public let playbooks: [Playbook]
    /// What there is to say about the files, also of playbooks that cannot be used.
    public let findings: [WorkflowFinding]

    /// - Parameter files: name and text of each file.
    /// - Parameter values: values of template and workflow parameters, by playbook or file name.
    public init(files: [(name: String, text: String)], values: [String: JSONObject] = [:], context: ARMContext) {
        var found: [String: Playbook] = [:]
        var findings: [WorkflowFinding] = []
        for file in files {
            let json: JSON
            do throws(JSONError) {
                json = try JSON(parsing: file.text.hasPrefix("\u{FEFF}") ? String(file.text.dropFirst()) : file.text)
            } catch {
                findings.append(WorkflowFinding(.error, "\(error)", file: file.name, path: "$"))
                continue
            }
            let stem = file.name.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? file.name
            let read = PlaybookDocument.read(json, file: file.name, values: values[stem] ?? [:], context: context)
            findings += read.findings
            guard !read.findings.contains(where: { $0.severity == .error }) else { continue }
            for var workflow in read.workflows where workflow.isEnabled {
                workflow.parameters.merge(values[workflow.name] ?? values[stem] ?? [:]) { $1 }
                found[workflow.name.lowercased()] = Playbook(id: workflow.name, workflow: workflow, file: file.name)
            }
        }
        byName = found
        playbooks = found.values.sorted { $0.id < $1.id }
        self.findings = findings
    }

    /// Reads every `.json` file of the folders; a folder that is not there holds none.
    public static func load(
        folders: [String], values: [String: JSONObject] = [:], context: ARMContext
    ) -> PlaybookLibrary {
        var files: [(name: String, text: String)] = []
        for folder in folders {
            let root = URL(filePath: folder)
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            for name in names.sorted() where name.hasSuffix(".json") {
                // A file that cannot be read, say a folder named .json, holds no playbook.
                guard let data = try? Data(contentsOf: root.appending(path: name)) else { continue }
                files.append((name, String(decoding: data, as: UTF8.self)))
            }
        }
        return PlaybookLibrary(files: files, values: values, context: context)
    }

    /// The playbook of a name or resource id, in any letter case.
    public func playbook(_ reference: String) -> Playbook? {
        let last = reference.split(separator: "/").last.map(String.init) ?? reference
        return byName[last.lowercased()]
    }
}
