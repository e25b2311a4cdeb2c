import Detection
import Foundation
import Sigma
import Testing

@Suite struct ManyRulesTests {
    private static func sentinel(_ number: Int) -> String {
        """
        id: 00000000-0000-4000-8000-\(String(repeating: "0", count: 12 - "\(number)".count))\(number)
        name: Rule \(number)
        kind: NRT
        severity: Low
        query: Events | where Number == \(number)
        """
    }

    private static func sigma(_ number: Int) -> String {
        """
        title: Rule \(number)
        id: sigma-\(number)
        logsource: {product: windows}
        detection: {s: {EventID: \(number)}, condition: s}
        """
    }

    /// Faults of all sorts: no YAML, no rule, a missing part, an endless nesting, a condition without its selection, bytes.
    private static func broken(_ number: Int) -> String {
        switch number % 6 {
        case 0: "query: [unclosed"
        case 1: "- a list\n- of words"
        case 2: "name: Rule without query\nkind: NRT\nquery: \n"
        case 3: "query: x\nname: " + String(repeating: "[", count: 500)
        case 4: "title: T\ndetection: {s: {A: 1}, condition: other}"
        default: "detection: {s: {'A|re': '('}, condition: s}"
        }
    }

    @Test func `of ten thousand rules five hundred are broken, and the rest loads`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder left behind in the temporary directory harms nobody.
            try? FileManager.default.removeItem(at: folder)
        }
        for number in 0..<10_000 {
            let text =
                number % 20 == 7
                ? Self.broken(number / 20) : number % 2 == 0 ? Self.sentinel(number) : Self.sigma(number)
            try Data(text.utf8).write(to: folder.appending(path: "rule-\(number).yaml"))
        }
        let start = ContinuousClock.now
        let analytics = RuleFolder.analyticsRules(in: [folder])
        let sigma = RuleFolder.sigmaRules(in: [folder])
        #expect(analytics.rules.count + sigma.reading.rules.count == 9_500)
        let faulty = Set((analytics.findings + sigma.findings).filter { $0.gravity == .error }.map(\.position.file))
        #expect(faulty.count == 500)
        #expect(ContinuousClock.now - start < .seconds(180))
    }
}
