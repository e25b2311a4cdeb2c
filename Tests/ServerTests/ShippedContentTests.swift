import Detection
import Foundation
import Investigation
import Server
import Sigma
import TestSupport
import Testing

/// The content that ships with Tocsin keeps what docs/content.md promises of it.
@Suite struct ShippedContentTests {
    private static let content = SharedFolder.checkout.appending(path: "content")

    private static func folder(_ name: String) -> URL { content.appending(path: name) }

    @Test(arguments: ["rules", "behavior", "sigma"])
    func `every file is valid without a single finding`(folder: String) async throws {
        let check = try await DeepStack.run {
            Result {
                try RuleFolderCheck(folder: Self.folder(folder), content: Self.content, schemas: nil, functions: nil)
            }
        }.get()
        #expect(check.findings.map(\.description) == [])
        #expect(check.isClean, "\(check.summary)")
    }

    @Test(arguments: ["rules", "behavior", "sigma"])
    func `every rule has tests and they pass`(folder: String) async throws {
        let tests = try await DeepStack.run {
            Result {
                try RuleFolderTests(folder: Self.folder(folder), content: Self.content, schemas: nil, functions: nil)
            }
        }.get()
        #expect(tests.findings.map(\.description) == [])
        #expect(tests.untestedRules == [])
        #expect(tests.results.filter { !$0.isPassed }.map { "\($0.ruleName): \($0.test.name)" } == [])
        let byRule = Dictionary(grouping: tests.results, by: \.ruleID).mapValues { $0.map(\.test.alerts) }
        #expect(byRule.filter { !$0.value.contains(0) || !$0.value.contains { $0 > 0 } }.keys.sorted() == [])
    }

    @Test func `rules have identifiers of their own, techniques and entities`() throws {
        let rules = RuleFolder.analyticsRules(in: [Self.folder("rules")]).rules
        let behaviors = BehaviorReader.behaviors(in: [Self.folder("behavior")]).behaviors
        let sigma = RuleFolder.sigmaRules(in: [Self.folder("sigma")]).reading.rules
        #expect(rules.count >= 60)
        let identifiers = rules.map(\.id) + behaviors.map(\.id) + sigma.map(\.id)
        #expect(Set(identifiers).count == identifiers.count)
        #expect(Set(rules.map(\.name)).count == rules.count)
        for rule in rules {
            #expect(!rule.entityMappings.isEmpty && !rule.tactics.isEmpty && !rule.techniques.isEmpty, "\(rule.name)")
            #expect(rule.techniques.allSatisfy(Self.isTechnique), "\(rule.name)")
            #expect(rule.description.count >= 100, "\(rule.name) says too little about itself")
        }
        for behavior in behaviors {
            #expect(!behavior.entityMappings.isEmpty && !behavior.techniques.isEmpty, "\(behavior.name)")
            #expect(behavior.techniques.allSatisfy(Self.isTechnique), "\(behavior.name)")
        }
    }

    private static func isTechnique(_ text: String) -> Bool { text.wholeMatch(of: /T1\d{3}(\.\d{3})?/) != nil }
}
