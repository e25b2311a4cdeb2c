/// A playbook run in a list.
struct RunRow: Sendable {
    let path: String
    let playbook: String
    let status: String
    let statusClass: String
    let trigger: String
    let started: String
    let actionCount: Int
    let incident: IncidentLink?

    struct IncidentLink: Sendable {
        let path: String
        let name: String
    }
}
