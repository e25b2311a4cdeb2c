internal import Chronology
internal import DataCollection
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import KQLValues
internal import StateStore
internal import WebGate

/// The HTTP Data Collector API: `POST /api/logs`, signed with a key of the workspace. Senders address it by a host name of
/// their workspace's, so any host name will do.
struct DataCollectorRoutes {
    let intake: any EventIntake
    let admission: IntakeAdmission
    let keys: SharedKeys
    let workspaceID: String
    let now: @Sendable () -> Instant

    /// The largest body, 30 MiB.
    static let maximumBody = 30 << 20

    static let answers = IntakeAnswers<TocsinRequestContext> { failure, _ in
        let code =
            switch failure.reason {
            case .unauthorized, .forbidden: "InvalidAuthorization"
            case .malformed, .unsupported, .tooSlow: "InvalidDataFormat"
            case .tooLarge: "RequestEntityTooLarge"
            case .notFound: "NotFound"
            case .busy: "TooManyRequests"
            case .full, .failed: "ServiceUnavailable"
            }
        return answer(code, failure.message, failure.status)
    }

    var endpoints: [Endpoint] {
        let failure = Schema.object(.required("Error", .string), .required("Message", .string))
            .named("DataCollectorError")
        return [
            Endpoint(
                .post, "api/logs", id: "DataCollector_Post", tag: .ingestion,
                "Takes records, signed with a key of the workspace", access: .sharedKey,
                parameters: [
                    EndpointParameter("api-version", "2016-04-01", .string, isRequired: true),
                    EndpointParameter(
                        "Log-Type", "The table's name without _CL", .string, in: .header, isRequired: true),
                    EndpointParameter("x-ms-date", "When it was sent (RFC 1123)", .string, in: .header),
                    EndpointParameter("time-generated-field", "Which member holds the time", .string, in: .header),
                ],
                body: EndpointBody(
                    contentTypes: ["application/json"], schema: .any, limit: Self.maximumBody, isRequired: true),
                failure: failure, answers: [.done] + .intake(failure), handling: .stream(take))
        ]
    }

    @Sendable func take(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let table = try Self.table(request)
        let signature = try signature(of: request)
        return try await admission.admit { pass in
            // Whose signature is no good sends no body to speak of: what is declared is checked first.
            if let declared = request.headers[.contentLength].flatMap({ Int($0) }) {
                try await check(signature, request, length: declared)
            }
            let bytes = try await IntakeBody.read(request, pass, upTo: Self.maximumBody)
            if request.headers[.contentLength] == nil { try await check(signature, request, length: bytes.count) }
            try await store(bytes, table, request)
            return Response(status: .ok)
        }
    }

    private func store(_ bytes: [UInt8], _ table: String, _ request: Request) async throws {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw DataCollectorError(.invalidDataFormat, "the body is \(error)")
        }
        let records = try DataCollectorRecords(json, timeField: request.header("time-generated-field"))
        guard records.count > 0 else { return }
        var columns = records.columns
        var lines = records.lines
        if let resource = request.header("x-ms-AzureResourceId"), !resource.isEmpty {
            columns.append(ColumnSchema("_ResourceId", .string))
            lines = Self.adding("_ResourceId", resource, to: lines)
        }
        var description = IntakeDescription(table: table, source: "\(table) (HTTP Data Collector)")
        description.transformation = IntakeTransformation(over: TableSchema(columns), mayDepart: true)
        _ = try await intake.take(WholeBody(lines), as: description)
    }

    /// Adds a member to the object of each line.
    private static func adding(_ name: String, _ value: String, to lines: [UInt8]) -> [UInt8] {
        let member = Array(JSON.object([name: .string(value)]).description.utf8.dropLast())
        return lines.split(separator: 0x0A).reduce(into: []) { all, line in
            all += member + (line.count > 2 ? [UInt8(ascii: ",")] : []) + line.dropFirst() + [0x0A]
        }
    }

    // MARK: Checks

    private static func table(_ request: Request) throws(DataCollectorError) -> String {
        switch request.uri.queryParameters["api-version"].map(String.init) {
        case nil, "": throw DataCollectorError(.missingApiVersion, "the api-version is missing; it must be 2016-04-01")
        case "2016-04-01": break
        case let other?:
            throw DataCollectorError(.invalidApiVersion, "the api-version '\(other)' is unknown; it must be 2016-04-01")
        }
        guard let type = request.headers[.contentType], !type.isEmpty else {
            throw DataCollectorError(.missingContentType, "the content type is missing; it must be application/json")
        }
        guard type.lowercased().hasPrefix("application/json") else {
            throw DataCollectorError(
                .unsupportedContentType, "the content type must be application/json, not '\(type)'")
        }
        guard let name = request.header("Log-Type"), !name.isEmpty else {
            throw DataCollectorError(.missingLogType, "the header Log-Type is missing")
        }
        let isName =
            name.utf8.count <= 100
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F
            }
        guard isName, name.first?.isLetter == true else {
            throw DataCollectorError(
                .invalidLogType, "Log-Type has a letter, then letters, digits and '_', at most 100 characters")
        }
        return name + "_CL"
    }

    private func signature(of request: Request) throws(DataCollectorError) -> SharedKeySignature {
        guard let signature = SharedKeySignature(request.headers[.authorization]) else {
            throw DataCollectorError(
                .invalidAuthorization, "the header Authorization must be 'SharedKey WORKSPACE:SIGNATURE'")
        }
        guard UUID(uuidString: signature.workspace) != nil else {
            throw DataCollectorError(.invalidCustomerID, "the workspace's identifier is no GUID")
        }
        guard signature.workspace.lowercased() == workspaceID.lowercased() else {
            throw DataCollectorError(.invalidCustomerID, "this installation holds another workspace")
        }
        return signature
    }

    private func check(_ signature: SharedKeySignature, _ request: Request, length: Int) async throws {
        let date = request.header("x-ms-date") ?? ""
        guard let time = SharedKeySignature.instant(date) else {
            throw DataCollectorError(
                .invalidAuthorization, "the header x-ms-date must be a date such as 'Mon, 04 Apr 2016 08:00:00 GMT'")
        }
        let distance = now() - time
        guard distance < SharedKeySignature.tolerance, -distance < SharedKeySignature.tolerance else {
            throw DataCollectorError(
                .invalidAuthorization, "x-ms-date is more than 15 minutes off; set the sender's clock")
        }
        let known = try await keys.existing().values.map(\.revealed)
        guard signature.isValid(keys: known, length: length, date: date) else {
            throw DataCollectorError(.invalidAuthorization, "the signature is not that of a key of this workspace")
        }
    }

    static func answer(_ code: String, _ message: String, _ status: HTTPResponse.Status) -> Response {
        Response(status: status, json: ["Error": .string(code), "Message": .string(message)])
    }
}

extension Request {
    /// The value of a header, by its name.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
