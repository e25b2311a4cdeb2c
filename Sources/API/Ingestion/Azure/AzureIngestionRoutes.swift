internal import Access
internal import Chronology
public import Hummingbird
public import WebGate

/// The ways in of Azure Monitor: the Logs Ingestion API and the HTTP Data Collector API. They need the rules and keys that
/// only a hub keeps.
public struct AzureIngestionRoutes: Sendable {
    private let services: APIServices
    private let gate: @Sendable (Set<CredentialScheme>) -> Gate

    /// - Parameter gate: makes the gate that takes such credentials.
    public init(_ services: APIServices, gate: @escaping @Sendable (Set<CredentialScheme>) -> Gate) {
        self.services = services
        self.gate = gate
    }

    /// Adds all routes to a group that lets everybody through.
    public func add(to group: RouterGroup<TocsinRequestContext>) {
        let (intake, admission) = (services.intake, services.collecting.admission)
        LogsIngestionRoutes(intake: intake, admission: admission, registry: services.collecting.registry).add(
            to: group.group().add(middleware: LogsIngestionRoutes.answers).add(middleware: gate([.bearer])))
        DataCollectorRoutes(
            intake: intake, admission: admission, keys: services.collecting.keys,
            workspaceID: services.names.workspaceID, now: services.now
        ).add(to: group.group().add(middleware: DataCollectorRoutes.answers))
    }
}
