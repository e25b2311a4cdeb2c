public import JSON

/// A workflow found in a file, ready to be stored and run.
public struct ImportedWorkflow: Sendable {
    public var name: String
    public var definition: WorkflowDefinition
    /// The values of the workflow's parameters, `$connections` among them.
    public var parameters: JSONObject
    public var connections: [WorkflowConnection]
    public var isEnabled: Bool
    /// Title, description and the like, as the template's `metadata` has them.
    public var metadata: JSON
    /// Template parameters that got a placeholder, since they have neither a value nor a default.
    public var missingParameters: [String]
    /// Where the workflow stands in the file.
    public var path: String
}

/// A connection of a workflow: the key in `$connections` and the connector behind it.
public struct WorkflowConnection: Sendable, Hashable {
    public var key: String
    /// The last part of `…/managedApis/<connector>`, in lower case: `azuresentinel`, `office365`, `teams`.
    public var connector: String
    public var connectionID: String

    public init(key: String, connector: String, connectionID: String) {
        self.key = key
        self.connector = connector
        self.connectionID = connectionID
    }

    init(key: String, _ value: JSON) {
        let identity = value.member("id")?.stringValue ?? value.member("api")?.member("id")?.stringValue ?? key
        self.init(
            key: key, connector: identity.split(separator: "/").last?.lowercased() ?? key.lowercased(),
            connectionID: value.member("connectionId")?.stringValue ?? key)
    }
}

/// Reads playbook files: ARM templates, exported workflows (`{"definition": …}`) and bare definitions.
public enum PlaybookDocument {
    /// Every workflow in the document, and what there is to say about it.
    ///
    /// - Parameters:
    ///   - json: the file's content.
    ///   - file: its name, for findings, and the name of a workflow that has none.
    ///   - values: values of the template's parameters.
    ///   - context: what the template's environment functions answer.
    public static func read(
        _ json: JSON, file: String, values: JSONObject = [:], context: ARMContext = ARMContext()
    ) -> (workflows: [ImportedWorkflow], findings: [WorkflowFinding]) {
        var reader = PlaybookReader(file: file, context: context)
        let name = file.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? file
        if json.member("resources") != nil {
            reader.template(json, values: values, path: "$")
            if reader.workflows.isEmpty, reader.findings.isEmpty {
                reader.report("the template has no resource of type Microsoft.Logic/workflows", at: "$")
            }
        } else if let definition = json.member("definition") {
            reader.workflow(
                named: name, properties: json, definition, metadata: json, path: "$", definitionPath: "$.definition")
        } else {
            reader.workflow(named: name, properties: [:], json, metadata: json, path: "$", definitionPath: "$")
        }
        return (reader.workflows, reader.findings)
    }
}

private struct PlaybookReader {
    let file: String
    let context: ARMContext
    private(set) var workflows: [ImportedWorkflow] = []
    private(set) var findings: [WorkflowFinding] = []

    init(file: String, context: ARMContext) {
        self.file = file
        self.context = context
    }

    mutating func report(_ message: String, at path: String, _ severity: WorkflowFinding.Severity = .error) {
        findings.append(WorkflowFinding(severity, message, file: file, path: path))
    }

    mutating func template(_ json: JSON, values: JSONObject, path: String, depth: Int = 0) {
        guard depth < 5 else { return report("templates are nested deeper than 5 levels", at: path) }
        let evaluator = ARMEvaluator(template: json, values: values, context: context)
        resources(json.member("resources"), of: json, evaluator, path: "\(path).resources", depth: depth)
    }

    private mutating func resources(
        _ resources: JSON?, of template: JSON, _ evaluator: ARMEvaluator, path: String, depth: Int
    ) {
        var entries: [(String, JSON)] = []
        if case .array(let list)? = resources {
            entries = list.enumerated().map { ("\(path)[\($0.offset)]", $0.element) }
        } else if case .object(let members)? = resources {
            entries = members.map { ("\(path).\($0.key)", $0.value) }
        }
        for (place, resource) in entries {
            switch resource.member("type")?.stringValue?.lowercased() {
            case "microsoft.logic/workflows": workflow(resource, of: template, evaluator, path: place)
            case "microsoft.resources/deployments":
                guard let inner = resource.member("properties")?.member("template") else { continue }
                self.template(inner, values: [:], path: "\(place).properties.template", depth: depth + 1)
            default: break
            }
            if depth < 5, let inner = resource.member("resources") {
                self.resources(inner, of: template, evaluator, path: "\(place).resources", depth: depth + 1)
            }
        }
    }

    private mutating func workflow(_ resource: JSON, of template: JSON, _ evaluator: ARMEvaluator, path: String) {
        var evaluator = evaluator
        var faults: [(String, String)] = []
        let resolved = evaluator.resolve(resource, path: path) { faults.append(($0, $1)) }
        for (message, place) in faults { report(message, at: place, .warning) }
        for name in evaluator.missingParameters {
            report(
                "the template parameter '\(name)' has no default; give it a value", at: "$.parameters.\(name)", .warning
            )
        }
        let properties = resolved.member("properties") ?? .null
        guard let definition = properties.member("definition") else {
            return report("the workflow has no 'properties.definition'", at: path)
        }
        workflow(
            named: resolved.member("name")?.stringValue ?? "workflow", properties: properties, definition,
            metadata: template.member("metadata") ?? .null, path: path,
            definitionPath: "\(path).properties.definition", missing: evaluator.missingParameters)
    }

    mutating func workflow(
        named name: String, properties: JSON, _ definition: JSON, metadata: JSON, path: String,
        definitionPath: String, missing: [String] = []
    ) {
        let (read, found) = WorkflowDefinition.read(definition, file: file, path: definitionPath)
        findings += found
        guard let read else { return }
        var parameters = JSONObject()
        for (key, value) in properties.member("parameters")?.objectValue ?? [:] {
            parameters[key] = value.member("value") ?? value
        }
        for name in ConnectionNames.used(in: read) where JSON.object(parameters)["$connections"]?[name] == nil {
            let substitute = ConnectionNames.substitute(for: name, in: parameters["$connections"])
            report(
                "$connections has no '\(name)'; \(substitute.note)", at: "\(path).parameters.$connections", .warning)
            var known = parameters["$connections"]?.objectValue ?? [:]
            known[name] = substitute.value
            parameters["$connections"] = .object(known)
        }
        let connections = (parameters["$connections"]?.objectValue ?? [:]).map { WorkflowConnection(key: $0, $1) }
        workflows.append(
            ImportedWorkflow(
                name: metadata.member("name")?.stringValue ?? name, definition: read, parameters: parameters,
                connections: connections,
                isEnabled: properties.member("state")?.stringValue?.lowercased() != "disabled", metadata: metadata,
                missingParameters: missing, path: path))
    }
}

/// Connections that a definition uses although `$connections` leaves them out.
private enum ConnectionNames {
    /// The keys in `parameters('$connections')['key']`.
    static func used(in definition: WorkflowDefinition) -> OrderedSet<String> {
        var names: OrderedSet<String> = []
        var hosts = definition.triggers.values.map(\.inputs)
        definition.actions.forEach { action, _ in hosts.append(action.inputs) }
        for host in hosts {
            guard let text = host.member("host")?.member("connection")?.member("name")?.stringValue,
                // What does not parse is reported by the validator.
                let template = try? Template(text)
            else { continue }
            for expression in template.expressions { collect(expression, &names) }
        }
        return names
    }

    private static func collect(_ expression: Expression, _ names: inout OrderedSet<String>) {
        guard case .member(let base, let key, _) = expression else { return }
        if case .call(let call) = base, call.name.lowercased() == "parameters",
            call.arguments == [.literal("$connections")], case .literal(.string(let name)) = key
        {
            names.append(name)
        }
        collect(base, &names)
    }

    /// A connection of nearly the same name, else one made up from the name.
    static func substitute(for name: String, in connections: JSON?) -> (value: JSON, note: String) {
        let folded = letters(name)
        for (key, value) in connections?.objectValue ?? [:] where letters(key) == folded {
            return (value, "'\(key)' is taken instead")
        }
        let value: JSON = [
            "connectionId": .string(name), "connectionName": .string(name), "id": .string("managedApis/\(name)"),
        ]
        return (value, "a connection to the connector '\(name)' is assumed")
    }

    private static func letters(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
}
