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

/// What the portal's pages are made of.
public struct PortalServices: Sendable {
    public let casebook: Casebook
    /// The types of incident that content declares.
    public let types: IncidentTypes
    public let journal: Journal
    public let queries: QueryService
    public let rules: @Sendable () async throws -> RuleListing
    public let ruleDesk: RuleDesk
    public let priorities: PriorityDesk
    public let response: any PortalResponse
    public let health: SourceHealth
    public let deadLetters: any DeadLetterBox
    public let watchlists: WatchlistDesk
    public let plans: @Sendable () -> PlanFolder
    /// The OpenAPI document of the API.
    public let reference: JSON
    public let now: @Sendable () -> Instant
    /// Where the browser libraries lie.
    public let webFolder: URL

    public init(
        casebook: Casebook, types: IncidentTypes, journal: Journal, queries: QueryService,
        rules: @escaping @Sendable () async throws -> RuleListing, ruleDesk: RuleDesk,
        priorities: PriorityDesk,
        response: any PortalResponse,
        health: SourceHealth, deadLetters: any DeadLetterBox, watchlists: WatchlistDesk,
        plans: @escaping @Sendable () -> PlanFolder, reference: JSON,
        now: @escaping @Sendable () -> Instant, webFolder: URL
    ) {
        self.casebook = casebook
        self.types = types
        self.journal = journal
        self.queries = queries
        self.rules = rules
        self.ruleDesk = ruleDesk
        self.priorities = priorities
        self.response = response
        self.health = health
        self.deadLetters = deadLetters
        self.watchlists = watchlists
        self.plans = plans
        self.reference = reference
        self.now = now
        self.webFolder = webFolder
    }
}
