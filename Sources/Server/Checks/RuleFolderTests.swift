internal import Chronology
internal import Collection
public import Detection
internal import EventStore
public import Foundation
public import JSON
internal import Records

/// Runs the tests that the rule files of a folder carry, without a server.
public struct RuleFolderTests: Sendable {
    public private(set) var results: [RuleTestResult] = []
    /// What keeps rules or tests from being read.
    public private(set) var findings: [RuleFinding] = []
    /// Rules that were read, and those among them that carry no test.
    public private(set) var ruleCount = 0
    public private(set) var untestedRules: [String] = []

    /// - Parameters:
    ///   - content: the content folder, whose tables, functions and log sources are known.
    ///   - schemas: further tables, `{name: {column: type}}`.
    ///   - functions: further saved functions, `{name: {params, query}}`.
    ///   - isWanted: whether to run the tests of a rule, by its name.
    public init(
        folder: URL, content: URL, schemas: JSON?, functions: JSON?, isWanted: (String) -> Bool = { _ in true }
    ) throws {
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw SettingsError(message: "\(folder.path) is not there")
        }
        let collector = Collector(CollectionContent.load(from: content).content)
        let runner = RuleTestRunner(
            RuleTestSurroundings(
                environment: KnownContent.environment(content: content, schemas: schemas, functions: functions),
                collect: { text, source, now in Self.collect(text, source, now, collector) }))
        for file in RuleFolder.files(in: [folder]) {
            do {
                run(RuleTestFile(try RuleFolder.text(of: file), file: file.path), runner, isWanted)
            } catch {
                findings.append(RuleFolder.unreadable(file, error))
            }
        }
    }

    public var passedCount: Int { results.count { $0.isPassed } }
    public var isClean: Bool { findings.isEmpty && passedCount == results.count }

    /// `12 tests of 8 rules: 11 passed, 1 failed; 3 rules without tests`.
    public var summary: String {
        var text = "\(results.count) tests of \(ruleCount - untestedRules.count) rules: \(passedCount) passed, "
        text += "\(results.count - passedCount) failed; \(untestedRules.count) rules without tests"
        return findings.isEmpty ? text : text + "; \(findings.count) findings"
    }

    private mutating func run(_ file: RuleTestFile, _ runner: RuleTestRunner, _ isWanted: (String) -> Bool) {
        let wanted = file.filtered { isWanted($0) }
        ruleCount += wanted.rules.count
        untestedRules += wanted.rules.filter(\.tests.isEmpty).map(\.name)
        findings += wanted.findings
        results += runner.run(wanted)
    }

    private static func collect(
        _ text: String, _ source: String?, _ now: Instant, _ collector: Collector
    ) -> RuleTestSurroundings.Collected {
        let options = CollectionOptions(origin: "test", source: source)
        if let fault = collector.fault(of: options) {
            return RuleTestSurroundings.Collected(records: RecordBatch(), rows: [], faults: [fault])
        }
        var reader = collector.reader(options, limits: ReaderLimits(), now: now)
        reader.feed(Array(text.utf8))
        reader.finish()
        guard let block = reader.next() ?? reader.flush() else {
            return RuleTestSurroundings.Collected(records: RecordBatch(), rows: [], faults: ["no record"])
        }
        let chunk = collector.collect(block, options, now: now)
        return RuleTestSurroundings.Collected(
            records: chunk.records, rows: chunk.batches.filter { $0.table != "DeadLetter_CL" },
            faults: chunk.deadLetters.map { "\($0.reason): \($0.raw.prefix(200))" })
    }
}
