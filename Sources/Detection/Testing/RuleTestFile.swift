internal import Sigma

/// The rules of one file with the tests that they carry.
public struct RuleTestFile: Sendable {
    /// A rule with its tests.
    public struct Rule: Sendable {
        public var id: String
        public var name: String
        public var tests: [RuleTest]
        /// Nil for rules that the tests of this file match together, as Sigma's.
        let analytics: AnalyticsRule?
    }

    public private(set) var rules: [Rule] = []
    /// What is wrong with the tests, and the errors that keep rules from being read.
    public private(set) var findings: [RuleFinding] = []
    /// All of the file's, as they match together.
    let sigma: [SigmaRule]

    /// Reads a rule file's text, Sentinel YAML, Sigma YAML or behaviours, whose results count as alerts; `file` is its name in findings.
    public init(_ text: String, file: String) {
        let isSigma = RuleFormat(of: text) == .sigma
        let reading = isSigma ? SigmaReader().read(text, file: file) : SigmaReading()
        sigma = reading.rules
        var faults: [SigmaFinding] = []
        let documents = YAMLDocuments.read(text, file: file, findings: &faults)
        findings = (isSigma ? reading.findings : faults).filter { $0.gravity == .error }.map { RuleFinding($0) }
        for document in documents {
            guard let fields = document.mapping else { continue }
            isSigma ? addSigma(fields, document) : addAnalytics(fields, document)
        }
    }

    /// The same with those rules only whose names are wanted; findings stay.
    public func filtered(_ isWanted: (String) -> Bool) -> RuleTestFile {
        var copy = self
        copy.rules = rules.filter { isWanted($0.name) }
        return copy
    }

    private mutating func addAnalytics(_ fields: YAMLMapping, _ document: YAMLValue) {
        var builder = RuleBuilder(fields: fields, position: document.position)
        let rule = fields["destination"] == nil ? builder.build() : builder.behavior()?.asRule
        findings += builder.findings.filter { $0.gravity == .error }
        guard let rule else { return }
        rules.append(Rule(id: rule.id, name: rule.name, tests: tests(fields), analytics: rule))
    }

    /// A rule that could not be read has its finding already.
    private mutating func addSigma(_ fields: YAMLMapping, _ document: YAMLValue) {
        guard fields["action"] == nil, fields["filter"] == nil else { return }
        let read = sigma.first { $0.position.line == document.position.line }
        guard read != nil || fields["correlation"] != nil else { return }
        let title = read?.title ?? fields["title"]?.text ?? ""
        let id = read?.id ?? fields["id"]?.text ?? title
        rules.append(Rule(id: id, name: title, tests: tests(fields), analytics: nil))
    }

    private mutating func tests(_ fields: YAMLMapping) -> [RuleTest] {
        guard let value = fields["tests"] else { return [] }
        var reader = RuleTestReader()
        let tests = reader.tests(value)
        findings += reader.findings
        return tests
    }
}
