internal import JSON

/// The names under which this installation appears in ARM resource ids.
public struct WorkspaceNames: Sendable {
    public let subscriptionID: String
    public let resourceGroup: String
    public let workspace: String
    /// The workspace's GUID, by which the query API addresses it.
    public let workspaceID: String

    public init(subscriptionID: String, resourceGroup: String, workspace: String, workspaceID: String) {
        self.subscriptionID = subscriptionID
        self.resourceGroup = resourceGroup
        self.workspace = workspace
        self.workspaceID = workspaceID
    }

    /// The ARM path of the resource group.
    public var group: String { "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)" }

    /// The ARM path of the workspace.
    public var workspacePath: String { "\(group)/providers/Microsoft.OperationalInsights/workspaces/\(workspace)" }

    /// The ARM path under which Microsoft.SecurityInsights resources live.
    public var securityInsights: String { "\(workspacePath)/providers/Microsoft.SecurityInsights" }
}

/// A resource in ARM's envelope: `{id, name, type, etag, properties}`.
struct Resource {
    let id: String
    let name: String
    let type: String
    let etag: String?
    let kind: String?
    let properties: JSON

    init(id: String, name: String, type: String, etag: String? = nil, kind: String? = nil, properties: JSON) {
        self.id = id
        self.name = name
        self.type = type
        self.etag = etag
        self.kind = kind
        self.properties = properties
    }

    var json: JSON {
        var members: JSONObject = ["id": .string(id), "name": .string(name), "type": .string(type)]
        if let etag { members["etag"] = .string(etag) }
        if let kind { members["kind"] = .string(kind) }
        members["properties"] = properties
        return .object(members)
    }
}
