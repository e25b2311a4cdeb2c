internal import Access
internal import Casebook
internal import Chronology
internal import Collection
internal import Detection
internal import EventStore
public import HTTPTypes
public import Hummingbird
internal import JSON
internal import NIOCore
internal import StateStore
internal import WebGate

/// `/api/sensors/…`: what sensors send to the hub. Everything may be sent again without doing anything twice.
struct SensorRoutes {
    let intake: any SensorIntake
    let now: @Sendable () -> Instant

    /// The largest delivery and the largest bundle of alerts taken, in bytes.
    private static let mostBytes = 256 << 20
    /// The most hits of a bundle; each is looked up by its event.
    private static let mostHits = 10_000

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "sensors/alerts", id: "Sensors_SendAlerts", tag: .ingestion, "Records a sensor's alerts",
                needs: .forwardAlerts,
                body: .json(.object(.required("alerts", .array(.any))), upTo: Self.mostBytes),
                answers: [.ok(.page(of: .any)), .tooMany, .outOfSpace], alerts),
            Endpoint(
                .post, "sensors/events", id: "Sensors_SendEvents", tag: .ingestion, "Stores a sensor's delivery",
                needs: .forwardAlerts, body: .raw("*/*", upTo: Self.mostBytes),
                answers: [.ok(.object(.required("repeated", .boolean))), .tooMany, .outOfSpace], events),
            Endpoint(
                .post, "sensors/hits", id: "Sensors_SendHits", tag: .ingestion,
                "Joins a sensor's hits of Sigma rules to correlations", needs: .forwardAlerts,
                body: .json(
                    .object(.required("hits", .array(.sigmaHit, most: Self.mostHits))), upTo: 64 << 20),
                answers: [.ok(.object(.required("unjoinedRules", .strings))), .tooMany, .outOfSpace], hits),
            Endpoint(
                .post, "sensors/heartbeat", id: "Sensors_Beat", tag: .ingestion, "Notes how a sensor is",
                needs: .forwardAlerts, body: .json(.object(.required("name", .string)), upTo: 1 << 16),
                answers: [.noContent], heartbeat),
        ]
    }

    /// Records `{"alerts": [{…, "createsIncident": true}]}`; answers which of them are new.
    @Sendable func alerts(_ call: EndpointCall) async throws -> Response {
        let name = try call.caller.actor.name
        let body = call.body
        guard let items = body["alerts"]?.arrayValue else {
            throw APIError.badRequest("'alerts' must be a list", target: "alerts")
        }
        var answers: [JSON] = []
        for item in items {
            let forwarded: ForwardedAlert
            do {
                forwarded = try ForwardedAlert(json: item)
            } catch {
                throw APIError(error)
            }
            guard let id = forwarded.alert.id else { throw APIError.badRequest("an alert needs an 'id'", target: "id") }
            let isNew = try await intake.record(forwarded, of: name)
            answers.append(["id": .string(id.rawValue), "isNew": .bool(isNew)])
        }
        return Response(json: ["value": .array(answers)])
    }

    /// Joins `{"hits": [{"rule": "…", "event": "…", "time": 1763633045000, "values": {…}}]}`.
    @Sendable func hits(_ call: EndpointCall) async throws -> Response {
        let forwarded: ForwardedHits
        do {
            forwarded = try ForwardedHits(json: call.body["hits"]?.arrayValue ?? [])
        } catch {
            throw APIError.badRequest(error.description, target: error.field)
        }
        let unjoined = try await intake.join(forwarded)
        return Response(json: ["unjoinedRules": .array(unjoined.sorted().map { .string($0) })])
    }

    /// Stores one delivery.
    @Sendable func events(_ call: EndpointCall) async throws -> Response {
        let buffer: ByteBuffer
        do {
            buffer = try await call.request.body.collect(upTo: Self.mostBytes)
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "a delivery is larger than \(Self.mostBytes) bytes")
        }
        do {
            let outcome = try await intake.store(delivery: Array(buffer.readableBytesView))
            return Response(json: ["repeated": .bool(outcome == .alreadyStored)])
        } catch let refusal as IntakeRefusal {
            throw APIError.badRequest(refusal.description)
        }
    }

    /// Notes what a sensor says of itself.
    @Sendable func heartbeat(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        guard let name = body["name"]?.stringValue, !name.isEmpty, name.utf8.count <= 255 else {
            throw APIError.badRequest("a sensor needs a 'name' of at most 255 bytes", target: "name")
        }
        func number(_ key: String) -> Int { Int(clamping: body[key]?.intValue ?? 0) }
        await intake.hear(
            SensorStatus(
                name: name, version: body["version"]?.stringValue ?? "", lastHeard: now(),
                waitingDeliveries: number("waitingDeliveries"), waitingBytes: number("waitingBytes"),
                waitingAlerts: number("waitingAlerts"),
                waitingHits: body["waitingHits"].map { _ in number("waitingHits") },
                droppedHits: number("droppedHits"), events: number("events"),
                problem: body["problem"]?.stringValue ?? ""))
        return Response(status: .noContent)
    }
}

extension Schema {
    /// An event that a Sigma rule matched.
    fileprivate static let sigmaHit = Schema.object(
        .required("rule", .string.saying("The rule's id.")),
        .required("event", .string.saying("Identifies the event: the same one again changes nothing.")),
        .required("time", .integer.saying("When it happened, in milliseconds since 1970.")),
        .optional("values", .map(.string).saying("What correlations look at, by field in lower case.")),
        .optional("payload", .string.saying("The alert that shows the event, as JSON, for the evidence.")))
}

extension IntakeBusy: HTTPResponseError {
    public var status: HTTPResponse.Status { .tooManyRequests }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = Response(status: status, json: APIError(.tooMany, description).json)
        response.headers[.retryAfter] = "\(retrySeconds)"
        return response
    }
}
