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
        let router = EndpointRouter(audit: services.workspace.audit)
        router.add(
            [Self.logsIngestion(services)],
            to: group.group().add(middleware: LogsIngestionRoutes.answers).add(middleware: gate([.bearer])))
        router.add(
            [Self.dataCollector(services)], to: group.group().add(middleware: DataCollectorRoutes.answers))
    }

    /// All endpoints with their places, for the document.
    static func lists(_ services: APIServices) -> [EndpointList] { [logsIngestion(services), dataCollector(services)] }

    private static func logsIngestion(_ services: APIServices) -> EndpointList {
        EndpointList(
            at: "",
            endpoints: LogsIngestionRoutes(
                intake: services.intake.events, admission: services.intake.collecting.admission,
                registry: services.intake.collecting.registry
            ).endpoints)
    }

    private static func dataCollector(_ services: APIServices) -> EndpointList {
        EndpointList(
            at: "",
            endpoints: DataCollectorRoutes(
                intake: services.intake.events, admission: services.intake.collecting.admission,
                keys: services.intake.collecting.keys,
                workspaceID: services.workspace.names.workspaceID, now: services.workspace.now
            ).endpoints)
    }
}
