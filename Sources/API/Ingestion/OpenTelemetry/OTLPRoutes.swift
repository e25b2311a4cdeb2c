internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import StateStore
internal import WebGate

/// OpenTelemetry logs over HTTP: `POST /v1/logs`, binary or JSON (OTLP specification 1, "OTLP/HTTP").
struct OTLPRoutes {
    let intake: any EventIntake
    let admission: IntakeAdmission

    /// The table of log records that no source is known for.
    static let table = "OTelLogs_CL"

    /// Refusals in the encoding of the request: a `google.rpc.Status`.
    static let answers = IntakeAnswers<TocsinRequestContext> { failure, request in
        // A collector sends again after 429, 502, 503 and 504 alone.
        let status = failure.reason == .full ? HTTPResponse.Status.serviceUnavailable : failure.status
        switch Encoding(request) {
        case .protobuf:
            var message = ProtobufWriter()
            message.add(2, Array(failure.message.utf8))
            return Encoding.protobuf.response(message.bytes, status: status)
        case .json, nil: return Response(status: status, json: ["message": .string(failure.message)])
        }
    }

    var endpoints: [Endpoint] {
        [
            .ingestion(
                .post, "v1/logs", id: "OTLP_ExportLogs", "Takes OpenTelemetry logs, binary or JSON",
                contentTypes: ["application/x-protobuf", "application/json"],
                failure: Schema.object(.required("message", .string)).named("RPCStatus"),
                answerTypes: ["application/json", "application/x-protobuf"], answers: [.ok(.any)], take)
        ]
    }

    @Sendable func take(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        guard let encoding = Encoding(request) else {
            throw IntakeFailure(
                .unsupported, "the content type must be application/x-protobuf or application/json")
        }
        return try await admission.admit { pass in
            let export = try read(try await IntakeBody.read(request, pass), encoding)
            let parcel = IntakeParcel(export.records.map { Self.record($0.record, $0.origin) }, intake)
            let receipt = try await parcel.take(
                intake, from: "\(caller.actor.name) (OTLP)", delivery: request.deliveryName(of: caller))
            return answer(receipt, encoding)
        }
    }

    private func read(_ bytes: [UInt8], _ encoding: Encoding) throws -> LogExport {
        do {
            switch encoding {
            case .protobuf: return try LogExport(protobuf: bytes)
            case .json: return try LogExport(json: try JSON(parsing: bytes))
            }
        } catch let fault as LogExportFault {
            throw IntakeFailure(.malformed, "the body is no ExportLogsServiceRequest: \(fault.reason)")
        } catch let error as JSONError {
            throw IntakeFailure(.malformed, "the body is \(error)")
        }
    }

    /// A body that is an object, the text of one, or a line of a known format is a record itself.
    private static func record(_ record: LogExport.Record, _ origin: LogExport.Origin) -> ParcelRecord {
        var line: [UInt8]?
        switch record.body {
        case .string(let text): line = ParcelRecord.line(of: text)
        case .object(let members) where !members.isEmpty: line = Array(record.body.description.utf8)
        default: break
        }
        return ParcelRecord(line: line, host: origin.hostName, table: table, row: record.row(origin))
    }

    /// Success, or partial success when some records could not be read wholly; those are dead letters here.
    private func answer(_ receipt: IntakeReceipt, _ encoding: Encoding) -> Response {
        let message = "\(receipt.rejected) records or values could not be read and are in DeadLetter_CL"
        switch encoding {
        case .json:
            guard receipt.rejected > 0 else { return Response(json: [:]) }
            return Response(json: [
                "partialSuccess": [
                    "rejectedLogRecords": .string(String(receipt.rejected)), "errorMessage": .string(message),
                ]
            ])
        case .protobuf:
            var answer = ProtobufWriter()
            if receipt.rejected > 0 {
                var partial = ProtobufWriter()
                partial.add(1, UInt64(receipt.rejected))
                partial.add(2, Array(message.utf8))
                answer.add(1, partial.bytes)
            }
            return Encoding.protobuf.response(answer.bytes, status: .ok)
        }
    }

    /// How a request and its answer are written.
    private enum Encoding {
        case protobuf, json

        /// Nil when the content type is neither.
        init?(_ request: Request) {
            let type = request.headers[.contentType]?.lowercased().split(separator: ";").first
            switch type?.trimmingCharacters(in: .whitespaces) {
            case "application/x-protobuf", "application/protobuf": self = .protobuf
            case "application/json": self = .json
            default: return nil
            }
        }

        func response(_ bytes: [UInt8], status: HTTPResponse.Status) -> Response {
            Response(
                status: status, headers: [.contentType: "application/x-protobuf"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }
}
