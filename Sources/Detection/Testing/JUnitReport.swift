internal import Sigma

/// Results of rule tests as JUnit XML, which the usual build servers read.
public struct JUnitReport: Sendable {
    private let results: [RuleTestResult]
    private let findings: [RuleFinding]

    /// - Parameter findings: what keeps rules or tests from being read; each is an error of its own.
    public init(_ results: [RuleTestResult], findings: [RuleFinding]) {
        self.results = results
        self.findings = findings
    }

    /// The whole document: a suite per rule file, a case per test.
    public var xml: String {
        let files = Set(results.map(\.test.position.file) + findings.map(\.position.file)).sorted()
        let failures = results.count { !$0.isPassed }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text +=
            "<testsuites name=\"rules\" tests=\"\(results.count + findings.count)\" failures=\"\(failures)\" "
            + "errors=\"\(findings.count)\" time=\"\(Self.time(seconds))\">\n"
        for file in files { text += suite(file) }
        return text + "</testsuites>\n"
    }

    private func suite(_ file: String) -> String {
        let results = results.filter { $0.test.position.file == file }
        let findings = findings.filter { $0.position.file == file }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        var text =
            "  <testsuite name=\"\(Self.escaped(file))\" tests=\"\(results.count + findings.count)\" "
            + "failures=\"\(results.count { !$0.isPassed })\" errors=\"\(findings.count)\" skipped=\"0\" "
            + "time=\"\(Self.time(seconds))\">\n"
        for finding in findings { text += Self.testCase(finding) }
        for result in results { text += Self.testCase(result) }
        return text + "  </testsuite>\n"
    }

    private static func testCase(_ finding: RuleFinding) -> String {
        """
            <testcase name="\(finding.code.rawValue)" classname="\(escaped(finding.position.file))" \
        file="\(escaped(finding.position.file))" line="\(finding.position.line)" time="0">
              <error message="\(escaped(finding.message))" type="\(finding.code.rawValue)">\
        \(escaped(finding.description))</error>
            </testcase>

        """
    }

    private static func testCase(_ result: RuleTestResult) -> String {
        let test = result.test
        let head =
            "    <testcase name=\"\(escaped(test.name))\" classname=\"\(escaped(result.ruleName))\" "
            + "file=\"\(escaped(test.position.file))\" line=\"\(test.position.line)\" time=\"\(time(result.seconds))\""
        guard let first = result.differences.first else { return head + "/>\n" }
        let message = "\(first.what): expected \(first.expected), got \(first.got)"
        let body = (result.differences.map(\.description) + result.notes).joined(separator: "\n")
        return head + ">\n      <failure message=\"\(escaped(message))\" type=\"difference\">"
            + "\(escaped(body))</failure>\n    </testcase>\n"
    }

    private static func time(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// XML 1.0 allows no control characters but tab and line breaks; others become the replacement character.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return result
    }
}
