public import Chronology
public import JSON

/// One action of a workflow.
public struct ActionDefinition: Sendable {
    public var name: String
    /// The type as the definition spells it.
    public var typeName: String
    public var kind: String?
    public var body: ActionBody
    /// What the operation gets, with expressions; null for actions that hold actions.
    public var inputs: JSON
    /// The predecessors, and the statuses of each after which this one runs.
    public var runAfter: OrderedDictionary<String, Set<ActionStatus>>
    public var timeout: TimeSpan?
    public var options: ActionOptions
    public var trackedProperties: JSON?
    /// Where the action stands in the document.
    public var path: String
}

/// What an action does.
public enum ActionBody: Sendable {
    case operation(OperationKind)
    case scope(ActionGroup)
    case condition(expression: JSON, then: ActionGroup, otherwise: ActionGroup)
    case choice(expression: JSON, cases: [ChoiceCase], otherwise: ActionGroup)
    /// `repetitions` is how many iterations may run at once; nil when the definition leaves it open.
    case foreach(items: JSON, repetitions: Int?, ActionGroup)
    case until(expression: JSON, limit: LoopLimit, ActionGroup)
    /// A type that this interpreter does not know; running it fails.
    case unsupported

    /// The groups of actions inside.
    public var groups: [ActionGroup] {
        switch self {
        case .operation, .unsupported: []
        case .scope(let group), .foreach(_, _, let group), .until(_, _, let group): [group]
        case .condition(_, let then, let otherwise): [then, otherwise]
        case .choice(_, let cases, let otherwise): cases.map(\.actions) + [otherwise]
        }
    }

    public var isLoop: Bool {
        switch self {
        case .foreach, .until: true
        default: false
        }
    }
}

/// One case of a Switch.
public struct ChoiceCase: Sendable {
    public var name: String
    public var value: JSON
    public var actions: ActionGroup
}

/// When an Until loop gives up.
public struct LoopLimit: Sendable, Hashable {
    public var count: Int
    public var timeout: TimeSpan
    /// Giving up fails the loop; otherwise it succeeds all the same.
    public var failsWhenReached: Bool
}

/// Actions that run together: the workflow's own, a scope's, a branch's, one iteration's.
public struct ActionGroup: Sendable {
    public var actions: OrderedDictionary<String, ActionDefinition>
    /// The actions that wait for each action.
    public private(set) var successors: [String: [String]]

    public init(_ actions: OrderedDictionary<String, ActionDefinition> = [:]) {
        self.actions = actions
        successors = [:]
        for action in actions.values {
            for predecessor in action.runAfter.keys { successors[predecessor, default: []].append(action.name) }
        }
    }

    /// The actions that wait for none.
    public var first: [String] { actions.values.filter(\.runAfter.isEmpty).map(\.name) }

    /// The actions that none waits for.
    public var last: [String] { actions.keys.filter { successors[$0] == nil } }

    /// Calls `visit` for every action in the group and, after each, for those inside it; `depth` begins at 1.
    public func forEach(depth: Int = 1, _ visit: (ActionDefinition, _ depth: Int) -> Void) {
        for action in actions.values {
            visit(action, depth)
            for group in action.body.groups { group.forEach(depth: depth + 1, visit) }
        }
    }
}

/// The operations that are no containers of actions.
public enum OperationKind: String, Sendable, Hashable, CaseIterable {
    case compose = "Compose"
    case parseJSON = "ParseJson"
    case select = "Select"
    case query = "Query"
    case join = "Join"
    case table = "Table"
    case initializeVariable = "InitializeVariable"
    case setVariable = "SetVariable"
    case appendToArrayVariable = "AppendToArrayVariable"
    case appendToStringVariable = "AppendToStringVariable"
    case incrementVariable = "IncrementVariable"
    case decrementVariable = "DecrementVariable"
    case expression = "Expression"
    case terminate = "Terminate"
    case response = "Response"
    case wait = "Wait"
    case http = "Http"
    case function = "Function"
    case apiConnection = "ApiConnection"
    case apiConnectionWebhook = "ApiConnectionWebhook"
    case httpWebhook = "HttpWebhook"
    case workflow = "Workflow"
    case sendToBatch = "SendToBatch"

    public init?(lenient text: String) {
        let folded = text.lowercased()
        guard let kind = OperationKind.allCases.first(where: { $0.rawValue.lowercased() == folded }) else { return nil }
        self = kind
    }
}

/// `operationOptions` and the parts of `runtimeConfiguration` that change how an action runs.
public struct ActionOptions: Sendable, Hashable {
    /// An answer 202 is taken as it is, not polled.
    public var disablesAsyncPattern = false
    public var suppressesWorkflowHeaders = false
    /// The run history must not show the inputs.
    public var hidesInputs = false
    /// The run history must not show the outputs.
    public var hidesOutputs = false
}
