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
    let address: RequestAddress

    /// Tocsin's own shape.
    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "indicators", id: "Indicators_List", tag: .indicators, "Lists indicators", needs: .readContent,
                parameters: [
                    EndpointParameter("search", "A word that they hold", .string),
                    EndpointParameter("limit", "How many", .integer(1...1_000)),
                    EndpointParameter("offset", "After how many", .integer(0...1_000_000_000)),
                ], answers: [.ok(.object(.required("total", .integer), .required("value", .array(.any))))], list),
            Endpoint(
                .get, "indicators/sources", id: "Indicators_ListSources", tag: .indicators,
                "Counts indicators by source", needs: .readContent, answers: [.ok(.page(of: .any))], sources),
            Endpoint(
                .get, "indicators/allowed", id: "Indicators_ListAllowed", tag: .indicators,
                "Lists what is never matched", needs: .readContent, answers: [.ok(.page(of: .any))], allowed),
            Endpoint(
                .post, "indicators/allowed", id: "Indicators_Allow", tag: .indicators,
                "Keeps a value from being matched", needs: .changeContent,
                body: .json(.object(.required("value", .string), .optional("reason", .string)), upTo: 1 << 16),
                answers: [.noContent], allow),
            Endpoint(
                .delete, "indicators/allowed", id: "Indicators_Disallow", tag: .indicators,
                "Lets a value be matched again", needs: .changeContent,
                parameters: [EndpointParameter("value", "The value", .string, isRequired: true)],
                answers: [.done, .noContent], disallow),
            Endpoint(
                .get, "indicators/{id}", id: "Indicators_Get", tag: .indicators, "Reads an indicator",
                needs: .readContent, answers: [.ok(.any)], show),
            Endpoint(
                .delete, "indicators/{id}", id: "Indicators_Delete", tag: .indicators, "Deletes an indicator",
                needs: .changeContent, answers: [.done, .noContent], remove),
            Endpoint(
                .post, "indicators", id: "Indicators_Upload", tag: .indicators,
                "Takes indicators as STIX, in Sentinel's shape or as CSV", needs: .changeContent,
                parameters: [EndpointParameter("source", "The name of their source", .string)],
                body: .raw("*/*", upTo: Self.largestUpload), answers: [.ok(.any)], upload),
        ]
    }

    /// Sentinel's shape, below `threatIntelligence/main`.
    var sentinelEndpoints: [Endpoint] {
        let place = "threatIntelligence/main"
        return [
            Endpoint(
                .get, "\(place)/indicators/{id}", id: "ThreatIntelligenceIndicators_Get", tag: .indicators,
                "Reads an indicator", needs: .readContent, answers: [.ok(.any)], showResource),
            Endpoint(
                .post, "\(place)/createIndicator", id: "ThreatIntelligenceIndicators_CreateIndicator",
                tag: .indicators, "Creates an indicator", needs: .changeContent,
                body: .json(.any, upTo: Self.largestBody), answers: [.ok(.any), .created(.any)], create),
            Endpoint(
                .put, "\(place)/indicators/{id}", id: "ThreatIntelligenceIndicators_Create", tag: .indicators,
                "Creates or replaces an indicator", needs: .changeContent,
                body: .json(.any, upTo: Self.largestBody), answers: [.ok(.any), .created(.any)], create),
            Endpoint(
                .delete, "\(place)/indicators/{id}", id: "ThreatIntelligenceIndicators_Delete", tag: .indicators,
                "Deletes an indicator", needs: .changeContent, answers: [.done, .noContent], remove),
            Endpoint(
                .post, "\(place)/indicators/{id}/appendTags", id: "ThreatIntelligenceIndicator_AppendTags",
                tag: .indicators, "Adds tags to an indicator", needs: .changeContent,
                body: .json(.object(.optional("threatIntelligenceTags", .strings))), answers: [.done], appendTags),
            Endpoint(
                .post, "\(place)/indicators/{id}/replaceTags", id: "ThreatIntelligenceIndicator_ReplaceTags",
                tag: .indicators, "Gives an indicator other tags", needs: .changeContent, body: .json(.any),
                answers: [.ok(.any)], replaceTags),
        ] + IndicatorQueries(desk: desk, names: names, address: address, place: place).endpoints
    }

    /// The upload API and its older name.
    var uploadEndpoints: [Endpoint] {
        [("threat-intelligence-stix-objects", "Objects"), ("threatintelligenceindicators", "Indicators")].map {
            Endpoint(
                .post, "\($0.0):upload", id: "ThreatIntelligenceUpload_\($0.1)", tag: .indicators,
                "Takes up to 100 STIX objects", needs: .changeContent, body: .json(.any, upTo: Self.largestBody),
                answers: [.ok(.object(.required("errors", .array(.any))))], uploadObjects)
        }
    }

    // MARK: Tocsin's shape

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let page = try await desk.page(
            word: call.query("search") ?? "", limit: call.query("limit").flatMap(Int.init) ?? 100,
            offset: call.query("offset").flatMap(Int.init) ?? 0)
        return Response(json: [
            "total": .int(Int64(page.total)), "value": .array(page.indicators.map(\.json)),
        ])
    }

    @Sendable func sources(_ call: EndpointCall) async throws -> Response {
        let sources = try await desk.sources().map { source, total, active in
            ["source": .string(source), "total": .int(Int64(total)), "active": .int(Int64(active))] as JSON
        }
        return Response(json: ["value": .array(sources)])
    }

    @Sendable func show(_ call: EndpointCall) async throws -> Response {
        Response(json: try await known(call).json)
    }

    @Sendable func upload(_ call: EndpointCall) async throws -> Response {
        let source = call.query("source") ?? "import"
        let text = try await Self.text(call.request, upTo: Self.largestUpload)
        return Response(json: try await desk.take(text, source: source).json)
    }

    @Sendable func remove(_ call: EndpointCall) async throws -> Response {
        let isRemoved = try await desk.remove(call.name("id"))
        return Response(status: isRemoved ? .ok : .noContent)
    }

    @Sendable func allowed(_ call: EndpointCall) async throws -> Response {
        let list = try await desk.allowed().map { kind, value, reason in
            ["kind": .string(kind), "value": .string(value), "reason": .string(reason)] as JSON
        }
        return Response(json: ["value": .array(list)])
    }

    @Sendable func allow(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        guard let value = body["value"]?.stringValue else { throw APIError.badRequest("'value' is required") }
        do {
            try await desk.allow(value, reason: body["reason"]?.stringValue ?? "")
        } catch let error as InvalidIndicator {
            throw APIError.badRequest(error.description, target: "value")
        }
        return Response(status: .noContent)
    }

    @Sendable func disallow(_ call: EndpointCall) async throws -> Response {
        guard let value = call.query("value") else {
            throw APIError.badRequest("'value' is required in the query")
        }
        do {
            return Response(status: try await desk.disallow(value) ? .ok : .noContent)
        } catch let error as InvalidIndicator {
            throw APIError.badRequest(error.description, target: "value")
        }
    }

    // MARK: Sentinel's shape

    @Sendable func showResource(_ call: EndpointCall) async throws -> Response {
        Response(json: try await known(call).resource(names))
    }

    @Sendable func create(_ call: EndpointCall) async throws -> Response {
        var body = call.body
        let id = call.name("id")
        if !id.isEmpty, case .object(var object) = body {
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

    @Sendable func appendTags(_ call: EndpointCall) async throws -> Response {
        let record = try await known(call)
        let added = call.body["threatIntelligenceTags"]?.arrayValue ?? []
        let old = record.stix["labels"]?.arrayValue ?? []
        _ = try await relabelled(record, old + added.filter { !old.contains($0) })
        return Response(status: .ok)
    }

    /// The body is an indicator of which only the tags are taken.
    @Sendable func replaceTags(_ call: EndpointCall) async throws -> Response {
        let record = try await known(call)
        let body = call.body["properties"] ?? call.body
        let tags = body["threatIntelligenceTags"]?.arrayValue ?? []
        return Response(json: try await relabelled(record, tags).resource(names))
    }

    private func relabelled(_ record: IndicatorRecord, _ labels: [JSON]) async throws -> IndicatorRecord {
        var stix = record.stix.objectValue ?? [:]
        stix["labels"] = .array(labels.filter { $0.stringValue?.isEmpty == false })
        _ = try await desk.take(JSON.object(stix).description, source: record.source)
        return try await desk.indicator(record.id) ?? record
    }

    @Sendable func uploadObjects(_ call: EndpointCall) async throws -> Response {
        let body = call.body
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

    private func known(_ call: EndpointCall) async throws -> IndicatorRecord {
        let id = call.name("id")
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
    func resource(_ names: WorkspaceNames) -> JSON {
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
