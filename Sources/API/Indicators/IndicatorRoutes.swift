internal import Access
internal import Foundation
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import WebGate

/// Indicators: at `/api/indicators` in Tocsin's own shape, and in Sentinel's at `threatIntelligence/main`.
struct IndicatorRoutes {
    private static let largestUpload = 256 << 20
    /// Sentinel's bound of one request of its upload API.
    private static let largestBody = 8 << 20

    let desk: any IndicatorDesk
    let names: WorkspaceNames

    /// `GET`, `POST` (STIX, Sentinel's bodies or CSV; `?source=`), `GET` and `DELETE /{id}`, `/sources`, `/allowed`.
    func add(to group: RouterGroup<TocsinRequestContext>) {
        let routes = group.group("indicators")
        let reading = routes.group().add(middleware: Requires(.readContent))
        reading.get(use: list)
        reading.get("sources", use: sources)
        reading.get("allowed", use: allowed)
        reading.get("{id}", use: show)
        let changing = routes.group().add(middleware: Requires(.changeContent))
        changing.post(use: upload)
        changing.post("allowed", use: allow)
        changing.delete("allowed", use: disallow)
        changing.delete("{id}", use: remove)
    }

    /// Sentinel's resource: `createIndicator`, `indicators`, and the body of the upload API.
    func addSentinel(to group: RouterGroup<TocsinRequestContext>) {
        let routes = group.group("threatIntelligence/main")
        let reading = routes.group().add(middleware: Requires(.readContent))
        reading.get("indicators", use: listResources)
        reading.get("indicators/{id}", use: showResource)
        reading.post("queryIndicators", use: queryResources)
        let changing = routes.group().add(middleware: Requires(.changeContent))
        changing.post("createIndicator", use: create)
        changing.put("indicators/{id}", use: create)
        changing.delete("indicators/{id}", use: remove)
    }

    /// `POST …/threatintelligence-stix-objects:upload` and its older `threatintelligenceindicators:upload`.
    func addUpload(to group: RouterGroup<TocsinRequestContext>) {
        let changing = group.group().add(middleware: Requires(.changeContent))
        changing.post("threat-intelligence-stix-objects:upload", use: uploadObjects)
        changing.post("threatintelligenceindicators:upload", use: uploadObjects)
    }

    // MARK: Tocsin's shape

    @Sendable func list(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let fields = FormFields(query: request.uri.query)
        let page = try await desk.page(
            word: fields["search"] ?? "", limit: fields["limit"].flatMap(Int.init) ?? 100,
            offset: fields["offset"].flatMap(Int.init) ?? 0)
        return Response(json: [
            "total": .int(Int64(page.total)), "value": .array(page.indicators.map(\.json)),
        ])
    }

    @Sendable func sources(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let sources = try await desk.sources().map { source, total, active in
            ["source": .string(source), "total": .int(Int64(total)), "active": .int(Int64(active))] as JSON
        }
        return Response(json: ["value": .array(sources)])
    }

    @Sendable func show(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: try await known(context).json)
    }

    @Sendable func upload(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let source = FormFields(query: request.uri.query)["source"] ?? "import"
        let text = try await Self.text(request, upTo: Self.largestUpload)
        return Response(json: try await desk.take(text, source: source).json)
    }

    @Sendable func remove(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let isRemoved = try await desk.remove(try Self.id(context))
        return Response(status: isRemoved ? .ok : .noContent)
    }

    @Sendable func allowed(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let list = try await desk.allowed().map { kind, value, reason in
            ["kind": .string(kind), "value": .string(value), "reason": .string(reason)] as JSON
        }
        return Response(json: ["value": .array(list)])
    }

    @Sendable func allow(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: 1 << 16)
        guard let value = body["value"]?.stringValue else { throw APIError.badRequest("'value' is required") }
        do {
            try await desk.allow(value, reason: body["reason"]?.stringValue ?? "")
        } catch let error as InvalidIndicator {
            throw APIError.badRequest(error.description, target: "value")
        }
        return Response(status: .noContent)
    }

    @Sendable func disallow(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        guard let value = FormFields(query: request.uri.query)["value"] else {
            throw APIError.badRequest("'value' is required in the query")
        }
        do {
            return Response(status: try await desk.disallow(value) ? .ok : .noContent)
        } catch let error as InvalidIndicator {
            throw APIError.badRequest(error.description, target: "value")
        }
    }

    // MARK: Sentinel's shape

    @Sendable func listResources(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let fields = FormFields(query: request.uri.query)
        return try await resources(limit: fields["$top"].flatMap(Int.init) ?? 100, word: "")
    }

    @Sendable func queryResources(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: 1 << 16)
        let word = body["keywords"].flatMap { $0.stringValue ?? $0[0]?.stringValue } ?? ""
        return try await resources(limit: body["pageSize"]?.intValue.map(Int.init) ?? 100, word: word)
    }

    private func resources(limit: Int, word: String) async throws -> Response {
        let page = try await desk.page(word: word, limit: min(max(limit, 1), 1_000), offset: 0)
        return Response(json: ["value": .array(page.indicators.map { $0.resource(names) })])
    }

    @Sendable func showResource(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: try await known(context).resource(names))
    }

    @Sendable func create(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        var body = try await JSONBody.read(request, upTo: Self.largestBody)
        if let id = context.parameters.get("id").map(Self.decoded), case .object(var object) = body {
            object["name"] = .string(id)
            body = .object(object)
        }
        let receipt = try await desk.take(body.description, source: "Microsoft Sentinel")
        guard let id = receipt.ids.first, let made = try await desk.indicator(id) else {
            throw APIError.badRequest(
                receipt.faults.first ?? "the body holds no indicator", target: "properties.pattern")
        }
        return Response(status: receipt.added > 0 ? .created : .ok, json: made.resource(names))
    }

    @Sendable func uploadObjects(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.largestBody)
        let receipt = try await desk.take(body.description, source: "Upload API")
        let errors = receipt.faults.map { fault in
            ["recordIndex": .int(Self.index(fault)), "errorMessages": .array([.string(fault)])] as JSON
        }
        return Response(json: ["errors": .array(errors)])
    }

    // MARK: parts

    private static func index(_ fault: String) -> Int64 {
        (Int64(fault.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 1) - 1
    }

    private static func id(_ context: TocsinRequestContext) throws -> String {
        decoded(try context.parameters.require("id"))
    }

    private static func decoded(_ text: String) -> String { text.removingPercentEncoding ?? text }

    private func known(_ context: TocsinRequestContext) async throws -> IndicatorRecord {
        let id = try Self.id(context)
        guard let record = try await desk.indicator(id) else {
            throw APIError(.notFound, "there is no indicator '\(id)'")
        }
        return record
    }

    private static func text(_ request: Request, upTo limit: Int) async throws -> String {
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return String(decoding: buffer.readableBytesView, as: UTF8.self)
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "the body is larger than \(limit) bytes; send it in parts")
        }
    }
}

extension IndicatorReceipt {
    fileprivate var json: JSON {
        [
            "added": .int(Int64(added)), "changed": .int(Int64(changed)), "unchanged": .int(Int64(unchanged)),
            "faults": .array(faults.prefix(1_000).map { .string($0) }), "faultCount": .int(Int64(faults.count)),
        ]
    }
}

extension IndicatorRecord {
    fileprivate var json: JSON {
        [
            "id": .string(id), "source": .string(source), "active": .bool(isActive), "updated": .string(lastUpdated),
            "observables": .array(observables.map { ["type": .string($0.type), "value": .string($0.value)] }),
            "stix": stix,
        ]
    }

    /// As Microsoft.SecurityInsights has it.
    fileprivate func resource(_ names: WorkspaceNames) -> JSON {
        let first = observables.first?.type ?? ""
        let parsed = Dictionary(grouping: observables, by: \.type).sorted { $0.key < $1.key }.map { type, values in
            [
                "patternTypeKey": .string(type),
                "patternTypeValues": .array(
                    values.map { ["valueType": .string($0.type), "value": .string($0.value)] }),
            ] as JSON
        }
        let phases = (stix["kill_chain_phases"]?.arrayValue ?? []).map { phase in
            [
                "killChainName": phase["kill_chain_name"] ?? .null, "phaseName": phase["phase_name"] ?? .null,
            ] as JSON
        }
        var properties: JSONObject = [
            "displayName": stix["name"] ?? "", "friendlyName": stix["name"] ?? "",
            "description": stix["description"] ?? "",
            "source": .string(source), "pattern": stix["pattern"] ?? "", "patternType": .string(first),
            "patternVersion": "2.1", "parsedPattern": .array(parsed), "threatTypes": stix["indicator_types"] ?? [],
            "killChainPhases": .array(phases), "validFrom": stix["valid_from"] ?? "",
            "revoked": stix["revoked"] ?? false,
            "threatIntelligenceTags": stix["labels"] ?? [], "externalId": .string(id), "defanged": false,
            "lastUpdatedTimeUtc": .string(lastUpdated),
        ]
        for (name, member) in [
            ("validUntil", "valid_until"), ("confidence", "confidence"), ("created", "created"),
            ("modified", "modified"),
        ] {
            if let value = stix[member] { properties[name] = value }
        }
        return [
            "id": .string("\(names.securityInsights)/threatIntelligence/main/indicators/\(id)"), "name": .string(id),
            "type": "Microsoft.SecurityInsights/threatIntelligence", "kind": "indicator",
            "etag": .string("\"\(version)\""), "properties": .object(properties),
        ]
    }
}

/// A value that is no observable.
public struct InvalidIndicator: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
