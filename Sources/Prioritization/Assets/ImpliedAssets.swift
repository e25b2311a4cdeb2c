internal import Casebook
internal import Vocabulary

extension AssetIndex {
    /// These assets, and those that their links name without anybody having listed them: the containers of resources, groups,
    /// and the scopes of roles, so that sensitivity finds its way through them.
    static func withImplied(_ assets: [Asset]) -> [Asset] {
        var known: Set<String> = []
        for asset in assets {
            for entity in asset.entities { known.formUnion(entity.keys.all) }
        }
        var all = assets
        var next = 0
        while next < all.count {
            for link in all[next].links where link.mayImply {
                let target = link.target
                let keys = target.keys.all
                guard !keys.isEmpty, known.isDisjoint(with: keys) else { continue }
                known.formUnion(keys)
                all.append(Asset(implied: link))
            }
            next += 1
        }
        return all
    }
}

extension AssetLink {
    fileprivate var mayImply: Bool {
        switch relation {
        case .within, .memberOf, .administers: kind == .azureResource || kind == .securityGroup
        case .ownedBy, .actsAs: false
        }
    }
}

extension Asset {
    fileprivate init(implied link: AssetLink) {
        guard link.kind == .azureResource else {
            self.init(kind: link.kind, names: [link.name])
            return
        }
        let last = link.name.split(separator: "/").last.map(String.init) ?? link.name
        self.init(
            kind: .azureResource, names: last == link.name ? [link.name] : [last, link.name], resourceID: link.name,
            type: link.name.azureContainerType)
        if let container = link.name.azureContainer { links = [AssetLink(.within, .azureResource, container)] }
    }
}

extension String {
    /// The Azure resource id of what a resource lies in: of a child its parent, then the resource group, the subscription.
    var azureContainer: String? {
        let parts = split(separator: "/", omittingEmptySubsequences: true)
        guard parts.first?.lowercased() == "subscriptions", parts.count > 2 else { return nil }
        guard let provider = parts.firstIndex(where: { $0.lowercased() == "providers" }) else {
            return "/" + parts.prefix(2).joined(separator: "/")
        }
        // …/providers/Namespace/type/name, with /type/name again for each child.
        let isChild = parts.count - provider > 4
        return "/" + (isChild ? parts.dropLast(2) : parts.prefix(provider)).joined(separator: "/")
    }

    fileprivate var azureContainerType: String {
        let parts = split(separator: "/").map { $0.lowercased() }
        guard parts.first == "subscriptions" else { return "" }
        return switch parts.count {
        case 2: "microsoft.resources/subscriptions"
        case 4 where parts[2] == "resourcegroups": "microsoft.resources/subscriptions/resourcegroups"
        default: ""
        }
    }
}
