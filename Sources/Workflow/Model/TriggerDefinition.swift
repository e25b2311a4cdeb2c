public import JSON

/// What starts a workflow.
public struct TriggerDefinition: Sendable {
    public var name: String
    public var typeName: String
    public var event: TriggerEvent
    public var inputs: JSON
    /// Expressions that must all be true, or there is no run.
    public var conditions: [JSON]
    /// An expression whose elements each start a run of their own.
    public var splitOn: String?
    /// The `recurrence` of a scheduled or polling trigger.
    public var recurrence: JSON?
}

/// The events that triggers wait for, as far as this system has them.
public enum TriggerEvent: Sendable, Hashable {
    /// An incident, through an automation rule or by hand.
    case incident
    /// A single alert.
    case alert
    /// An entity, by hand; the kind as the path spells it.
    case entity(String)
    /// A call of the workflow's own address, or of a `Workflow` action.
    case request
    case recurrence
    /// Anything else: batches, polling triggers, other connectors' webhooks.
    case other
}
