public import Casebook
public import Chronology
public import StateStore

/// What the portal shows and starts of playbooks and automation rules.
public protocol PortalResponse: Sendable {
    func playbooks() async throws -> [PlaybookOverview]
    func automationRules() async throws -> [AutomationRuleOverview]
    /// The newest first; of one incident, or of all.
    func runs(of incident: IncidentID?, limit: Int) async throws -> [RunOverview]
    func run(_ id: String) async throws -> RunDetail?
    func start(playbook: String, on incident: IncidentID, by actor: JournalActor) async throws
}

/// A playbook as the portal lists it.
public struct PlaybookOverview: Sendable {
    public let id: String
    public let name: String
    public let description: String
    public let trigger: String
    public let actionCount: Int

    public init(id: String, name: String, description: String, trigger: String, actionCount: Int) {
        self.id = id
        self.name = name
        self.description = description
        self.trigger = trigger
        self.actionCount = actionCount
    }
}

/// An automation rule as the portal lists it.
public struct AutomationRuleOverview: Sendable {
    public let order: Int
    public let name: String
    public let trigger: String
    public let actions: String
    public let isEnabled: Bool

    public init(order: Int, name: String, trigger: String, actions: String, isEnabled: Bool) {
        self.order = order
        self.name = name
        self.trigger = trigger
        self.actions = actions
        self.isEnabled = isEnabled
    }
}

/// How far a run or an action came.
public enum RunStatus: String, Sendable, CaseIterable {
    case running = "Running"
    case waiting = "Waiting"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case skipped = "Skipped"
    case cancelled = "Cancelled"
    case timedOut = "TimedOut"

    var chipClass: String {
        switch self {
        case .running, .waiting: "accent"
        case .succeeded: "good"
        case .failed, .timedOut: "bad"
        case .skipped, .cancelled: ""
        }
    }
}

/// A playbook run as the portal lists it.
public struct RunOverview: Sendable {
    public let id: String
    public let playbook: String
    public let status: RunStatus
    public let trigger: String
    public let started: Instant
    public let actionCount: Int
    public let incident: IncidentID?

    public init(
        id: String, playbook: String, status: RunStatus, trigger: String, started: Instant, actionCount: Int,
        incident: IncidentID?
    ) {
        self.id = id
        self.playbook = playbook
        self.status = status
        self.trigger = trigger
        self.started = started
        self.actionCount = actionCount
        self.incident = incident
    }
}

/// A playbook run with its actions.
public struct RunDetail: Sendable {
    public let overview: RunOverview
    public let error: String?
    public let actions: [Action]

    /// An action of the run; inputs and outputs are JSON with secrets masked.
    public struct Action: Sendable {
        public let name: String
        public let type: String
        public let status: RunStatus
        public let started: Instant?
        public let error: String?
        public let inputs: String?
        public let outputs: String?

        public init(
            name: String, type: String, status: RunStatus, started: Instant?, error: String?, inputs: String?,
            outputs: String?
        ) {
            self.name = name
            self.type = type
            self.status = status
            self.started = started
            self.error = error
            self.inputs = inputs
            self.outputs = outputs
        }
    }

    public init(overview: RunOverview, error: String?, actions: [Action]) {
        self.overview = overview
        self.error = error
        self.actions = actions
    }
}
