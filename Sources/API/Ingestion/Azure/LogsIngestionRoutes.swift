internal import Access
internal import DataCollection
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import KQLValues
internal import StateStore
internal import WebGate

/// Azure's Logs Ingestion API: `POST /dataCollectionRules/{immutable id}/streams/{stream}`.
struct LogsIngestionRoutes {
    let intake: any EventIntake
    let admission: IntakeAdmission
    let registry: DataCollectionRegistry

    /// The largest body as sent, 1 MiB.
    static let maximumBody = 1 << 20
    /// The largest body unpacked. Azure's clients fill a request with up to 1 MiB of records; between short ones their
    /// commas come on top.
    static let maximumUnpacked = 2 << 20

    static let answers = IntakeAnswers<TocsinRequestContext> { failure, _ in
        AzureError(failure).response
    }

    var endpoints: [Endpoint] {
        [
            .ingestion(
                .post, "dataCollectionRules/{rule}/streams/{stream}", id: "LogsIngestion_Upload",
                "Takes records of a stream of a data collection rule",
                parameters: [EndpointParameter("api-version", "2023-01-01", .string, isRequired: true)],
                contentTypes: ["application/json"], body: .array(.map(.any)), answers: [.noContent], take)
        ]
    }

    @Sendable func take(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let stream = try context.parameters.require("stream")
        try Self.check(request)
        let (rule, flows) = try await flows(of: stream, rule: try context.parameters.require("rule"))
        return try await admission.admit { pass in
            let bytes = try await IntakeBody.read(
                request, pass, upTo: Self.maximumBody, unpackedTo: Self.maximumUnpacked)
            guard try Self.count(bytes) > 0 else { return Response(status: .noContent) }
            let delivery = Self.delivery(bytes, request, caller, rule, stream)
            for (number, flow) in flows.enumerated() {
                var description = IntakeDescription(
                    table: flow.table(of: stream), source: "\(rule)/\(stream)",
                    delivery: delivery.map { "\($0)/\(number)" })
                description.transformation = flow.query(of: stream).map {
                    IntakeTransformation($0, over: flow.input(of: stream))
                }
                _ = try await intake.take(WholeBody(bytes), as: description)
            }
            return Response(status: .noContent)
        }
    }

    // MARK: Checks

    private static func check(_ request: Request) throws(AzureError) {
        guard request.uri.queryParameters["api-version"] != nil else {
            throw AzureError("MissingApiVersionParameter", "name the API's version: ?api-version=2023-01-01")
        }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/json") else {
            throw AzureError(
                "UnsupportedMediaType", "the content type must be application/json", status: .unsupportedMediaType)
        }
    }

    private func flows(
        of stream: String, rule id: String
    ) async throws -> (rule: String, flows: [DataCollectionRule.Flow]) {
        guard let active = try await registry.rule(immutableID: id) else {
            throw AzureError(
                "NotFound", "Data collection rule with immutable Id '\(id)' not found.", status: .notFound)
        }
        let flows = active.rule.flows(of: stream)
        guard !flows.isEmpty else {
            throw AzureError("InvalidStream", "Stream '\(stream)' was not configured in the data collection rule.")
        }
        return (active.name, flows)
    }

    /// The number of records in a body, which must be an array of objects.
    private static func count(_ bytes: [UInt8]) throws(AzureError) -> Int {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw AzureError("InvalidPayload", "the body is \(error)")
        }
        guard let records = json.arrayValue else {
            throw AzureError("InvalidPayload", "the body must be a JSON array of records")
        }
        if let place = records.firstIndex(where: { $0.objectValue == nil }) {
            throw AzureError("InvalidPayload", "record \(place), counted from 0, is no JSON object")
        }
        return records.count
    }

    /// What tells a repetition. Azure's clients send a request again with the same `x-ms-client-request-id`; but some
    /// programs give all requests one identifier, so only the same identifier with the same content counts, and only an
    /// identifier that is a GUID, as the clients make them.
    private static func delivery(
        _ bytes: [UInt8], _ request: Request, _ caller: Caller, _ rule: String, _ stream: String
    ) -> String? {
        if let named = request.deliveryName(of: caller) { return named }
        guard let id = HTTPField.Name("x-ms-client-request-id").flatMap({ request.headers[$0] }).flatMap(UUID.init)
        else { return nil }
        return "azure:\(caller.actor.id):\(rule):\(stream):\(id.uuidString):\(ContentHash.of(bytes))"
    }
}

/// An error in Azure's envelope with a code of its own.
struct AzureError: ProtocolFault, Sendable {
    let code: String
    let message: String
    let target: String?
    let status: HTTPResponse.Status

    init(_ code: String, _ message: String, target: String? = nil, status: HTTPResponse.Status = .badRequest) {
        self.code = code
        self.message = message
        self.target = target
        self.status = status
    }

    init(_ failure: IntakeFailure) {
        let code =
            switch failure.reason {
            case .unauthorized: "AuthenticationFailed"
            case .forbidden: "OperationFailed"
            case .notFound: "NotFound"
            case .malformed: "InvalidPayload"
            case .tooLarge: "ContentLengthLimitExceeded"
            case .unsupported: "UnsupportedMediaType"
            case .tooSlow: "RequestTimeout"
            case .busy: "TooManyRequests"
            case .full: "InsufficientStorage"
            case .failed: "ServiceUnavailable"
            }
        self.init(code, failure.message, status: failure.status)
    }

    var response: Response {
        var members: JSONObject = ["code": .string(code), "message": .string(message)]
        members["target"] = target.map(JSON.string)
        return Response(status: status, json: ["error": .object(members)])
    }
}
