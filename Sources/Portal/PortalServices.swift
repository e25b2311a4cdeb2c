public import Casebook
public import Chronology
public import Collection
public import Detection
public import Foundation
public import Investigation
public import JSON
public import Preparation
public import Prioritization
public import StateStore
public import Watchlists

/// What the portal's pages are made of, by theme.
public struct PortalServices: Sendable {
    public let cases: PortalCases
    public let detection: PortalDetection
    public let sources: PortalSources
    public let site: PortalSite

    public init(
        cases: PortalCases, detection: PortalDetection, sources: PortalSources, site: PortalSite
    ) {
        self.cases = cases
        self.detection = detection
        self.sources = sources
        self.site = site
    }
}

/// Incidents, and all that is done about them.
public struct PortalCases: Sendable {
    public let casebook: Casebook
    /// The types of incident that content declares.
    public let types: IncidentTypes
    public let journal: Journal
    /// What can be asked about entities.
    public let entities: EntityDesk
    public let priorities: PriorityDesk
    public let response: any PortalResponse

    public init(
        casebook: Casebook, types: IncidentTypes, journal: Journal, entities: EntityDesk, priorities: PriorityDesk,
        response: any PortalResponse
    ) {
        self.casebook = casebook
        self.types = types
        self.journal = journal
        self.entities = entities
        self.priorities = priorities
        self.response = response
    }
}

/// Rules, and the lists that they compare events with.
public struct PortalDetection: Sendable {
    public let rules: @Sendable () async throws -> RuleListing
    public let ruleDesk: RuleDesk
    public let watchlists: WatchlistDesk

    public init(
        rules: @escaping @Sendable () async throws -> RuleListing, ruleDesk: RuleDesk, watchlists: WatchlistDesk
    ) {
        self.rules = rules
        self.ruleDesk = ruleDesk
        self.watchlists = watchlists
    }
}

/// The events, and how they come in.
public struct PortalSources: Sendable {
    public let queries: QueryService
    public let health: SourceHealth
    public let deadLetters: any DeadLetterBox

    public init(
        queries: QueryService, health: SourceHealth, deadLetters: any DeadLetterBox
    ) {
        self.queries = queries
        self.health = health
        self.deadLetters = deadLetters
    }
}

/// The portal itself.
public struct PortalSite: Sendable {
    public let plans: @Sendable () -> PlanFolder
    /// The OpenAPI document of the API.
    public let reference: @Sendable () -> JSON
    public let now: @Sendable () -> Instant
    /// Where the browser libraries lie.
    public let webFolder: URL

    public init(
        plans: @escaping @Sendable () -> PlanFolder, reference: @escaping @Sendable () -> JSON,
        now: @escaping @Sendable () -> Instant, webFolder: URL
    ) {
        self.plans = plans
        self.reference = reference
        self.now = now
        self.webFolder = webFolder
    }
}
