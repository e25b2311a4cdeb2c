internal import Access
public import DataCollection
internal import HTTPTypes
public import Hummingbird
public import WebGate

/// The ways in for events over HTTP that a hub and a sensor have alike: Tocsin's own and those of the protocols that
/// senders speak already. Each answers, and refuses, as its protocol words it.
public struct IngestionRoutes: Sendable {
    private let intake: any EventIntake
    private let admission: IntakeAdmission
    private let channels: AcknowledgementChannels

    public init(
        intake: any EventIntake, admission: IntakeAdmission, channels: AcknowledgementChannels
    ) {
        self.intake = intake
        self.admission = admission
        self.channels = channels
    }

    /// Adds all routes to a group that lets everybody through.
    ///
    /// - Parameter gate: Makes the gate that takes such credentials.
    public func add(
        to group: RouterGroup<TocsinRequestContext>, gate: @Sendable (Set<CredentialScheme>) -> Gate
    ) {
        let router = EndpointRouter(audit: NoAudit())
        router.add(
            [own], to: group.group().add(middleware: ErrorEnvelopes()).add(middleware: gate([.bearer])))
        router.add([EndpointList(at: "", endpoints: collector.healthEndpoints)], to: group)
        router.add(
            [EndpointList(at: "", endpoints: collector.endpoints)],
            to: group.group().add(middleware: HECRoutes.answers).add(middleware: gate([.splunk, .basic, .bearer])))
        router.add(
            [openTelemetry],
            to: group.group().add(middleware: OTLPRoutes.answers).add(middleware: gate([.bearer, .basic])))
        router.add(
            [elastic],
            to: group.group().add(middleware: ElasticProduct()).add(middleware: ElasticRoutes.answers).add(
                middleware: gate([.basic, .apiKey, .bearer])))
    }

    /// All endpoints with their places, for the document.
    var lists: [EndpointList] {
        [own, EndpointList(at: "", endpoints: collector.endpoints + collector.healthEndpoints), openTelemetry, elastic]
    }

    private var own: EndpointList {
        EndpointList(at: "api", endpoints: IngestRoutes(intake: intake, admission: admission).endpoints)
    }

    private var collector: HECRoutes { HECRoutes(intake: intake, admission: admission, channels: channels) }

    private var openTelemetry: EndpointList {
        EndpointList(at: "", endpoints: OTLPRoutes(intake: intake, admission: admission).endpoints)
    }

    private var elastic: EndpointList {
        EndpointList(
            at: "", "elasticsearch", endpoints: ElasticRoutes(intake: intake, admission: admission).endpoints)
    }
}

/// Events that stream in are not changes that the audit keeps.
private struct NoAudit: EndpointAudit {
    func note(_ record: AuditRecord) async {}
}

extension Endpoint {
    /// An endpoint that takes events as they stream in.
    static func ingestion(
        _ method: HTTPRequest.Method, _ path: String, id: String, _ summary: String,
        parameters: [EndpointParameter] = [], contentTypes: [String] = ["*/*"], body: Schema = .any,
        failure: Schema = .error, answerTypes: [String] = ["application/json"], answers: [EndpointAnswer],
        _ action: @escaping StreamAction
    ) -> Endpoint {
        Endpoint(
            method, path, id: id, tag: .ingestion, summary, access: .permission(.ingestEvents), parameters: parameters,
            body: EndpointBody(contentTypes: contentTypes, schema: body, limit: .max, isRequired: true),
            failure: failure, answerTypes: answerTypes, answers: answers + .intake(failure), handling: .stream(action))
    }
}

extension [EndpointAnswer] {
    /// What a way in answers when events cannot be taken now.
    static func intake(_ failure: Schema) -> [EndpointAnswer] {
        [
            EndpointAnswer(.requestTimeout, "The body came too slowly", failure),
            EndpointAnswer(.tooManyRequests, "Too much is under way; come again later", failure),
            EndpointAnswer(.serviceUnavailable, "The events were not stored; come again later", failure),
            EndpointAnswer(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), "There is no room on the disk",
                failure),
        ]
    }
}
