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

extension JSON {
    private static let secretNames: Set<String> = ["password", "secret", "pfx", "value"]

    /// Inputs of an operation without the secrets of its `authentication`.
    var withoutSecrets: JSON {
        guard case .object(var members) = self, case .object(var authentication)? = member("authentication") else {
            return self
        }
        for key in authentication.keys where JSON.secretNames.contains(key.lowercased()) { authentication[key] = "***" }
        for key in members.keys where key.lowercased() == "authentication" { members[key] = .object(authentication) }
        return .object(members)
    }
}
