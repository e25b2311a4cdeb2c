internal import Casebook
internal import StateStore

/// Everything that the page of one incident shows.
struct IncidentFile: Sendable {
    let incident: Incident
    let alerts: [Alert]
    let comments: [IncidentComment]
    let tasks: [IncidentTask]
    /// The newest first.
    let activity: [JournalEntry]
    let runs: [RunRow]
    let playbooks: [Choice]
    let parts: CaseFile
    let serviceLevel: ServiceLevelCard
}
