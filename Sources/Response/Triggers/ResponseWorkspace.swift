internal import Casebook

/// The names under which playbooks know this system.
public struct ResponseWorkspace: Sendable, Hashable {
    public var subscriptionID: String
    public var tenantID: String
    public var resourceGroup: String
    public var name: String
    /// The workspace's own id, a GUID.
    public var id: String
    /// The portal's address, without a slash at its end.
    public var portalURL: String

    public init(
        subscriptionID: String, tenantID: String = "", resourceGroup: String, name: String, id: String,
        portalURL: String
    ) {
        self.subscriptionID = subscriptionID
        self.tenantID = tenantID
        self.resourceGroup = resourceGroup
        self.name = name
        self.id = id
        self.portalURL = portalURL
    }

    private var groupPath: String { "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)" }

    /// The path under which all resources of the workspace lie.
    public var insightsPath: String {
        "\(groupPath)/providers/Microsoft.OperationalInsights/workspaces/\(name)/providers/Microsoft.SecurityInsights"
    }

    func incidentPath(_ id: String) -> String { "\(insightsPath)/Incidents/\(id)" }

    func playbookPath(_ name: String) -> String { "\(groupPath)/providers/Microsoft.Logic/workflows/\(name)" }

    func incidentURL(_ id: String) -> String { "\(portalURL)/incidents/\(id)" }
}
