import Detection
import Foundation
import Sigma
import Testing

@Suite struct SigmaPlaceholdersTests {
    private static let rule = """
        title: Work of administrators
        id: 7d8d2f0c-4a2f-44a6-9a9c-0f5f1f6b7c11
        logsource: {product: windows}
        detection: {s: {User|expand: '%administrators%'}, condition: s}
        """

    @Test func `values of a file let rules load that name them`() {
        let placeholders = SigmaPlaceholders("administrators: [ann, bob]\nhost: dc1\n", file: "placeholders.yaml")
        #expect(placeholders.values == ["administrators": ["ann", "bob"], "host": ["dc1"]])
        #expect(placeholders.findings.isEmpty)
        #expect(SigmaReader(placeholders: placeholders.values).read(Self.rule, file: "r.yaml").rules.count == 1)
        #expect(SigmaReader().read(Self.rule, file: "r.yaml").rules.isEmpty)
    }

    @Test(arguments: ["- a\n- b", "name: []", "name: {a: b}", "name: [unclosed"])
    func `a faulty file is told of and gives no values`(text: String) {
        let placeholders = SigmaPlaceholders(text, file: "placeholders.yaml")
        #expect(placeholders.values.isEmpty)
        #expect(placeholders.findings.contains { $0.gravity == .error })
    }

    @Test func `a file that is not there gives none and no finding`() {
        let none = SigmaPlaceholders.load(URL(filePath: "/nowhere/placeholders.yaml"))
        #expect(none.values.isEmpty && none.findings.isEmpty)
    }
}
