public import JSON

/// A Logic Apps workflow: the document under `properties.definition`, read and checked.
public struct WorkflowDefinition: Sendable {
    /// The document as it came; template expressions already resolved.
    public let source: JSON
    public let parameters: OrderedDictionary<String, ParameterDefinition>
    public let triggers: OrderedDictionary<String, TriggerDefinition>
    public let actions: ActionGroup
    /// `outputs`: name → value with expressions.
    public let outputs: JSONObject
    /// For each action, the actions that contain it, outermost first.
    let containers: [String: [String]]
    /// The actions' names as they are spelled, by their lower-case form.
    let spellings: [String: String]

    /// Limits of the service that this interpreter keeps too.
    public enum Limits {
        public static let actions = 500
        public static let depth = 8
        public static let triggers = 10
        public static let variables = 250
        public static let cases = 25
        public static let expressionLength = 8192
        public static let foreachItems = 100_000
        public static let untilCount = 5000
    }

    init(
        source: JSON, parameters: OrderedDictionary<String, ParameterDefinition>,
        triggers: OrderedDictionary<String, TriggerDefinition>, actions: ActionGroup, outputs: JSONObject
    ) {
        self.source = source
        self.parameters = parameters
        self.triggers = triggers
        self.actions = actions
        self.outputs = outputs
        var containers: [String: [String]] = [:]
        WorkflowDefinition.collect(actions, [], &containers)
        self.containers = containers
        spellings = Dictionary(containers.keys.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func collect(_ group: ActionGroup, _ path: [String], _ containers: inout [String: [String]]) {
        for action in group.actions.values {
            containers[action.name] = path
            for inner in action.body.groups { collect(inner, path + [action.name], &containers) }
        }
    }

    /// The event of the first trigger that this system can raise.
    public var event: TriggerEvent { triggers.values.first { $0.event != .other }?.event ?? .other }
}

/// A parameter of a workflow.
public struct ParameterDefinition: Sendable, Hashable {
    public var typeName: String
    public var defaultValue: JSON?
    public var isSecure: Bool { typeName.lowercased().hasPrefix("secure") }
}

/// Something to tell about a document: what, where, and what to do.
public struct WorkflowFinding: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable, Hashable {
        /// The workflow cannot run.
        case error
        /// It runs, perhaps not as meant.
        case warning
    }

    public var severity: Severity
    public var message: String
    public var file: String
    /// Where in the document: `$.resources[0].properties.definition.actions.Send.inputs`.
    public var path: String

    public init(_ severity: Severity, _ message: String, file: String, path: String) {
        self.severity = severity
        self.message = message
        self.file = file
        self.path = path
    }

    public var description: String { "\(file): \(path): \(severity.rawValue): \(message)" }
}
