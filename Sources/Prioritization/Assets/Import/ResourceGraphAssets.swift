internal import Casebook
internal import JSON
internal import Vocabulary

/// Assets out of Azure Resource Graph: resources, resource groups, subscriptions, management groups, and the role
/// assignments that make administrators.
struct ResourceGraphAssets {
    let file: String

    /// Roles that give power over what lies in their scope, by the ids that Azure's built-in roles have everywhere.
    private static let administrators: [String: String] = [
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
        "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c": "Virtual Machine Contributor",
        "1c0163c0-47e6-4577-8991-ea5c82e286e4": "Virtual Machine Administrator Login",
        "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
        "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
    ]

    func read(_ json: JSON) -> AssetReading {
        var reading = AssetReading()
        guard let rows = Self.rows(json) else {
            reading.faults.append(
                ContentFault(
                    file: file,
                    "no rows are in here; export with `az graph query -q \"resources\" --first 1000 -o json`"))
            return reading
        }
        var roles = Self.administrators
        for row in rows where row.type == "microsoft.authorization/roledefinitions" {
            let actions = row["properties"]?["permissions"]?.arrayValue?.flatMap { $0["actions"]?.arrayValue ?? [] }
            let isPowerful = actions?.contains { $0.stringValue == "*" } ?? false
            if isPowerful, let id = row.id.lastPart { roles[id] = row["properties"]?.text("roleName") ?? id }
        }
        var powers: [String: (kind: EntityKind, links: [AssetLink])] = [:]
        for (number, row) in rows.enumerated() {
            switch row.type {
            case "microsoft.authorization/roledefinitions": continue
            case "microsoft.authorization/roleassignments":
                guard let power = Self.power(row, roles) else { continue }
                powers[power.principal, default: (power.kind, [])].links.append(power.link)
            default:
                guard row.id.hasPrefix("/") else {
                    reading.faults.append(
                        ContentFault(
                            file: file,
                            "row \(number + 1) has no resource id in 'id'; ask for the column id, such as with `resources`"
                        ))
                    continue
                }
                reading.assets.append(asset(row))
            }
        }
        for (principal, power) in powers.sorted(by: { $0.key < $1.key }) {
            reading.assets.append(Asset(kind: power.kind, names: [principal], links: power.links))
        }
        return reading
    }

    /// The rows of any of Resource Graph's forms: an array, `data` with objects, or `data` with columns and rows; several
    /// pages may stand in an array.
    private static func rows(_ json: JSON) -> [JSON]? {
        if let data = json["data"] ?? json["value"] { return rows(data) }
        if let columns = json["columns"]?.arrayValue, let rows = json["rows"]?.arrayValue {
            let names = columns.map { $0.text("name") ?? "" }
            return rows.map { row in
                var members: JSONObject = [:]
                for (name, value) in zip(names, row.arrayValue ?? []) { members[name] = value }
                return .object(members)
            }
        }
        guard let array = json.arrayValue else { return json["id"] == nil ? nil : [json] }
        return array.flatMap { element in
            element["id"] == nil ? rows(element) ?? [element] : [element]
        }
    }

    private static func power(
        _ row: JSON, _ roles: [String: String]
    ) -> (principal: String, kind: EntityKind, link: AssetLink)? {
        guard let properties = row["properties"], let principal = properties.text("principalId"),
            let role = properties.text("roleDefinitionId")?.lastPart, roles[role] != nil,
            let scope = properties.text("scope")
        else { return nil }
        let kind: EntityKind = properties.text("principalType")?.lowercased() == "group" ? .securityGroup : .account
        return (principal, kind, AssetLink(.administers, .azureResource, scope))
    }

    private func asset(_ row: JSON) -> Asset {
        let properties = row["properties"]
        let isMachine = [
            "microsoft.compute/virtualmachines", "microsoft.hybridcompute/machines",
            "microsoft.classiccompute/virtualmachines",
        ].contains(row.type)
        var asset = Asset(
            kind: isMachine ? .host : .azureResource, names: isMachine ? [] : [row.id], tags: row.tags,
            resourceID: row.id, type: row.type, location: row.text("location") ?? "")
        if isMachine {
            let profile = properties?["osProfile"]?.text("computerName") ?? properties?.text("displayName")
            let instance = properties?["extended"]?["instanceView"]?.text("computerName")
            for name in [properties?.text("dnsFqdn"), instance, profile, row.text("name")].compactMap({ $0 })
            where !asset.names.contains(where: { $0.lowercased() == name.lowercased() }) {
                asset.names.append(name)
            }
            if let id = properties?.text("vmId") { asset.tags.append("vmId=\(id)") }
        } else if let name = row.text("name"), name != row.id {
            asset.names = [name, row.id]
        }
        if let address = properties?.text("ipAddress") { asset.addresses.append(address) }
        if let container = row.id.azureContainer { asset.links.append(AssetLink(.within, .azureResource, container)) }
        let ancestors =
            properties?["managementGroupAncestorsChain"] ?? properties?["details"]?["managementGroupAncestorsChain"]
        if let parent = ancestors?.arrayValue?.first?.text("name") {
            asset.links.append(
                AssetLink(.within, .azureResource, "/providers/Microsoft.Management/managementGroups/\(parent)"))
        }
        for principal in row.principals { asset.links.append(AssetLink(.actsAs, .account, principal)) }
        if let owner = row.tags.first(where: { $0.lowercased().hasPrefix("owner=") }) {
            asset.owner = String(owner.dropFirst("owner=".count))
        }
        return asset
    }
}

extension JSON {
    func text(_ member: String) -> String? {
        guard let text = self[member]?.stringValue, !text.isEmpty else { return nil }
        return text
    }

    fileprivate var type: String { text("type")?.lowercased() ?? "" }

    fileprivate var id: String { text("id") ?? "" }

    /// `name=value`, a tag without value its name alone.
    fileprivate var tags: [String] {
        (self["tags"]?.objectValue ?? [:]).map { name, value in
            let text = value.stringValue ?? value.description
            return text.isEmpty || value.isNull ? name : "\(name)=\(text)"
        }
    }

    /// The managed identities of the resource.
    fileprivate var principals: [String] {
        let identity = self["identity"]
        let assigned =
            identity?["userAssignedIdentities"]?.objectValue?.values.compactMap { $0.text("principalId") } ?? []
        return [identity?.text("principalId")].compactMap { $0 } + assigned
    }
}

extension String {
    /// What follows the last slash, in lower case.
    fileprivate var lastPart: String? { split(separator: "/").last.map { $0.lowercased() } }
}
