/// What a run over a corpus file found.
public struct ConformanceReport: Sendable {
    public private(set) var passed = 0
    /// In order of the file.
    public private(set) var failures: [Failure] = []
    /// How far the cases without expected rows came: each counts in all stages that it passed.
    public private(set) var stages: [Stage: Int] = [:]
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
        case parsing = "does not parse"
        case binding = "does not bind"
        case execution = "fails while running"
        case columns = "columns differ"
        case types = "types differ"
        case rows = "rows differ"
    }

    /// What a case without expected rows goes through.
    public enum Stage: String, Sendable, CaseIterable {
        case parsed, bound, run
        /// Bound, but it reads from the outside world, which is closed here.
        case closed = "not run for want of the outside world"
    }

    /// Cases that count: all but the skipped ones.
    public var total: Int { passed + failures.count }

    mutating func pass() { passed += 1 }

    mutating func reach(_ stage: Stage) { stages[stage, default: 0] += 1 }

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
        if !stages.isEmpty {
            let counts = Stage.allCases.compactMap { stage in stages[stage].map { "\(stage.rawValue) \($0)" } }
            lines.append("without expected rows: " + counts.joined(separator: ", "))
        }
        lines.append("failed \(failures.count), skipped \(skipped.values.reduce(0, +))")
        lines.append("passed \(passed) of \(total)")
        return lines.joined(separator: "\n")
    }
}
