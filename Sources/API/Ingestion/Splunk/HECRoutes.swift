internal import Access
internal import DataCollection
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// Splunk's HTTP Event Collector: `/services/collector` with `event`, `raw`, `ack` and `health`.
///
/// An answer of success means that the events are durable. A sender that names a channel gets an `ackId` too, which
/// `ack` confirms.
struct HECRoutes {
    let intake: any EventIntake
    let admission: IntakeAdmission
    let channels: AcknowledgementChannels

    /// What the gate lets in and refuses, in Splunk's words.
    static let answers = IntakeAnswers<TocsinRequestContext> { failure, request in
        let header = request.headers[.authorization]
        return HECAnswer.response(
            failure, hadCredentials: header != nil,
            isSplunkScheme: header?.lowercased().hasPrefix("splunk ") ?? false)
    }

    var endpoints: [Endpoint] {
        let taken = EndpointAnswer.ok(
            .object(.required("text", .string), .required("code", .integer), .optional("ackId", .integer)))
        func endpoints(
            _ name: String, _ summary: String, _ answer: EndpointAnswer, _ action: @escaping Endpoint.StreamAction
        ) -> [Endpoint] {
            ["", "/1.0"].map { version in
                .ingestion(
                    .post, "services/collector/\(name)\(version)",
                    id: "HEC_\(name.prefix(1).uppercased())\(name.dropFirst())\(version.isEmpty ? "" : "1")", summary,
                    failure: Self.failure, answers: [answer], action)
            }
        }
        return [
            .ingestion(
                .post, "services/collector", id: "HEC_Take", "Takes events of Splunk's HTTP Event Collector",
                failure: Self.failure, answers: [taken], takeEvents)
        ]
            + endpoints("event", "Takes events of Splunk's HTTP Event Collector", taken, takeEvents)
            + endpoints("raw", "Takes lines of Splunk's HTTP Event Collector", taken, takeLines)
            + endpoints(
                "ack", "Tells which deliveries are durable", .ok(.object(.required("acks", .map(.boolean)))),
                acknowledge)
    }

    private static let failure = Schema.object(
        .required("text", .string), .required("code", .integer), .optional("invalid-event-number", .integer)
    ).named("HECAnswer")

    /// The health of the collector, which anybody may ask.
    var healthEndpoints: [Endpoint] {
        ["health", "health/1.0"].map { path in
            Endpoint(
                .get, "services/collector/\(path)", id: path == "health" ? "HEC_Health" : "HEC_Health1",
                tag: .ingestion, "Tells whether events are taken", access: .anybody, failure: Self.failure,
                answers: [
                    .ok(Self.failure), EndpointAnswer(.serviceUnavailable, "Too much is under way", Self.failure),
                ],
                handling: .stream { _, _ in (admission.isFull ? HECAnswer.queuesFull : .healthy).response() })
        }
    }

    @Sendable func takeEvents(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await take(request, context) { (bytes) throws(HECFault) in try HECEvents(objects: bytes, intake) }
    }

    @Sendable func takeLines(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let fields = FormFields(query: request.uri.query)
        var metadata = HECMetadata()
        metadata.time = fields["time"].flatMap { HECMetadata.time(.string($0)) }
        metadata.host = fields["host"]
        metadata.source = fields["source"]
        metadata.sourcetype = fields["sourcetype"]
        metadata.index = fields["index"]
        return try await take(request, context) { [metadata] (bytes) throws(HECFault) in
            try HECEvents(lines: bytes, metadata, intake)
        }
    }

    private func take(
        _ request: Request, _ context: TocsinRequestContext, reading read: ([UInt8]) throws(HECFault) -> HECEvents
    ) async throws -> Response {
        let caller = try context.requireCaller()
        let channel = try HECChannel(request)
        return try await admission.admit { pass in
            let bytes = try await IntakeBody.read(request, pass)
            let events = try read(bytes)
            let delivery = delivery(of: bytes, events, channel, request, caller)
            let parcel = IntakeParcel(events.records, intake)
            _ = try await parcel.take(intake, from: "\(caller.actor.name) (HEC)", delivery: delivery)
            guard let channel else { return HECAnswer.success.response() }
            let number = try await channels.next(in: channel.text, of: caller.actor.id)
            return HECAnswer.success.response(["ackId": .int(number)])
        }
    }

    /// What tells a repetition: a name that the sender gives, or, on a channel of its own, the same events with the same
    /// times. Events without times may be meant twice, so they are never taken for a repetition.
    private func delivery(
        of bytes: [UInt8], _ events: HECEvents, _ channel: HECChannel?, _ request: Request, _ caller: Caller
    ) -> String? {
        if let named = request.deliveryName(of: caller) { return named }
        guard let channel, events.areTimed else { return nil }
        return "hec:\(caller.actor.id):\(channel.text):\(ContentHash.of(bytes))"
    }

    /// `{"acks": [0, 1]}` → `{"acks": {"0": true, "1": false}}`.
    @Sendable func acknowledge(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        guard let channel = try HECChannel(request) else { throw HECFault(.channelMissing) }
        let body = try await JSONBody.read(request, upTo: 1 << 20)
        guard let asked = body["acks"]?.arrayValue else { throw HECFault(.invalidDataFormat) }
        let given = try await channels.given(in: channel.text, of: caller.actor.id)
        var acks = JSONObject()
        for number in asked {
            guard let number = number.intValue else { throw HECFault(.invalidDataFormat) }
            acks[String(number)] = .bool(number >= 0 && number < given)
        }
        return Response(json: ["acks": .object(acks)])
    }
}

/// The channel of a sender: a GUID in the header `X-Splunk-Request-Channel` or in the address's `channel`.
private struct HECChannel {
    /// In lower case.
    let text: String

    init?(_ request: Request) throws(HECFault) {
        let header = HTTPField.Name("X-Splunk-Request-Channel").flatMap { request.headers[$0] }
        guard let text = header ?? FormFields(query: request.uri.query)["channel"] else { return nil }
        guard let identifier = UUID(uuidString: text) else { throw HECFault(.invalidChannel) }
        self.text = identifier.uuidString.lowercased()
    }
}

extension Request {
    /// The sender's own name for what it delivers, `Idempotency-Key`, kept apart from those of other senders.
    func deliveryName(of caller: Caller) -> String? {
        HTTPField.Name("Idempotency-Key").flatMap { headers[$0] }.map { "\(caller.actor.id):\($0)" }
    }
}
