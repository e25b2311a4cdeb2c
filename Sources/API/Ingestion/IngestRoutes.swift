internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import StateStore
internal import WebGate

/// `POST /api/ingest`: newline-delimited JSON, syslog lines or Azure records, plain or gzip.
struct IngestRoutes {
    let intake: any EventIntake

    func add(to group: RouterGroup<TocsinRequestContext>) {
        group.group("ingest").add(middleware: Requires(.ingestEvents)).post(use: ingest)
    }

    @Sendable func ingest(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let parameters = request.uri.queryParameters
        let format = parameters["format"].map(String.init).flatMap { ["auto", "table"].contains($0) ? nil : $0 }
        let table = parameters["table"].flatMap { String($0).removingPercentEncoding }
        let source = parameters["source"].flatMap { String($0).removingPercentEncoding }
        let caller = try context.requireCaller()
        let description = IntakeDescription(
            format: format, table: table, source: source ?? caller.actor.name, delivery: delivery(request, caller))
        let receipt: IntakeReceipt
        do {
            receipt = try await intake.take(request.body.map { Array($0.readableBytesView) }, as: description)
        } catch let refusal as IntakeRefusal {
            throw APIError.badRequest(refusal.description, target: table == nil ? "format" : "table")
        } catch let absence as IntakeUnavailable {
            throw APIError(.unavailable, absence.description)
        }
        return Response(json: receipt.json)
    }
}

extension IngestRoutes {
    /// The sender's name for the delivery, kept apart from those of other senders.
    private func delivery(_ request: Request, _ caller: Caller) -> String? {
        HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }.map { "\(caller.actor.name):\($0)" }
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
