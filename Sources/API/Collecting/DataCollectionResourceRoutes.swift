internal import Access
internal import Chronology
internal import DataCollection
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import WebGate

/// Data collection rules and endpoints as resources (`Microsoft.Insights`): GET, PUT, PATCH, DELETE and lists.
struct DataCollectionResourceRoutes {
    let kind: DataCollectionResource.Kind
    let registry: DataCollectionRegistry
    let names: WorkspaceNames
    /// The address that senders are told to use, for a request that came to this host.
    let address: @Sendable (Request) -> String

    static let maximumBody = 1 << 20

    private var collection: String { kind == .rule ? "dataCollectionRules" : "dataCollectionEndpoints" }

    /// - Parameter group: the resource group's provider, or the short path.
    func add(to group: RouterGroup<TocsinRequestContext>) {
        addList(to: group)
        let readers = group.group(RouterPath(collection)).add(middleware: Requires(.readContent))
        readers.get(":name", use: get)
        let writers = group.group(RouterPath(collection)).add(middleware: Requires(.changeContent))
        writers.put(":name", use: put)
        writers.patch(":name", use: patch)
        writers.delete(":name", use: delete)
    }

    /// The list alone, as at the subscription's path.
    func addList(to group: RouterGroup<TocsinRequestContext>) {
        group.group(RouterPath(collection)).add(middleware: Requires(.readContent)).get(use: list)
    }

    @Sendable func list(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await answering {
            let all = try await registry.all(kind)
            return Response(json: ["value": .array(all.map { json($0, request) })])
        }
    }

    @Sendable func get(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await answering { Response(json: json(try await find(context), request)) }
    }

    @Sendable func put(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        let name = try context.parameters.require("name")
        let actor = try context.requireCaller().actor
        return try await answering {
            let (saved, wasThere) = try await registry.save(
                kind, name.removingPercentEncoding ?? name, body, expecting: try Self.version(request), by: actor)
            return Response(status: wasThere ? .ok : .created, json: json(saved, request))
        }
    }

    /// Changes tags, and with Tocsin members of `properties` too.
    @Sendable func patch(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let changes = try await JSONBody.read(request, upTo: Self.maximumBody)
        let actor = try context.requireCaller().actor
        return try await answering {
            let known = try await find(context)
            var body = known.body.objectValue ?? [:]
            if let tags = changes["tags"] { body["tags"] = tags }
            if let properties = changes["properties"]?.objectValue {
                let merged = (body["properties"]?.objectValue ?? [:]).merging(properties) { $1 }
                body["properties"] = .object(merged)
            }
            let (saved, _) = try await registry.save(
                kind, known.name, .object(body), expecting: try Self.version(request) ?? known.version, by: actor)
            return Response(json: json(saved, request))
        }
    }

    @Sendable func delete(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let name = try context.parameters.require("name")
        let actor = try context.requireCaller().actor
        return try await answering {
            let wasThere = try await registry.delete(kind, name.removingPercentEncoding ?? name, by: actor)
            return Response(status: wasThere ? .ok : .noContent)
        }
    }

    private func find(_ context: TocsinRequestContext) async throws -> DataCollectionResource {
        let name = try context.parameters.require("name")
        guard let known = try await registry.find(kind, name.removingPercentEncoding ?? name) else {
            throw DataCollectionFault(.notFound, "there is no data collection \(kind.rawValue) '\(name)'")
        }
        return known
    }

    /// The version in `If-Match`; nil when there is none, or `*`.
    private static func version(_ request: Request) throws -> Int64? {
        guard let header = request.headers[.ifMatch], header != "*" else { return nil }
        guard let version = Int64(header.filter { $0 != "\"" }) else {
            throw APIError(.precondition, "'\(header)' is no etag of this resource", target: "If-Match")
        }
        return version
    }

    // MARK: Shape

    private func json(_ resource: DataCollectionResource, _ request: Request) -> JSON {
        var properties = resource.properties.objectValue ?? [:]
        properties["immutableId"] = .string(resource.immutableID)
        properties["provisioningState"] = "Succeeded"
        let endpoint = JSON.string(address(request))
        switch kind {
        case .rule: properties["endpoints"] = ["logsIngestion": endpoint]
        case .endpoint:
            properties["logsIngestion"] = ["endpoint": endpoint]
            properties["configurationAccess"] = ["endpoint": endpoint]
            if properties["networkAcls"] == nil { properties["networkAcls"] = ["publicNetworkAccess": "Enabled"] }
        }
        let type = "Microsoft.Insights/\(collection)"
        var members: JSONObject = [
            "id": .string("\(names.group)/providers/\(type)/\(resource.name)"), "name": .string(resource.name),
            "type": .string(type), "etag": .string("\"\(resource.version)\""),
        ]
        for member in ["location", "kind", "tags"] { members[member] = resource.body[member] }
        members["systemData"] = [
            "createdAt": .string(resource.createdTime.description),
            "lastModifiedAt": .string(resource.changedTime.description),
        ]
        members["properties"] = .object(properties)
        return .object(members)
    }
}

/// Runs a handler whose room refuses with `DataCollectionFault`.
func answering<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let fault as DataCollectionFault {
        throw APIError(fault)
    }
}
