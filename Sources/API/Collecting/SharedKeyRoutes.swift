internal import Access
internal import DataCollection
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// The workspace itself, and the keys that sign for the HTTP Data Collector API: `GET`, `POST …/sharedKeys`,
/// `POST …/regenerateSharedKey`.
struct SharedKeyRoutes {
    let keys: SharedKeys
    let names: WorkspaceNames

    var endpoints: [Endpoint] {
        let keys = Schema.object(
            .required("primarySharedKey", .string), .required("secondarySharedKey", .string))
        return [
            Endpoint(
                .post, "sharedKeys", id: "SharedKeys_GetSharedKeys", tag: .access, "Shows the workspace's keys",
                needs: .administer, answers: [.ok(keys)], show),
            Endpoint(
                .post, "regenerateSharedKey", id: "SharedKeys_Regenerate", tag: .access,
                "Replaces a key of the workspace", needs: .administer,
                parameters: [EndpointParameter("keyType", "Primary or Secondary", .string)],
                body: .json(.object(.optional("keyType", .string)), upTo: 1 << 16, isRequired: false),
                answers: [.ok(keys)], renew),
        ]
    }

    /// The workspace as a resource, at its own path.
    var workspaceEndpoint: Endpoint {
        Endpoint(
            .get, "", id: "Workspaces_Get", tag: .collection, "Reads the workspace", needs: .readContent,
            answers: [.ok(.any)], workspace)
    }

    @Sendable func workspace(_ call: EndpointCall) async throws -> Response {
        Response(
            json: Resource(
                id: names.workspacePath, name: names.workspace, type: "Microsoft.OperationalInsights/workspaces",
                properties: ["customerId": .string(names.workspaceID), "provisioningState": "Succeeded"]
            ).json)
    }

    @Sendable func show(_ call: EndpointCall) async throws -> Response {
        let actor = try call.caller.actor
        return try await answering { Response(json: Self.json(try await keys.keys(by: actor))) }
    }

    /// Replaces the key that the body names, `{"keyType": "Primary"}`; without a body the primary one.
    @Sendable func renew(_ call: EndpointCall) async throws -> Response {
        let actor = try call.caller.actor
        let wanted = call.body["keyType"]?.stringValue ?? call.query("keyType") ?? "Primary"
        guard let name = SharedKeys.Name.allCases.first(where: { $0.rawValue.lowercased() == wanted.lowercased() })
        else {
            throw APIError.badRequest("'\(wanted)' is no key: use Primary or Secondary", target: "keyType")
        }
        return try await answering {
            try await keys.renew(name, by: actor)
            return Response(json: Self.json(try await keys.keys(by: actor)))
        }
    }

    private static func json(_ keys: [SharedKeys.Name: Secret]) -> JSON {
        // The one place where the keys are shown, to who may administer.
        [
            "primarySharedKey": .string(keys[.primary]?.revealed ?? ""),
            "secondarySharedKey": .string(keys[.secondary]?.revealed ?? ""),
        ]
    }
}
