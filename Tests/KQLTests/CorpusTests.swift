import Foundation
import JSON
import KQL
import KQLConformance
import TestSupport
import Testing

struct CorpusTests {
    /// The least number of cases that must pass, file by file.
    static let floors = [("measured_cases", 700), ("loco_cases", 278)]

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)), arguments: floors)
    func `as many corpus cases pass as before`(_ file: String, _ floor: Int) throws {
        let text = try String(contentsOf: SharedFolder.file("corpus/kql/\(file).jsonl"), encoding: .utf8)
        let suite = ConformanceSuite(limits: ExecutionLimits(rows: 200_000, seconds: 20), now: noon, clock: { 0 })
        let report = suite.run(text)
        #expect(report.passed >= floor, "\(report.text(listsFailures: true))")
    }
}
