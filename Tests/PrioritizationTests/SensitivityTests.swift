import Casebook
import Prioritization
import Testing
import Vocabulary

@Suite struct SensitivityTests {
    private static let subscription = "/subscriptions/6f3a1d52-0000-4000-8000-000000000001"
    private static let group = subscription + "/resourceGroups/rg-payroll"
    private static let machine = group + "/providers/Microsoft.Compute/virtualMachines/vm-payroll-prod-weu-001"

    private static let policy = AssetPolicy(rules: [
        AssetRule(name: "production", conditions: [.tag(["env=prod"])], sensitivity: .critical),
        AssetRule(name: "VIP", conditions: [.watchlist(["VIPUsers"])], sensitivity: .high),
        AssetRule(name: "Laboratory", conditions: [.name(["lab-*"])], sensitivity: .low),
    ])

    private func resource(_ id: String, tags: [String] = [], links: [AssetLink] = []) -> Asset {
        let name = id.split(separator: "/").last.map(String.init) ?? id
        return Asset(kind: .azureResource, names: [name, id], tags: tags, resourceID: id, links: links)
    }

    private func profile(_ inventory: AssetInventory, _ kind: EntityKind, _ name: String) throws -> AssetProfile {
        let identifier =
            kind == .azureResource ? "ResourceId" : kind == .securityGroup ? "DistinguishedName" : "FullName"
        return try #require(inventory.profile(of: Entity(kind: kind, identifiers: [identifier: name])))
    }

    @Test func `a machine inherits from its resource group, and says so`() throws {
        let inventory = AssetInventory(
            assets: [
                Asset(
                    kind: .azureResource, names: ["rg-payroll"], tags: ["env=prod"], resourceID: Self.group,
                    type: "microsoft.resources/subscriptions/resourcegroups"),
                Asset(
                    kind: .host, names: ["vm-payroll-prod-weu-001"], resourceID: Self.machine,
                    links: [AssetLink(.within, .azureResource, Self.group)]),
            ], policy: Self.policy)
        let machine = try profile(inventory, .host, "vm-payroll-prod-weu-001")
        #expect(machine.sensitivity == .critical)
        #expect(
            machine.explanation
                == "critical: tag env=prod on resource group rg-payroll, by rule production; "
                + "vm-payroll-prod-weu-001 lies in rg-payroll")
        #expect(
            try profile(inventory, .azureResource, Self.group).explanation
                == "critical: tag env=prod, by rule production")
        #expect(try profile(inventory, .azureResource, Self.machine.uppercased()).sensitivity == .critical)
    }

    @Test func `who administers what holds a critical thing is critical, and so are the group's members`() throws {
        let inventory = AssetInventory(
            assets: [
                resource(Self.machine, tags: ["ENV=prod"], links: [AssetLink(.within, .azureResource, Self.group)]),
                Asset(
                    kind: .securityGroup, names: ["Cloud operators"],
                    links: [AssetLink(.administers, .azureResource, Self.subscription)]),
                Asset(
                    kind: .account, names: ["mira@corp.example"],
                    links: [AssetLink(.memberOf, .securityGroup, "Cloud operators")]),
                Asset(kind: .host, names: ["laptop-7"], owner: "mira@corp.example"),
                Asset(kind: .account, names: ["tom@corp.example"]),
            ], policy: Self.policy)
        let laptop = try profile(inventory, .host, "laptop-7")
        #expect(laptop.sensitivity == .critical)
        #expect(laptop.explanation.hasSuffix("laptop-7 belongs to mira@corp.example"))
        #expect(
            try profile(inventory, .account, "mira@corp.example").explanation.contains("is a member of Cloud operators")
        )
        #expect(try profile(inventory, .account, "tom@corp.example").sensitivity == nil)
        let reach = inventory.reach(of: [Entity(kind: .account, identifiers: ["FullName": "mira@corp.example"])])
        // The group, the subscription, the resource group and the machine.
        #expect(reach.count == 4)
        #expect(reach.foremost.contains { $0.name == "vm-payroll-prod-weu-001" && $0.sensitivity == .critical })
    }

    @Test func `groups that are members of each other do not trap the walk`() throws {
        let inventory = AssetInventory(
            assets: (0..<40).map { number in
                Asset(
                    kind: .securityGroup, names: ["group\(number)"], tags: number == 0 ? ["env=prod"] : [],
                    links: [AssetLink(.memberOf, .securityGroup, "group\((number + 39) % 40)")])
            }, policy: Self.policy)
        #expect(try profile(inventory, .securityGroup, "group15").sensitivity == .critical)
        // Sixteen hops and no more.
        #expect(try profile(inventory, .securityGroup, "group17").sensitivity == nil)
        #expect(
            inventory.reach(of: [Entity(kind: .securityGroup, identifiers: ["DistinguishedName": "group3"])]).count
                == 39)
    }

    @Test func `what an asset states for itself counts before what it would inherit`() throws {
        let inventory = AssetInventory(
            assets: [
                resource(Self.group, tags: ["env=prod"]),
                Asset(
                    kind: .host, names: ["vm-1"], sensitivity: .low, resourceID: Self.machine,
                    links: [AssetLink(.within, .azureResource, Self.group)]),
            ], policy: Self.policy)
        #expect(try profile(inventory, .host, "vm-1").sensitivity == .low)
        #expect(try profile(inventory, .host, "vm-1").explanation == "low: stated for vm-1")
    }

    @Test func `each hop may cost levels, and a relation may hand nothing on`() throws {
        var policy = Self.policy
        policy.inheritance = [.within: 1]
        let inventory = AssetInventory(
            assets: [
                resource(Self.group, tags: ["env=prod"]),
                resource(Self.machine, links: [AssetLink(.within, .azureResource, Self.group)]),
                Asset(
                    kind: .account, names: ["root@corp.example"],
                    links: [AssetLink(.administers, .azureResource, Self.group)]),
            ], policy: policy)
        #expect(try profile(inventory, .azureResource, Self.machine).sensitivity == .high)
        #expect(try profile(inventory, .account, "root@corp.example").sensitivity == nil)
    }

    @Test func `a watchlist makes its members sensitive`() throws {
        var watchlists = AssetWatchlists()
        watchlists.set("VIPUsers", items: ["Chair@corp.example"])
        let inventory = AssetInventory(policy: Self.policy, watchlists: watchlists)
        let chair = try profile(inventory, .account, "chair@corp.example")
        #expect(chair.sensitivity == .high)
        #expect(chair.explanation == "high: watchlist VIPUsers, by rule VIP")
    }

    @Test func `an address means the machine that has it`() throws {
        let inventory = AssetInventory(
            assets: [Asset(kind: .host, names: ["srv-1"], tags: ["env=prod"], addresses: ["10.1.2.3"])],
            policy: Self.policy)
        let profile = try #require(
            inventory.profile(of: Entity(kind: .ip, identifiers: ["Address": "10.1.2.3"])))
        #expect(profile.name == "srv-1")
        #expect(profile.sensitivity == .critical)
    }
}
