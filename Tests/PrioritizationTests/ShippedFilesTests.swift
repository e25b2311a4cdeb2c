import Casebook
import Chronology
import Foundation
import Prioritization
import Testing
import Vocabulary

/// The files that ship with Tocsin.
@Suite struct ShippedFilesTests {
    private func text(_ name: String) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "content").appending(path: name)
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test func `the shipped weights are those that are built in`() throws {
        #expect(try ScoringModel(yaml: text("priority.yaml"), file: "priority.yaml") == .standard)
    }

    @Test func `the shipped service levels have a level for every incident`() throws {
        let policy = try ServiceLevelPolicy(yaml: text("service-levels.yaml"), file: "service-levels.yaml")
        for severity in Severity.allCases {
            let timer = ServiceLevelTimer(opened: .unixEpoch, severity: severity, policy)
            #expect(timer.level != nil)
            #expect(timer.due(.acknowledge, policy) != nil)
        }
    }

    @Test func `the shipped rules know production by its name and by its tag, and administrators by their group`()
        throws
    {
        let naming = try AssetInventory(yaml: text("assets-naming.yaml"), file: "assets-naming.yaml")
        let rules = try AssetInventory(yaml: text("assets.yaml"), file: "assets.yaml")
        let inventory = AssetInventory(
            assets: [
                Asset(kind: .host, names: ["vm-payroll-prod-weu-001"]),
                Asset(kind: .host, names: ["web1"], tags: ["Env=Prod"]),
                Asset(kind: .host, names: ["vm-shop-dev-weu-001"]),
                Asset(
                    kind: .account, names: ["mira@corp.example"],
                    links: [AssetLink(.memberOf, .securityGroup, "Domain Admins")]),
            ], policy: naming.merging(rules).policy)
        #expect((0..<4).map { inventory.profile(at: $0).sensitivity } == [.high, .high, .low, .critical])
        #expect(
            inventory.profile(at: 3).explanation
                == "critical: kind SecurityGroup, name Domain Admins on group Domain Admins, by rule Administrators' groups; "
                + "mira@corp.example is a member of Domain Admins")
    }

    @Test func `recommendations are ranked by severity times sensitivity`() throws {
        let text = """
            {"value": [
              {"id": "/subscriptions/s/resourceGroups/g/providers/X/y/z/providers/Microsoft.Security/assessments/a1",
               "properties": {"displayName": "Encrypt", "status": {"code": "Unhealthy"}, "metadata": {"severity": "Low"}}},
              {"RecommendationName": "Patch", "AssessedResourceId": "/other", "RecommendationSeverity": "Medium",
               "RecommendationState": "Unhealthy"},
              {"RecommendationName": "Done", "AssessedResourceId": "/other", "RecommendationState": "Healthy"},
              {"nothing": 1}
            ]}
            """
        let reading = RecommendationReading(text, file: "r.json")
        #expect(reading.faults.count == 1)
        let inventory = AssetInventory(assets: [
            Asset(
                kind: .azureResource, names: ["z"], sensitivity: .critical,
                resourceID: "/subscriptions/s/resourceGroups/g/providers/X/y/z")
        ])
        let ranked = inventory.ranked(reading.recommendations)
        #expect(ranked.map(\.recommendation.name) == ["Encrypt", "Patch"])
        #expect(ranked.map(\.weight) == [8, 3])
    }
}
