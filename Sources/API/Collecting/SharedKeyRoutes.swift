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

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let administrators = group.group().add(middleware: Requires(.administer))
        administrators.post("sharedKeys", use: show)
        administrators.post("regenerateSharedKey", use: renew)
    }

    func addWorkspace(to group: RouterGroup<TocsinRequestContext>) {
        group.group().add(middleware: Requires(.readContent)).get(use: workspace)
    }

    @Sendable func workspace(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(
            json: Resource(
                id: names.workspacePath, name: names.workspace, type: "Microsoft.OperationalInsights/workspaces",
                properties: ["customerId": .string(names.workspaceID), "provisioningState": "Succeeded"]
            ).json)
    }

    @Sendable func show(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let actor = try context.requireCaller().actor
        return try await answering { Response(json: Self.json(try await keys.keys(by: actor))) }
    }

    /// Replaces the key that the body names, `{"keyType": "Primary"}`; without a body the primary one.
    @Sendable func renew(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let actor = try context.requireCaller().actor
        let bytes = try await request.body.collect(upTo: 1 << 16)
        let body = bytes.readableBytes == 0 ? [:] : try JSONBody.parse(bytes)
        let wanted =
            (body["keyType"]?.stringValue ?? request.uri.queryParameters["keyType"].map(String.init)) ?? "Primary"
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
