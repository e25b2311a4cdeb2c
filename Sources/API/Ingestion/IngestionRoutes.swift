internal import Access
internal import Chronology
public import Hummingbird
public import WebGate

/// The ways in for events over HTTP: Tocsin's own and those of the protocols that senders speak already. Each answers, and
/// refuses, as its protocol words it.
public struct IngestionRoutes: Sendable {
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
        IngestRoutes(intake: intake, admission: admission).add(to: group.group("api").add(middleware: gate([.bearer])))
        LogsIngestionRoutes(intake: intake, admission: admission, registry: services.collecting.registry).add(
            to: group.group().add(middleware: LogsIngestionRoutes.answers).add(middleware: gate([.bearer])))
        DataCollectorRoutes(
            intake: intake, admission: admission, keys: services.collecting.keys,
            workspaceID: services.names.workspaceID, now: services.now
        ).add(to: group.group().add(middleware: DataCollectorRoutes.answers))
        let collector = HECRoutes(
            intake: intake, admission: admission, channels: services.collecting.channels)
        collector.addHealth(to: group)
        collector.add(
            to: group.group().add(middleware: HECRoutes.answers).add(middleware: gate([.splunk, .basic, .bearer])))
        OTLPRoutes(intake: intake, admission: admission).add(
            to: group.group().add(middleware: OTLPRoutes.answers).add(middleware: gate([.bearer, .basic])))
        let elastic = ElasticRoutes(intake: intake, admission: admission)
        for place in [group, group.group("elasticsearch")] {
            elastic.add(
                to: place.group().add(middleware: ElasticRoutes.answers).add(
                    middleware: gate([.basic, .apiKey, .bearer])))
        }
    }
}
