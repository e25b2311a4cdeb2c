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

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let routes = group.group("deadletters")
        routes.group().add(middleware: Requires(.readEvents)).get(use: list)
        routes.group("redrive").add(middleware: Requires(.ingestEvents)).post(use: redrive)
    }

    @Sendable func list(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let fields = FormFields(query: request.uri.query)
        let limit = fields["limit"].flatMap(Int.init) ?? 100
        let listing = try await letters.listing(
            DeadLetterFilter(source: fields["source"], reason: fields["reason"]), limit: limit)
        return Response(json: [
            "counts": .array(listing.counts.map(\.json)), "value": .array(listing.letters.map(\.json)),
        ])
    }

    @Sendable func redrive(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: 1 << 16)
        let filter = DeadLetterFilter(source: body["source"]?.stringValue, reason: body["reason"]?.stringValue)
        let receipt: RedriveReceipt
        do {
            receipt = try await letters.redrive(filter, by: try context.requireCaller().actor.name)
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
