internal import Chronology
public import Foundation
internal import Sigma

/// What files of behaviours gave: those that can run and all findings.
public struct BehaviorReading: Sendable {
    public var behaviors: [Behavior] = []
    public var findings: [RuleFinding] = []

    public init() {}
}

/// Reads behaviours from YAML: the fields of a scheduled analytics rule as far as they apply, and `destination`.
public enum BehaviorReader {
    /// Reads all documents of a file's text; `file` is its name in findings.
    public static func read(_ text: String, file: String) -> BehaviorReading {
        var reading = BehaviorReading()
        var faults: [SigmaFinding] = []
        let documents = YAMLDocuments.read(text, file: file, findings: &faults)
        reading.findings = faults.map { RuleFinding($0) }
        for document in documents {
            guard let mapping = document.mapping else {
                reading.findings.append(
                    RuleFinding(
                        .error, .notARule, "a behaviour is a YAML map with name, destination and query",
                        at: document.position))
                continue
            }
            var builder = RuleBuilder(fields: mapping, position: document.position)
            let behavior = builder.behavior()
            if let behavior, !builder.findings.contains(where: { $0.gravity == .error }) {
                reading.behaviors.append(behavior)
            }
            reading.findings += builder.findings
        }
        return reading
    }

    /// Reads all behaviours below the folders; files that cannot be read and repeated identifiers become findings.
    public static func behaviors(in folders: [URL]) -> BehaviorReading {
        var all = BehaviorReading()
        var seen: Set<String> = []
        for file in RuleFolder.files(in: folders) {
            do {
                let reading = read(try RuleFolder.text(of: file), file: file.path)
                all.findings += reading.findings
                for behavior in reading.behaviors {
                    if seen.insert(behavior.id).inserted {
                        all.behaviors.append(behavior)
                    } else {
                        all.findings.append(
                            RuleFinding(
                                .error, .duplicateID, "the id \(behavior.id) is that of another behaviour",
                                at: behavior.position))
                    }
                }
            } catch {
                all.findings.append(
                    RuleFinding(
                        .error, .unreadableFile, "the file cannot be read as UTF-8 text: \(error.localizedDescription)",
                        at: SigmaPosition(file: file.path)))
            }
        }
        return all
    }
}

extension RuleBuilder {
    private static let behaviorNames: Set<String> = [
        "id", "name", "description", "destination", "query", "queryFrequency", "queryPeriod", "tactics",
        "relevantTechniques", "entityMappings", "version", "enabled", "tests",
    ]
    private static let frequencies = TimeSpan.minutes(5)...TimeSpan.days(14)
    private static let longestPeriod = TimeSpan.days(90)

    /// The behaviour, or nil when its findings forbid it.
    mutating func behavior() -> Behavior? {
        for (name, value) in fields.members where !Self.behaviorNames.contains(name) {
            report(.warning, .unknownField, "'\(name)' is no field of behaviours and is left out", value.position)
        }
        let name = text("name", most: 256) ?? ""
        if name.isEmpty { report(.error, .missingField, "'name' is missing", nil) }
        guard let destination = destination(), let query = query() else { return nil }
        var behavior = Behavior(
            id: identifier(name: name), name: name, description: text("description", most: 5_000) ?? "",
            destination: destination, query: query, frequency: .hours(1), period: .days(14),
            position: fields["query"]?.position ?? position)
        readSchedule(of: &behavior)
        behavior.tactics = tactics()
        behavior.techniques = techniques()
        behavior.entityMappings = entityMappings()
        behavior.isEnabled = boolean(fields["enabled"]) ?? true
        behavior.version = version()
        return behavior
    }

    private mutating func destination() -> Behavior.Destination? {
        let known = Behavior.Destination.allCases.map(\.rawValue).joined(separator: " or ")
        guard let value = fields["destination"], let text = value.text else {
            report(.error, .missingField, "'destination' is missing: \(known)", nil)
            return nil
        }
        guard let destination = Behavior.Destination(rawValue: text) else {
            report(.error, .invalidValue, "the destination '\(text)' is not \(known)", value.position)
            return nil
        }
        return destination
    }

    private mutating func readSchedule(of behavior: inout Behavior) {
        guard let frequency = duration("queryFrequency"), let period = duration("queryPeriod") else {
            report(
                .error, .invalidSchedule, "'queryFrequency' and 'queryPeriod' must both be durations such as 1h", nil)
            return
        }
        behavior.frequency = frequency
        behavior.period = period
        if !Self.frequencies.contains(behavior.frequency) {
            report(
                .error, .invalidSchedule, "'queryFrequency' lies outside 5 minutes to 14 days",
                fields["queryFrequency"]?.position)
        }
        if behavior.period < behavior.frequency || behavior.period > Self.longestPeriod {
            report(
                .error, .invalidSchedule, "'queryPeriod' lies outside the frequency to 90 days",
                fields["queryPeriod"]?.position)
        }
    }
}

extension Behavior {
    /// What is wrong with the query and the columns it gives.
    public func findings(_ check: QueryCheck) -> [RuleFinding] {
        var findings = check.faults.map { fault in
            RuleFinding(fault.isError ? .error : .warning, .querySyntax, fault.message, at: position)
        }
        guard let columns = check.columns else { return findings }
        let named = entityMappings.flatMap { $0.fields.map(\.column) }
        for column in [destination.requiredColumn] + named where !columns.contains(column) {
            findings.append(
                RuleFinding(
                    .error, .queryColumn, "the query gives no column '\(column)', which is needed", at: position))
        }
        return findings
    }
}
