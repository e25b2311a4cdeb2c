public import Chronology
internal import JSON

/// Where a template is imported: what `subscription()`, `resourceGroup()` and the like answer.
public struct ARMContext: Sendable, Hashable {
    public var subscriptionID: String
    public var tenantID: String
    public var resourceGroup: String
    public var location: String
    public var now: Instant

    public init(
        subscriptionID: String = "00000000-0000-0000-0000-000000000000",
        tenantID: String = "00000000-0000-0000-0000-000000000000",
        resourceGroup: String = "tocsin", location: String = "local", now: Instant = .unixEpoch
    ) {
        self.subscriptionID = subscriptionID
        self.tenantID = tenantID
        self.resourceGroup = resourceGroup
        self.location = location
        self.now = now
    }

    var groupPath: String { "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)" }

    var subscription: JSON {
        [
            "id": .string("/subscriptions/\(subscriptionID)"), "subscriptionId": .string(subscriptionID),
            "tenantId": .string(tenantID), "displayName": "Tocsin",
        ]
    }

    var group: JSON {
        [
            "id": .string(groupPath), "name": .string(resourceGroup), "location": .string(location), "tags": [:],
            "type": "Microsoft.Resources/resourceGroups",
        ]
    }
}
