/// What a run over a corpus file found.
public struct ConformanceReport: Sendable {
    public private(set) var passed = 0
    /// In order of the file.
    public private(set) var failures: [Failure] = []
    /// Number of skipped cases per reason.
    public private(set) var skipped: [String: Int] = [:]

    /// One case that did not do as expected.
    public struct Failure: Sendable {
        public let id: String
        public let reason: Reason
        /// What was expected and what came, in a few lines.
        public let difference: String
    }

    /// The stage at which a case failed.
    public enum Reason: String, Sendable, CaseIterable {
        case unreadable = "the line is no case"
        case compilation = "does not parse or bind"
        case execution = "fails while running"
        case columns = "columns differ"
        case types = "types differ"
        case rows = "rows differ"
    }

    /// Cases that count: all but the skipped ones.
    public var total: Int { passed + failures.count }

    mutating func pass() { passed += 1 }

    mutating func fail(_ id: String, _ reason: Reason, _ difference: String) {
        failures.append(Failure(id: id, reason: reason, difference: difference))
    }

    mutating func skip(_ reason: String) { skipped[reason, default: 0] += 1 }

    /// The report as text, whose last line is `passed P of N`.
    public func text(listsFailures: Bool) -> String {
        var lines: [String] = []
        if listsFailures {
            for failure in failures {
                lines.append("FAILED \(failure.id): \(failure.reason.rawValue)")
                lines += failure.difference.split(separator: "\n").map { "    \($0)" }
            }
        }
        for reason in Reason.allCases {
            let count = failures.count { $0.reason == reason }
            if count > 0 { lines.append("failed \(count): \(reason.rawValue)") }
        }
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) { lines.append("skipped \(count): \(reason)") }
        lines.append("failed \(failures.count), skipped \(skipped.values.reduce(0, +))")
        lines.append("passed \(passed) of \(total)")
        return lines.joined(separator: "\n")
    }
}
