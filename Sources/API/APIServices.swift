public import Access
public import Casebook
public import Chronology
public import Collection
public import DataCollection
public import Detection
public import Investigation
public import Prioritization
public import Suppression
public import Watchlists
public import WorkspaceResources

/// What the API's handlers work with, by theme.
public struct APIServices: Sendable {
    public let cases: CaseServices
    public let queries: QueryService
    public let editor: QueryEditor
    public let intake: IntakeServices
    public let detection: DetectionServices
    public let workspace: WorkspaceServices

    public init(
        cases: CaseServices, queries: QueryService, editor: QueryEditor, intake: IntakeServices,
        detection: DetectionServices, workspace: WorkspaceServices
    ) {
        self.cases = cases
        self.queries = queries
        self.editor = editor
        self.intake = intake
        self.detection = detection
        self.workspace = workspace
    }
}

/// Incidents, and all that is done about them.
public struct CaseServices: Sendable {
    public let casebook: Casebook
    /// The types of incident that content declares.
    public let types: IncidentTypes
    /// What can be asked about entities.
    public let entities: EntityDesk
    public let priorities: PriorityDesk
    public let suppression: SuppressionRules
    public let playbooks: any PlaybookStarter
    /// The address of an incident's page.
    public let url: @Sendable (IncidentID) -> String

    public init(
        casebook: Casebook, types: IncidentTypes, entities: EntityDesk, priorities: PriorityDesk,
        suppression: SuppressionRules, playbooks: any PlaybookStarter, url: @escaping @Sendable (IncidentID) -> String
    ) {
        self.casebook = casebook
        self.types = types
        self.entities = entities
        self.priorities = priorities
        self.suppression = suppression
        self.playbooks = playbooks
        self.url = url
    }
}

/// How events come in, and where they lie.
public struct IntakeServices: Sendable {
    public let events: any EventIntake
    public let collecting: CollectingServices
    public let sensors: any SensorIntake
    public let health: SourceHealth
    public let deadLetters: any DeadLetterBox
    public let store: any StoreDesk

    public init(
        events: any EventIntake, collecting: CollectingServices, sensors: any SensorIntake, health: SourceHealth,
        deadLetters: any DeadLetterBox, store: any StoreDesk
    ) {
        self.events = events
        self.collecting = collecting
        self.sensors = sensors
        self.health = health
        self.deadLetters = deadLetters
        self.store = store
    }
}

/// Rules, and what they compare events with.
public struct DetectionServices: Sendable {
    public let rules: RuleDesk
    public let runs: any RuleRuns
    public let indicators: any IndicatorDesk
    public let watchlists: WatchlistDesk

    public init(
        rules: RuleDesk, runs: any RuleRuns, indicators: any IndicatorDesk, watchlists: WatchlistDesk
    ) {
        self.rules = rules
        self.runs = runs
        self.indicators = indicators
        self.watchlists = watchlists
    }
}

/// The workspace itself: its names, its settings, who may enter.
public struct WorkspaceServices: Sendable {
    public let names: WorkspaceNames
    /// The address by which a client reaches this installation.
    public let address: RequestAddress
    public let access: AccessControl
    public let configuration: ConfigurationDesks
    public let documents: WorkspaceResourceStore
    /// Where changes are written down.
    public let audit: any EndpointAudit
    public let now: @Sendable () -> Instant

    public init(
        names: WorkspaceNames, address: RequestAddress, access: AccessControl, configuration: ConfigurationDesks,
        documents: WorkspaceResourceStore, audit: any EndpointAudit, now: @escaping @Sendable () -> Instant
    ) {
        self.names = names
        self.address = address
        self.access = access
        self.configuration = configuration
        self.documents = documents
        self.audit = audit
        self.now = now
    }
}

/// What the ways in, and the resources that say how events are collected, work with.
public struct CollectingServices: Sendable {
    public let registry: DataCollectionRegistry
    public let tables: LogTables
    public let keys: SharedKeys
    public let channels: AcknowledgementChannels
    public let admission: IntakeAdmission

    public init(
        registry: DataCollectionRegistry, tables: LogTables, keys: SharedKeys, channels: AcknowledgementChannels,
        admission: IntakeAdmission
    ) {
        self.registry = registry
        self.tables = tables
        self.keys = keys
        self.channels = channels
        self.admission = admission
    }
}
