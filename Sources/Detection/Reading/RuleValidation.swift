internal import JSON
internal import Sigma
internal import Vocabulary

/// Checks rules as far as it can be done without running them: their fields, their queries, the columns they name.
public struct RuleValidation: Sendable {
    /// Rules that can run.
    public private(set) var validCount = 0
    /// Rules read, broken ones included.
    public private(set) var count = 0
    public private(set) var findings: [RuleFinding] = []
    private let check: @Sendable (String) -> QueryCheck
    private let catalogue: AttackCatalogue?
    private var seen: [String: String] = [:]

    /// - Parameters:
    ///   - catalogue: the techniques of ATT&CK; nil: it is not checked whether they fit the tactics.
    ///   - check: Compiles a query.
    public init(catalogue: AttackCatalogue? = nil, check: @escaping @Sendable (String) -> QueryCheck) {
        self.catalogue = catalogue
        self.check = check
    }

    /// Checks the rules of a file: analytics rules, Sigma rules or behaviours.
    public mutating func add(_ text: String, file: String) {
        switch RuleFormat(of: text) {
        case .sigma: addSigma(text, file: file)
        case .behavior: addBehaviors(text, file: file)
        case .analytics: addAnalytics(text, file: file)
        }
    }

    private mutating func addAnalytics(_ text: String, file: String) {
        let reading = RuleReader.read(text, file: file)
        count += reading.documents
        findings += reading.findings
        validCount += reading.incidentRules.count + reading.engineRules.count
        for rule in reading.rules {
            noteDuplicate(rule.id, rule.position)
            noteTechniques(of: rule)
            let faults = queryFindings(rule, text: text)
            findings += faults
            if !faults.contains(where: { $0.gravity == .error }) { validCount += 1 }
        }
    }

    /// A file that cannot be read counts as a rule that is not valid.
    public mutating func addUnreadable(file: String, reason: String) {
        count += 1
        findings.append(RuleFinding(.error, .unreadableFile, reason, at: SigmaPosition(file: file)))
    }

    /// `valid P of N`.
    public var summary: String { "valid \(validCount) of \(count)" }

    private mutating func addSigma(_ text: String, file: String) {
        let reading = SigmaReader().read(text, file: file)
        validCount += reading.rules.count
        count += reading.rules.count + Set(reading.findings.filter { $0.gravity == .error }.map(\.position.file)).count
        findings += reading.findings.map { RuleFinding($0) }
        for rule in reading.rules { noteDuplicate(rule.id, rule.position) }
    }

    private mutating func addBehaviors(_ text: String, file: String) {
        let reading = BehaviorReader.read(text, file: file)
        count += max(reading.behaviors.count, 1)
        findings += reading.findings
        for behavior in reading.behaviors {
            noteDuplicate(behavior.id, behavior.position)
            let faults = behavior.findings(check(behavior.query))
            findings += faults
            if !faults.contains(where: { $0.gravity == .error }) { validCount += 1 }
        }
    }

    /// A technique that ATT&CK does not have, or has under other tactics than the rule names.
    private mutating func noteTechniques(of rule: AnalyticsRule) {
        guard let catalogue, !catalogue.techniques.isEmpty else { return }
        for id in rule.techniques {
            guard let technique = catalogue[id] else {
                let message = "ATT&CK \(catalogue.version) has no technique \(id)"
                findings.append(RuleFinding(.warning, .unknownTechnique, message, at: rule.position))
                continue
            }
            guard !rule.tactics.isEmpty, Set(technique.tactics).isDisjoint(with: rule.tactics) else { continue }
            let tactics = technique.tactics.map(\.rawValue).joined(separator: ", ")
            findings.append(
                RuleFinding(
                    .warning, .unknownTechnique,
                    "\(id) (\(technique.name)) belongs to \(tactics), which the rule does not name", at: rule.position))
        }
    }

    private mutating func noteDuplicate(_ id: String, _ position: SigmaPosition) {
        if let other = seen[id] {
            findings.append(RuleFinding(.warning, .duplicateID, "the id \(id) is also that of \(other)", at: position))
        } else {
            seen[id] = position.file
        }
    }

    private func queryFindings(_ rule: AnalyticsRule, text: String) -> [RuleFinding] {
        let result = check(rule.query)
        let place = QueryPlace(rule, text: text)
        var findings = result.faults.map { fault in
            RuleFinding(
                fault.isError ? .error : .warning, .querySyntax, fault.message,
                at: place.position(line: fault.line, column: fault.column))
        }
        guard let columns = result.columns else { return findings }
        for column in rule.columns where !columns.contains(column) {
            findings.append(
                RuleFinding(
                    .warning, .queryColumn, "the query gives no column '\(column)', which the rule names",
                    at: rule.position))
        }
        return findings
    }
}

/// What kind of rules a file holds.
public enum RuleFormat: Sendable, Hashable {
    case analytics, behavior, sigma

    /// Told from the keys at the beginning of lines: Sigma rules have a `detection`, analytics rules a `query`, and
    /// behaviours a `destination` as well.
    public init(of text: String) {
        var copy = text
        let (hasQuery, hasDetection, hasDestination) = copy.withUTF8 { bytes in
            (
                Self.hasKey("query:", bytes), Self.hasKey("detection:", bytes), Self.hasKey("destination:", bytes)
            )
        }
        self = hasQuery ? (hasDestination ? .behavior : .analytics) : hasDetection ? .sigma : .analytics
    }

    /// Whether a line begins with the key.
    private static func hasKey(_ key: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        key.withUTF8Buffer { key in
            var start = 0
            while start + key.count <= bytes.count {
                if bytes[start..<(start + key.count)].elementsEqual(key) { return true }
                guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return false }
                start = end + 1
            }
            return false
        }
    }
}

/// Where a rule's query stands in its file.
private struct QueryPlace {
    private let start: SigmaPosition
    private let lines: [Substring]
    private let isBlock: Bool

    init(_ rule: AnalyticsRule, text: String) {
        start = rule.position
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let key = lines.indices.contains(start.line - 1) ? lines[start.line - 1] : ""
        let value = key.split(separator: ":", maxSplits: 1).dropFirst().first.map { $0.trimmingBlanks } ?? ""
        isBlock = value.hasPrefix("|") || value.hasPrefix(">")
    }

    /// The place in the file of a place in the query.
    func position(line: Int, column: Int) -> SigmaPosition {
        guard isBlock else { return start }
        let fileLine = start.line + line
        let own = lines.indices.contains(fileLine - 1) ? lines[fileLine - 1] : ""
        let first = lines.dropFirst(start.line).first { !$0.allSatisfy(\.isWhitespace) } ?? own
        let indentation = first.prefix { $0 == " " }.count
        return SigmaPosition(file: start.file, line: fileLine, column: column + indentation)
    }
}

extension AnalyticsRule {
    /// The columns that the rule names, without repetition.
    var columns: [String] {
        var names = entityMappings.flatMap { $0.fields.map(\.column) } + entityColumns + customDetails.values
        names += [alertOverride.tacticsColumn, alertOverride.severityColumn].compactMap { $0 }
        names += alertOverride.dynamicProperties.map(\.column)
        for format in [alertOverride.nameFormat, alertOverride.descriptionFormat].compactMap({ $0 }) {
            names += AlertOverride.placeholders(in: format)
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
