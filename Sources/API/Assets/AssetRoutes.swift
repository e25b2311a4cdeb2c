internal import Access
internal import Chronology
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Prioritization
internal import StateStore
internal import Vocabulary
internal import WebGate

/// `/api/assets`: the inventory.
struct AssetRoutes {
    private static let largestImport = 256 << 20

    let desk: PriorityDesk

    var endpoints: [Endpoint] {
        let asset = Schema.object(
            .required("kind", .string), .required("names", .array(.string, most: 1_000)), .optional("tags", .strings),
            .optional("sensitivity", .word(Sensitivity.self)), .optional("owner", .string),
            .optional("identifiers", .map(.string)), .optional("resourceId", .string), .optional("addresses", .strings),
            .optional("type", .string), .optional("location", .string), .optional("links", .array(.any)))
        return [
            Endpoint(
                .get, "assets", id: "Assets_List", tag: .assets, "Lists assets, the most sensitive first",
                needs: .readIncidents,
                parameters: [
                    EndpointParameter("search", "A text that a name, tag, owner or type has", .string),
                    EndpointParameter("sensitivity", "Of this sensitivity only", .word(Sensitivity.self)),
                    EndpointParameter("limit", "How many", .integer(1...1_000)),
                    EndpointParameter("offset", "After how many", .integer(0...1_000_000_000)),
                ],
                answers: [
                    .ok(
                        .object(
                            .required("total", .integer), .required("value", .array(.any)),
                            .optional("nextLink", .string)))
                ], list),
            Endpoint(
                .get, "assets/{asset}", id: "Assets_Get", tag: .assets, "Reads an asset with what its sources say",
                needs: .readIncidents, answers: [.ok(.any)], show),
            Endpoint(
                .post, "assets", id: "Assets_Create", tag: .assets,
                "States an asset, joining it with what is known of it",
                needs: .changeContent, body: .json(asset, upTo: 1 << 20), answers: [.ok(.any), .created(.any)], create),
            Endpoint(
                .delete, "assets/{asset}", id: "Assets_Delete", tag: .assets, "Removes an asset",
                needs: .changeContent, answers: [.noContent], remove),
            Endpoint(
                .post, "assets/import", id: "Assets_Import", tag: .assets,
                "Takes an export of Azure Resource Graph or AWS, CSV or YAML, and tells the difference",
                needs: .changeContent,
                parameters: [
                    EndpointParameter("format", "The form; else it is recognised", .word(AssetReading.Format.self)),
                    EndpointParameter("source", "The name of the source; else that of the form", .string(0...100)),
                    EndpointParameter("file", "The file's name, for messages", .string),
                    EndpointParameter("partial", "The source knows more than this", .boolean),
                    EndpointParameter("dryRun", "Tell the difference only", .boolean),
                ], body: .raw("*/*", upTo: Self.largestImport), answers: [.ok(.any)], take),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let (limit, offset) = (call.number("limit") ?? 100, call.number("offset") ?? 0)
        let page = desk.book.page(
            search: call.query("search") ?? "",
            sensitivity: call.query("sensitivity").flatMap { Sensitivity(lenient: $0) },
            limit: limit, offset: offset)
        return Response(json: [
            "total": .int(Int64(page.total)), "value": .array(page.entries.map(\.json)),
        ])
    }

    @Sendable func show(_ call: EndpointCall) async throws -> Response {
        let entry = try known(call)
        let reach = desk.book.reach(of: entry)
        guard case .object(var members) = entry.json else { return Response(json: entry.json) }
        members["sources"] = .array(
            entry.sightings.map { sighting in
                [
                    "source": .string(sighting.source.name), "firstSeen": .string(sighting.firstSeen.description),
                    "lastSeen": .string(sighting.lastSeen.description), "asset": sighting.asset.json,
                ]
            })
        members["reach"] = [
            "count": .int(Int64(reach.count)), "isCut": .bool(reach.isCut),
            "foremost": .array(reach.foremost.map { .string($0.name) }),
        ]
        return Response(json: .object(members))
    }

    @Sendable func create(_ call: EndpointCall) async throws -> Response {
        let asset = try Asset(json: call.body)
        let difference = try await desk.take(
            AssetReading(assets: [asset]), from: .api, isWhole: false, isTrial: false, by: try call.actor)
        return Response(status: difference.added.isEmpty ? .ok : .created, json: difference.json)
    }

    @Sendable func remove(_ call: EndpointCall) async throws -> Response {
        try await desk.remove(AssetID(rawValue: call.name("asset")), by: try call.actor)
        return Response(status: .noContent)
    }

    @Sendable func take(_ call: EndpointCall) async throws -> Response {
        let buffer = try await call.request.body.collect(upTo: Self.largestImport)
        let text = String(buffer: buffer)
        let file = call.query("file") ?? "import"
        let format = call.query("format").flatMap(AssetReading.Format.init) ?? .detect(text, file: file)
        let source = AssetSource.file(format, name: call.query("source").flatMap { $0.isEmpty ? nil : $0 })
        let reading = AssetReading(text, file: file, format: format)
        let difference = try await desk.take(
            reading, from: source, isWhole: call.query("partial") != "true",
            isTrial: call.query("dryRun") == "true", by: try call.actor)
        guard case .object(var members) = difference.json else { return Response(json: difference.json) }
        members["source"] = .string(source.name)
        members["read"] = .int(Int64(reading.assets.count))
        members["faultCount"] = .int(Int64(reading.faults.count))
        members["faults"] = .array(reading.faults.prefix(1_000).map { .string($0.description) })
        return Response(json: .object(members))
    }

    private func known(_ call: EndpointCall) throws -> AssetBook.Entry {
        guard let entry = desk.book.entry(AssetID(rawValue: call.name("asset"))) else {
            throw APIError(.notFound, "there is no asset of this id")
        }
        return entry
    }
}

extension EndpointTag {
    static let assets = EndpointTag(rawValue: "Assets")
    static let priorities = EndpointTag(rawValue: "Priorities")
}

extension AssetBook.Entry {
    /// The asset with what is known about it.
    var json: JSON {
        guard case .object(var members) = asset.json else { return .null }
        members["id"] = id.map { .string($0.rawValue) } ?? .null
        members["sensitivity"] = profile.sensitivity.map { .string($0.rawValue) } ?? .null
        members["tags"] = .array(profile.tags.map { .string($0) })
        members["owner"] = .string(profile.owner)
        members["explanation"] = .string(profile.explanation)
        members["nameParts"] = .object(
            JSONObject(
                (profile.parts?.values ?? []).map { ($0.part, .string($0.meaning ?? $0.text)) },
                uniquingKeysWith: { $1 }))
        members["seenBy"] = .array(sightings.map { .string($0.source.name) })
        members["lastSeen"] = sightings.map(\.lastSeen).max().map { .string($0.description) } ?? .null
        return .object(members)
    }
}

extension AssetDifference {
    fileprivate var json: JSON {
        func told(_ names: [String]) -> JSON { .array(names.prefix(1_000).map { .string($0) }) }
        return [
            "added": .int(Int64(added.count)), "changed": .int(Int64(changed.count)), "gone": .int(Int64(gone.count)),
            "unchanged": .int(Int64(unchanged)), "joined": .int(Int64(joined)), "addedNames": told(added),
            "changedNames": told(changed), "goneNames": told(gone),
        ]
    }
}
