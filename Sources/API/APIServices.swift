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

/// What the API's handlers work with.
public struct APIServices: Sendable {
    public let access: AccessControl
    public let casebook: Casebook
    /// The types of incident that content declares.
    public let incidentTypes: IncidentTypes
    public let queries: QueryService
    /// What can be asked about entities.
    public let insights: EntityInsights
    public let editor: QueryEditor
    public let intake: any EventIntake
    public let collecting: CollectingServices
    public let sensors: any SensorIntake
    public let health: SourceHealth
    public let deadLetters: any DeadLetterBox
    public let store: any StoreDesk
    public let ruleRuns: any RuleRuns
    public let rules: RuleDesk
    public let indicators: any IndicatorDesk
    public let watchlists: WatchlistDesk
    public let suppression: SuppressionRules
    public let priorities: PriorityDesk
    public let configuration: ConfigurationDesks
    public let names: WorkspaceNames
    public let playbooks: any PlaybookStarter
    public let documents: WorkspaceResourceStore
    /// Where changes are written down.
    public let audit: any EndpointAudit
    /// The address by which a client reaches this installation.
    public let address: RequestAddress
    public let now: @Sendable () -> Instant
    /// The address of an incident's page.
    public let incidentURL: @Sendable (IncidentID) -> String

    public init(
        access: AccessControl, casebook: Casebook, incidentTypes: IncidentTypes, queries: QueryService,
        insights: EntityInsights, editor: QueryEditor,
        intake: any EventIntake, collecting: CollectingServices, sensors: any SensorIntake, health: SourceHealth,
        deadLetters: any DeadLetterBox, store: any StoreDesk, ruleRuns: any RuleRuns, rules: RuleDesk,
        indicators: any IndicatorDesk, watchlists: WatchlistDesk, suppression: SuppressionRules,
        priorities: PriorityDesk, configuration: ConfigurationDesks, names: WorkspaceNames,
        playbooks: any PlaybookStarter, documents: WorkspaceResourceStore, audit: any EndpointAudit,
        address: RequestAddress,
        now: @escaping @Sendable () -> Instant,
        incidentURL: @escaping @Sendable (IncidentID) -> String
    ) {
        self.access = access
        self.casebook = casebook
        self.incidentTypes = incidentTypes
        self.queries = queries
        self.insights = insights
        self.editor = editor
        self.intake = intake
        self.collecting = collecting
        self.sensors = sensors
        self.health = health
        self.deadLetters = deadLetters
        self.store = store
        self.ruleRuns = ruleRuns
        self.rules = rules
        self.indicators = indicators
        self.watchlists = watchlists
        self.suppression = suppression
        self.priorities = priorities
        self.configuration = configuration
        self.names = names
        self.playbooks = playbooks
        self.documents = documents
        self.audit = audit
        self.address = address
        self.now = now
        self.incidentURL = incidentURL
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
