public import Sigma

/// What one test of a rule gave.
public struct RuleTestResult: Sendable {
    public var ruleID: String
    public var ruleName: String
    public var test: RuleTest
    /// Empty when the test passed.
    public var differences: [TestDifference]
    /// What helps to find out why it failed.
    public var notes: [String]
    public var seconds: Double

    public var isPassed: Bool { differences.isEmpty }
}

/// What differs between an expectation of a test and what came.
public struct TestDifference: Sendable, Hashable, CustomStringConvertible {
    /// What was looked at: `alerts`, `title`, `entities`.
    public var what: String
    public var expected: String
    public var got: String
    /// Where the file says what is expected.
    public var position: SigmaPosition

    public init(_ what: String, expected: String, got: String, at position: SigmaPosition) {
        self.what = what
        self.expected = expected
        self.got = got
        self.position = position
    }

    /// `file:line: what: expected …, got …`.
    public var description: String {
        "\(position.file):\(position.line): \(what): expected \(expected), got \(got)"
    }
}
