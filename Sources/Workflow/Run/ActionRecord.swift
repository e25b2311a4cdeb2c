public import Chronology
public import JSON

/// What the run history keeps of one action.
public struct ActionRecord: Sendable, Hashable {
    public var path: ActionPath
    public var name: String
    public var typeName: String
    public var status: ActionStatus
    public var startTime: Instant?
    public var endTime: Instant?
    /// The evaluated inputs, passwords left out; null when the definition hides them.
    public var inputs: JSON
    /// The outputs; null when the definition hides them.
    public var outputs: JSON
    public var error: RunError?
    /// How often its operation was tried again.
    public var retryCount: Int
    public var trackedProperties: JSON?

    public init(
        path: ActionPath, name: String, typeName: String, status: ActionStatus, startTime: Instant?,
        endTime: Instant?, inputs: JSON, outputs: JSON, error: RunError?, retryCount: Int, trackedProperties: JSON?
    ) {
        self.path = path
        self.name = name
        self.typeName = typeName
        self.status = status
        self.startTime = startTime
        self.endTime = endTime
        self.inputs = inputs
        self.outputs = outputs
        self.error = error
        self.retryCount = retryCount
        self.trackedProperties = trackedProperties
    }
}

/// One action of a run, as the interpreter keeps it.
struct ActionState: Sendable {
    var status = ActionStatus.waiting
    var startTime: Instant?
    var endTime: Instant?
    var inputs = JSON.null
    var outputs = JSON.null
    var error: RunError?
    var retryCount = 0
    var trackedProperties: JSON?
    /// The frames that run or ran its inner actions.
    var frames: [Int] = []
    var progress = Progress.none

    enum Progress: Sendable {
        case none
        case foreach(ForeachProgress)
        case until(UntilProgress)
    }
}

/// How far a Foreach is.
struct ForeachProgress: Sendable {
    var items: [JSON]
    var width: Int
    var next = 0
    var running = 0
    var failures = 0
}

/// How far an Until is.
struct UntilProgress: Sendable {
    var count = 0
    var deadline: Instant
}

/// A run of one group of actions: the workflow's own, a branch, one iteration.
struct Frame: Sendable {
    struct Owner: Sendable {
        var frame: Int
        var action: String
    }

    let group: ActionGroup
    let owner: Owner?
    /// The instance path of the owner, with the iteration's index; empty for the workflow's own actions.
    let path: String
    let iteration: Int?
    let item: JSON?
    var states: [String: ActionState] = [:]
    /// How many actions have not ended.
    var openCount: Int

    func path(of action: String) -> ActionPath { ActionPath(path.isEmpty ? action : "\(path)/\(action)") }
}

/// Keeps secrets out of the run history: passwords of `authentication`, headers that carry credentials, and the values
/// of the workflow's secure parameters wherever they stand.
struct SecretMask: Sendable {
    private static let mask = "***"
    private static let authenticationNames: Set<String> = ["password", "secret", "pfx", "value"]
    private static let headerNames: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-functions-key",
    ]
    private static let shortestSecret = 4

    private let secrets: [String]

    init(definition: WorkflowDefinition, environment: RunEnvironment) {
        secrets = definition.parameters.filter(\.value.isSecure).compactMap { name, parameter in
            let value = JSON.object(environment.parameters).member(name) ?? parameter.defaultValue
            guard let text = value?.stringValue, text.utf8.count >= Self.shortestSecret else { return nil }
            return text
        }
    }

    func hiding(_ value: JSON) -> JSON { withoutSecretValues(withoutSecretMembers(value)) }

    private func withoutSecretMembers(_ value: JSON) -> JSON {
        guard case .object(var members) = value else { return value }
        for (key, member) in members {
            guard case .object(let inner) = member else { continue }
            switch key.lowercased() {
            case "authentication": members[key] = .object(masked(inner, Self.authenticationNames))
            case "headers": members[key] = .object(masked(inner, Self.headerNames))
            default: break
            }
        }
        return .object(members)
    }

    private func masked(_ members: JSONObject, _ names: Set<String>) -> JSONObject {
        var result = members
        for key in members.keys where names.contains(key.lowercased()) { result[key] = .string(Self.mask) }
        return result
    }

    private func withoutSecretValues(_ value: JSON) -> JSON {
        guard !secrets.isEmpty else { return value }
        switch value {
        case .null, .bool, .int, .double: return value
        case .string(let text):
            return .string(secrets.reduce(text) { $0.contains($1) ? $0.replacing($1, with: Self.mask) : $0 })
        case .array(let elements): return .array(elements.map(withoutSecretValues))
        case .object(let members): return .object(members.mapValues(withoutSecretValues))
        }
    }
}
