import Detection
import Foundation
import JSON
import TestSupport
import Testing
import Vocabulary

@Suite struct AttackCoverageTests {
    private static let catalogue = AttackCatalogue(
        """
        # ATT&CK Enterprise 18.1
        T1003\tOS Credential Dumping\tcredential-access
        T1003.001\tLSASS Memory\tcredential-access
        T1003.002\tSecurity Account Manager\tcredential-access
        T1059\tCommand and Scripting Interpreter\texecution
        T1110\tBrute Force\tcredential-access
        """)

    private static func rule(
        _ id: String, _ techniques: [String], isInTrial: Bool = false, hasData: Bool = true
    ) -> AttackCoverage.Rule {
        AttackCoverage.Rule(
            id: id, name: "Rule \(id)", kind: "NRT", isInTrial: isInTrial, techniques: techniques,
            tactics: [.credentialAccess], present: hasData ? ["T"] : [], missing: hasData ? [] : ["T"],
            hasData: hasData)
    }

    @Test func `rules count for their techniques and those above`() throws {
        let coverage = AttackCoverage(
            [
                Self.rule("a", ["T1003", "T1003.001"]), Self.rule("b", ["T1003.001"], isInTrial: true),
                Self.rule("c", ["T1110"], hasData: false), Self.rule("d", ["T9999"]), Self.rule("e", []),
            ], sources: [], catalogue: Self.catalogue)
        #expect(coverage.techniques.map(\.id) == ["T1003", "T1059", "T1110", "T9999"])
        let dumping = try #require(coverage.techniques.first)
        #expect(dumping.subTechniques.map(\.id) == ["T1003.001"] && dumping.subTechniqueCount == 2)
        #expect(dumping.allRules == [0, 1])
        #expect(coverage.working(dumping.allRules) == 1)
        #expect(coverage.coveredCount == 2)
        #expect(coverage.unmapped == 1)
        #expect(coverage.techniques.last?.tactics == [.credentialAccess])
        let layer = coverage.navigatorLayer(name: "Ours")
        #expect(layer["domain"]?.stringValue == "enterprise-attack")
        let scores = (layer["techniques"]?.arrayValue ?? []).compactMap { entry in
            entry["techniqueID"]?.stringValue.map { "\($0) \(entry["score"]?.intValue ?? -1)" }
        }
        #expect(scores == ["T1003 1", "T1003.001 1", "T1110 0", "T9999 1"])
    }

    @Test func `the list that ships names every technique of the shipped tactics`() {
        let catalogue = AttackCatalogue(content: SharedFolder.checkout.appending(path: "content"))
        #expect(catalogue.techniques.count > 600 && !catalogue.version.isEmpty)
        #expect(catalogue["T1003.001"]?.name == "LSASS Memory")
        #expect(catalogue.techniques.allSatisfy { !$0.tactics.isEmpty && !$0.name.isEmpty })
    }
}
