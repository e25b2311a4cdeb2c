internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// `POST /api/ingest`: newline-delimited JSON, syslog lines or Azure records, plain or gzip.
struct IngestRoutes {
    let intake: any EventIntake
    let admission: IntakeAdmission

    var endpoints: [Endpoint] {
        [
            .ingestion(
                .post, "ingest", id: "Ingest_Take",
                "Takes newline-delimited JSON, syslog lines or Azure records, plain or gzip",
                parameters: [
                    EndpointParameter("source", "The name of the log source", .string),
                    EndpointParameter("format", "auto, table or the name of a format", .string),
                    EndpointParameter("table", "The table that rows are for", .string),
                ],
                answers: [
                    .ok(
                        .object(
                            .required("accepted", .integer), .required("rejected", .integer),
                            .required("repeated", .integer), .required("tables", .map(.integer))))
                ], ingest)
        ]
    }

    @Sendable func ingest(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let parameters = request.uri.queryParameters
        let format = parameters["format"].map(String.init).flatMap { ["auto", "table"].contains($0) ? nil : $0 }
        let table = parameters["table"].flatMap { String($0).removingPercentEncoding }
        let source = parameters["source"].flatMap { String($0).removingPercentEncoding }
        let caller = try context.requireCaller()
        let description = IntakeDescription(
            format: format, table: table, source: source ?? caller.actor.name,
            delivery: request.deliveryName(of: caller))
        let receipt: IntakeReceipt
        do {
            receipt = try await admission.admit { pass in
                try await IntakeBody.paced(request.body, pass.limits) { body in
                    try await intake.take(body, as: description)
                }
            }
        } catch let refusal as IntakeRefusal {
            throw APIError.badRequest(refusal.description, target: table == nil ? "format" : "table")
        } catch let absence as IntakeUnavailable {
            throw APIError(.unavailable, absence.description)
        } catch let failure as IntakeFailure {
            var response = AzureError(failure).response
            if let seconds = failure.retryAfter { response.headers[.retryAfter] = String(seconds) }
            return response
        }
        return Response(json: receipt.json)
    }
}

extension IntakeReceipt {
    fileprivate var json: JSON {
        var counts = JSONObject()
        for (table, count) in tables.sorted(by: { $0.key < $1.key }) { counts[table] = .int(Int64(count)) }
        return [
            "accepted": .int(Int64(accepted)), "rejected": .int(Int64(rejected)), "repeated": .int(Int64(repeated)),
            "tables": .object(counts),
        ]
    }
}
