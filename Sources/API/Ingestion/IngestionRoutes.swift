internal import Access
public import DataCollection
public import Hummingbird
public import WebGate

/// The ways in for events over HTTP that a hub and a sensor have alike: Tocsin's own and those of the protocols that
/// senders speak already. Each answers, and refuses, as its protocol words it.
public struct IngestionRoutes: Sendable {
    private let intake: any EventIntake
    private let admission: IntakeAdmission
    private let channels: AcknowledgementChannels
    private let gate: @Sendable (Set<CredentialScheme>) -> Gate

    /// - Parameter gate: makes the gate that takes such credentials.
    public init(
        intake: any EventIntake, admission: IntakeAdmission, channels: AcknowledgementChannels,
        gate: @escaping @Sendable (Set<CredentialScheme>) -> Gate
    ) {
        self.intake = intake
        self.admission = admission
        self.channels = channels
        self.gate = gate
    }

    /// Adds all routes to a group that lets everybody through.
    public func add(to group: RouterGroup<TocsinRequestContext>) {
        IngestRoutes(intake: intake, admission: admission).add(to: group.group("api").add(middleware: gate([.bearer])))
        let collector = HECRoutes(intake: intake, admission: admission, channels: channels)
        collector.addHealth(to: group)
        collector.add(
            to: group.group().add(middleware: HECRoutes.answers).add(middleware: gate([.splunk, .basic, .bearer])))
        OTLPRoutes(intake: intake, admission: admission).add(
            to: group.group().add(middleware: OTLPRoutes.answers).add(middleware: gate([.bearer, .basic])))
        let elastic = ElasticRoutes(intake: intake, admission: admission)
        for place in [group, group.group("elasticsearch")] {
            elastic.add(
                to: place.group().add(middleware: ElasticProduct()).add(middleware: ElasticRoutes.answers).add(
                    middleware: gate([.basic, .apiKey, .bearer])))
        }
    }
}
