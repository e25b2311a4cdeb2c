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

    var endpoints: [Endpoint] {
        let id = kind == .rule ? "DataCollectionRules" : "DataCollectionEndpoints"
        let what = "data collection \(kind.rawValue)"
        let match = EndpointParameter("If-Match", "The etag of the version that is replaced", .string, in: .header)
        return [
            listEndpoint,
            Endpoint(
                .get, "\(collection)/{name}", id: "\(id)_Get", tag: .collection, "Reads a \(what)",
                needs: .readContent, answers: [.ok(.any)], get),
            Endpoint(
                .put, "\(collection)/{name}", id: "\(id)_Create", tag: .collection, "Creates or replaces a \(what)",
                needs: .changeContent, parameters: [match], body: .json(.any, upTo: Self.maximumBody),
                answers: [.ok(.any), .created(.any), .preconditionFailed], put),
            Endpoint(
                .patch, "\(collection)/{name}", id: "\(id)_Update", tag: .collection, "Changes a \(what)",
                needs: .changeContent, parameters: [match], body: .json(.any, upTo: Self.maximumBody),
                answers: [.ok(.any), .preconditionFailed], patch),
            Endpoint(
                .delete, "\(collection)/{name}", id: "\(id)_Delete", tag: .collection, "Deletes a \(what)",
                needs: .changeContent, answers: [.done, .noContent], delete),
        ]
    }

    /// The list alone, as at the subscription's path too.
    var listEndpoint: Endpoint {
        Endpoint(
            .get, collection, id: kind == .rule ? "DataCollectionRules_List" : "DataCollectionEndpoints_List",
            tag: .collection, "Lists data collection \(kind.rawValue)s", needs: .readContent,
            answers: [.ok(.page(of: .any))], list)
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        try await answering {
            let all = try await registry.all(kind)
            return Response(json: ["value": .array(all.map { json($0, call.request) })])
        }
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        try await answering { Response(json: json(try await find(call), call.request)) }
    }

    @Sendable func put(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        let name = call.name("name")
        let actor = try call.caller.actor
        return try await answering {
            let (saved, wasThere) = try await registry.save(
                kind, name, body, expecting: try Self.version(call), by: actor)
            return Response(status: wasThere ? .ok : .created, json: json(saved, call.request))
        }
    }

    /// Changes tags, and with Tocsin members of `properties` too.
    @Sendable func patch(_ call: EndpointCall) async throws -> Response {
        let changes = call.body
        let actor = try call.caller.actor
        return try await answering {
            let known = try await find(call)
            var body = known.body.objectValue ?? [:]
            if let tags = changes["tags"] { body["tags"] = tags }
            if let properties = changes["properties"]?.objectValue {
                let merged = (body["properties"]?.objectValue ?? [:]).merging(properties) { $1 }
                body["properties"] = .object(merged)
            }
            let (saved, _) = try await registry.save(
                kind, known.name, .object(body), expecting: try Self.version(call) ?? known.version, by: actor)
            return Response(json: json(saved, call.request))
        }
    }

    @Sendable func delete(_ call: EndpointCall) async throws -> Response {
        let name = call.name("name")
        let actor = try call.caller.actor
        return try await answering {
            let wasThere = try await registry.delete(kind, name, by: actor)
            return Response(status: wasThere ? .ok : .noContent)
        }
    }

    private func find(_ call: EndpointCall) async throws -> DataCollectionResource {
        let name = call.name("name")
        guard let known = try await registry.find(kind, name) else {
            throw DataCollectionFault(.notFound, "there is no data collection \(kind.rawValue) '\(name)'")
        }
        return known
    }

    /// The version in `If-Match`; nil when there is none, or `*`.
    private static func version(_ call: EndpointCall) throws -> Int64? {
        guard let header = call.request.headers[.ifMatch], header != "*" else { return nil }
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
