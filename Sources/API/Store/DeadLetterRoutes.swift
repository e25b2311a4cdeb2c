internal import Access
internal import Chronology
internal import EventStore
internal import Hummingbird
internal import Investigation
internal import JSON
internal import StateStore
internal import WebGate

/// `GET /api/deadletters` and `POST /api/deadletters/redrive`, both narrowed by `source` and `reason`.
struct DeadLetterRoutes {
    let letters: any DeadLetterBox

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "deadletters", id: "DeadLetters_List", tag: .store, "Lists what could not be read",
                needs: .readEvents,
                parameters: [
                    EndpointParameter("source", "Of this source alone", .string),
                    EndpointParameter("reason", "Of this reason alone", .string),
                    EndpointParameter("limit", "The most letters listed", .integer(1...10_000)),
                ], answers: [.ok(.object(.required("counts", .array(.any)), .required("value", .array(.any))))], list),
            Endpoint(
                .post, "deadletters/redrive", id: "DeadLetters_Redrive", tag: .store,
                "Reads dead letters again, with the sources as they are now", needs: .ingestEvents,
                body: .json(.object(.optional("source", .string), .optional("reason", .string)), upTo: 1 << 16),
                answers: [
                    .ok(
                        .object(
                            .required("letters", .integer), .required("stored", .integer),
                            .required("failed", .integer), .required("tables", .map(.integer)))), .conflict,
                    .outOfSpace,
                ], redrive),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let limit = call.query("limit").flatMap(Int.init) ?? 100
        let listing = try await letters.listing(
            DeadLetterFilter(source: call.query("source"), reason: call.query("reason")), limit: limit)
        return Response(json: [
            "counts": .array(listing.counts.map(\.json)), "value": .array(listing.letters.map(\.json)),
        ])
    }

    @Sendable func redrive(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        let filter = DeadLetterFilter(source: body["source"]?.stringValue, reason: body["reason"]?.stringValue)
        let receipt: RedriveReceipt
        do {
            receipt = try await letters.redrive(filter, by: try call.caller.actor.name)
        } catch let error as EventStoreError where error.code == .conflict {
            throw APIError(.conflict, "somebody else takes these letters in; list them again (\(error.message))")
        }
        var tables = JSONObject()
        for (table, count) in receipt.tables.sorted(by: { $0.key < $1.key }) { tables[table] = .int(Int64(count)) }
        return Response(json: [
            "letters": .int(Int64(receipt.letters)), "stored": .int(Int64(receipt.stored)),
            "failed": .int(Int64(receipt.failed)), "tables": .object(tables),
        ])
    }
}

extension DeadLetterListing.Count {
    fileprivate var json: JSON {
        [
            "source": .string(source), "reason": .string(reason), "redrivable": .bool(isRedrivable),
            "count": .int(Int64(count)), "latest": .string("\(latest)"),
        ]
    }
}

extension DeadLetterListing.Letter {
    fileprivate var json: JSON {
        [
            "time": .string("\(time)"), "source": .string(source), "format": .string(format),
            "table": .string(table), "reason": .string(reason), "line": line.map { .int(Int64($0)) } ?? .null,
            "raw": .string(raw),
        ]
    }
}
