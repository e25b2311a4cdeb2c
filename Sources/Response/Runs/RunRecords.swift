public import Casebook
public import Chronology
public import JSON
public import StateStore
public import Workflow

/// A run of a playbook, as it is listed.
public struct PlaybookRun: Sendable, Hashable {
    public let id: String
    public let playbook: String
    public let status: RunStatus
    /// The trigger's name.
    public let trigger: String
    public let incidentID: IncidentID?
    /// The automation rule that started it, if one did.
    public let ruleID: String?
    public let startedBy: JournalActor
    public let startTime: Instant
    public let endTime: Instant?
    public let error: RunError?
    /// How many actions were reached.
    public let actionCount: Int
    /// Whether the run waits for a callback, a time, or an answer, as against doing something.
    public let isWaiting: Bool
}

/// A run with its history.
public struct PlaybookRunDetail: Sendable {
    public let run: PlaybookRun
    /// In the order in which they began.
    public let actions: [ActionRecord]
    /// What the trigger gave.
    public let triggerBody: JSON
    /// What the run answered to its caller.
    public let response: WorkflowAnswer?
}

/// What is needed to start a run.
struct RunRequest: Sendable {
    /// A request with the id of an existing run changes nothing.
    var id: String
    var playbook: Playbook
    var event: WorkflowAnswer
    var incidentID: IncidentID?
    var ruleID: String?
    var startedBy: JournalActor
    /// How many runs are above this one.
    var depth = 0
}

/// A run as it is stored.
struct StoredRun: Sendable {
    var summary: PlaybookRun
    var definition: JSON
    var environment: RunEnvironment
    var event: WorkflowAnswer
    var seed: UInt64
    var depth: Int
    var callbackToken: String
    var response: WorkflowAnswer?
    var events: [(event: WorkflowEvent, time: Instant)]
}
