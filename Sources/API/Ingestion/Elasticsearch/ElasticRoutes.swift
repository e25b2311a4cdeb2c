internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// Elasticsearch's ways in: `_bulk`, single documents, and what its clients ask first.
///
/// The name of an index is the name of a log source or of a table, or the table of one's own that takes documents which
/// no source is known for.
struct ElasticRoutes {
    let intake: any EventIntake
    let admission: IntakeAdmission

    static let answers = IntakeAnswers<TocsinRequestContext> { failure, _ in
        var response = ElasticError(failure).response
        if failure.reason == .unauthorized {
            response.headers[.wwwAuthenticate] = #"Basic realm="security" charset="UTF-8", ApiKey"#
        }
        return response
    }

    var endpoints: [Endpoint] {
        var endpoints: [Endpoint] = []
        for method in [HTTPRequest.Method.post, .put] {
            let verb = method == .post ? "Post" : "Put"
            for (path, id) in [("_bulk", "Elastic_\(verb)Bulk"), ("{name}/_bulk", "Elastic_\(verb)IndexBulk")] {
                endpoints.append(
                    .ingestion(
                        method, path, id: id, "Takes documents as Elasticsearch's bulk API does",
                        failure: ElasticError.schema, answers: [.ok(.any)], bulk))
            }
            for kind in ["_doc", "_create"] {
                endpoints.append(
                    .ingestion(
                        method, "{name}/\(kind)/{id}", id: "Elastic_\(verb)Named\(kind)", "Takes a document",
                        failure: ElasticError.schema, answers: [.created(.any)], document))
            }
        }
        endpoints.append(
            .ingestion(
                .post, "{name}/_doc", id: "Elastic_PostDocument", "Takes a document", failure: ElasticError.schema,
                answers: [.created(.any)], document))
        return endpoints + ElasticHandshake().endpoints
    }

    // MARK: Documents

    @Sendable func bulk(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let filter = FilterPath(FormFields(query: request.uri.query)["filter_path"])
        return try await admission.admit { pass in
            let bytes = try await IntakeBody.read(request, pass)
            let body = try BulkBody(bytes, index: Self.name(context, "name"))
            var items = body.items
            await store(&items, request, caller)
            let answer: JSON = [
                "took": 0, "errors": .bool(items.contains { $0.fault != nil }),
                "items": .array(items.map { [$0.operation.rawValue: $0.result] }),
            ]
            return Response(json: filter?.apply(to: answer) ?? answer)
        }
    }

    @Sendable func document(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        return try await admission.admit { pass in
            let bytes = try await IntakeBody.read(request, pass)
            let body = try BulkBody(
                document: bytes, index: Self.name(context, "name") ?? "", id: Self.name(context, "id"))
            var items = body.items
            await store(&items, request, caller)
            if let fault = items.compactMap(\.fault).first { throw fault }
            return Response(status: .created, json: items.first?.result ?? [:])
        }
    }

    private static func name(_ context: TocsinRequestContext, _ parameter: String) -> String? {
        context.parameters.get(parameter).map { $0.removingPercentEncoding ?? $0 }
    }

    // MARK: Storing

    /// Stores the documents index by index; what fails is noted on its items.
    private func store(_ items: inout [BulkBody.Item], _ request: Request, _ caller: Caller) async {
        let taken = items.indices.filter { items[$0].fault == nil }
        for (index, members) in Dictionary(grouping: taken, by: { items[$0].index }).sorted(by: { $0.key < $1.key }) {
            do {
                try await store(members.map { items[$0] }, of: index, request, caller)
            } catch {
                let failure = IntakeFailure(error)
                for member in members { items[member].fault = ElasticError(failure) }
            }
        }
    }

    private func store(
        _ items: [BulkBody.Item], of index: String, _ request: Request, _ caller: Caller
    ) async throws {
        var parcel = IntakeParcel()
        switch intake.meaning(of: index) {
        case .source(let source):
            for item in items { parcel.add(item.document, as: IntakeParcel.Kind(source: source)) }
        case .table(let table):
            for item in items { parcel.add(item.document, as: IntakeParcel.Kind(table: table)) }
        case nil:
            let isKnown = intake.recognise(items.map { Array($0.document) }, sender: nil)
            let table = IndexName.table(of: index)
            for (item, isKnown) in zip(items, isKnown) {
                parcel.add(item.document, as: IntakeParcel.Kind(table: isKnown ? nil : table))
            }
        }
        _ = try await parcel.take(
            intake, from: "\(caller.actor.name) (Elasticsearch)", delivery: delivery(of: items, index, request, caller))
    }

    /// A request in which the sender names every document is the same when it comes again; to Elasticsearch, too, such
    /// documents are the same ones.
    private func delivery(
        of items: [BulkBody.Item], _ index: String, _ request: Request, _ caller: Caller
    ) -> String? {
        if let named = request.deliveryName(of: caller) { return "\(named):\(index)" }
        guard items.allSatisfy(\.isNamed) else { return nil }
        var content: [UInt8] = []
        for item in items {
            content += item.id.utf8
            content.append(0)
            content += item.document
            content.append(0x0A)
        }
        return "elasticsearch:\(caller.actor.id):\(index):\(ContentHash.of(content))"
    }
}

extension BulkBody.Item {
    /// What the answer says of the item.
    fileprivate var result: JSON {
        var members: JSONObject = ["_index": .string(index), "_id": .string(id)]
        if let fault {
            members["status"] = .int(Int64(fault.status.code))
            members["error"] = fault.json
        } else {
            members["_version"] = 1
            members["result"] = "created"
            members["_shards"] = ["total": 1, "successful": 1, "failed": 0]
            members["_seq_no"] = 0
            members["_primary_term"] = 1
            members["status"] = 201
        }
        return .object(members)
    }
}

/// Names of indices.
enum IndexName {
    /// The table of one's own for an index: without the date or number that rolling indices end with, in letters, digits
    /// and `_`, ending in `_CL`.
    static func table(of index: String) -> String {
        var parts = index.split(whereSeparator: { $0 == "-" || $0 == "." || $0 == "_" })
        while parts.count > 1, let last = parts.last, last.allSatisfy({ ("0"..."9").contains($0) }) {
            parts.removeLast()
        }
        let words = parts.map { part in
            String(part.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        }
        var name = words.joined(separator: "_")
        if name.hasSuffix("_CL") || name.hasSuffix("_cl") { name.removeLast(3) }
        if name.first?.isNumber ?? true { name = "Index_" + name }
        return String(name.prefix(200)) + "_CL"
    }
}

/// Marks answers as Elasticsearch's, without which its clients refuse to go on.
struct ElasticProduct: RouterMiddleware {
    func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        ElasticProduct.mark(&response)
        return response
    }

    static func mark(_ response: inout Response) {
        if let name = HTTPField.Name("X-Elastic-Product") { response.headers[name] = "Elasticsearch" }
    }
}
