import Casebook
import Foundation
import Prioritization
import Testing
import Vocabulary

@Suite struct NamingTests {
    /// The conventions and words that ship with Tocsin.
    private static let shipped = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "content/assets-naming.yaml")
        return try AssetInventory(yaml: String(contentsOf: file, encoding: .utf8), file: "assets-naming.yaml").policy
    }

    @Test(arguments: [
        ("vm-payroll-prod-weu-001", "virtual machine|payroll|production|westeurope|001"),
        ("VM-PAYROLL-PROD-WEU-001", "virtual machine|payroll|production|westeurope|001"),
        ("rg-hr-archive-dev-gwc", "resource group|hr-archive|development|germanywestcentral"),
        ("kv-payments-prd-neu-2", "Key Vault|payments|production|northeurope|2"),
        ("stpayrollprodweu001", "storage account|payroll|production|westeurope|001"),
        ("prod-eus2-shop-aks-01", "production|eastus2|shop|Kubernetes cluster|01"),
    ])
    func `the shipped conventions part names`(name: String, parts: String) throws {
        let inventory = AssetInventory(policy: try Self.shipped.get())
        let asset = AssetInventory(
            assets: [Asset(kind: .azureResource, names: [name], resourceID: "/subscriptions/s/x/\(name)")],
            policy: inventory.policy)
        let found = try #require(asset.profile(at: 0).parts)
        #expect(found.values.map { $0.meaning ?? $0.text }.joined(separator: "|") == parts)
    }

    @Test(arguments: ["srv-dc01", "alice", "vm", "prod", "vm-payroll", "", "----", "WIN-8F3KD0A2"])
    func `other names stay whole`(name: String) throws {
        let policy = try Self.shipped.get()
        for convention in policy.conventions {
            #expect(convention.parts(of: name, vocabularies: policy.vocabularies) == nil)
        }
    }

    @Test(arguments: ["{type", "type}", "{a}{a}", "[{a}", "{a}]", "plain", "{}"])
    func `a pattern that does not hold together is refused`(pattern: String) {
        #expect(throws: NamingConvention.PatternFault.self) {
            try NamingConvention(name: "x", pattern: pattern)
        }
    }

    @Test func `a hostile name and pattern end soon`() throws {
        let pattern = (0..<20).map { "{p\($0)}" }.joined(separator: "-")
        let convention = try NamingConvention(name: "x", pattern: pattern)
        let name = String(repeating: "a-", count: 125) + "!"
        #expect(convention.parts(of: name, vocabularies: Vocabularies()) == nil)
    }
}
