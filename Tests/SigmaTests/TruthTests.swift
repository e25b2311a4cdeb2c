import Foundation
import JSON
import Records
import Sigma
import TestSupport
import Testing

@Suite struct TruthTests {
    static func ruleSet(_ pipelines: [SigmaPipeline]) throws -> SigmaRuleSet {
        var reading = SigmaReading()
        for directory in ["rules", "rules-emerging-threats", "rules-threat-hunting", "rules-dfir"] {
            let root = SharedFolder.file("corpus/sigma_rules/\(directory)")
            let files =
                FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?
                .compactMap { $0 as? URL }.filter { $0.pathExtension == "yml" } ?? []
            for file in files {
                reading.append(
                    SigmaReader().read(try String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent))
            }
        }
        return SigmaRuleSet(reading.rules, pipelines: pipelines)
    }

    static func scan(_ path: String, _ scan: inout SigmaScan) throws {
        scan.reset()
        var reader = RecordReader()
        reader.feed([UInt8](try Data(contentsOf: SharedFolder.file("realdata/\(path)"))))
        reader.finish()
        while let block = reader.next() { scan.add(block.records) }
    }

    /// Where we see more than the reference engines: they do not read the names of winlogbeat 6 (`event_id`, `log_name`,
    /// `event_data.…`) or of Sentinel's `Event` table (`EventLog`, `Source`).
    private static let explained: Set<String> = [
        "otrf/windows/defense_evasion/empire_wdigest_downgrade.ndjson.gz",
        "otrf/goldensaml/WindowsEvents/WindowsEvents.json.gz",
    ]

    /// Captures with more events than this are left to longer runs (`TRUTH_EVENTS=100000`).
    private static let mostEvents = ProcessInfo.processInfo.environment["TRUTH_EVENTS"].flatMap { Int($0) } ?? 150

    @Test(
        .enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)),
        arguments: [("captures", "rules_sysmon"), ("captures", "rules_audit"), ("captures_cloud_network", "rules")])
    func `the same rules fire on the same number of events as in the truth`(section: String, key: String) throws {
        let truth = try JSON(
            parsing: String(contentsOf: SharedFolder.file("realdata/sigma_truth.json"), encoding: .utf8))
        let contested = Set((truth["contested_rules"]?.objectValue ?? [:]).keys)
        var scan = SigmaScan(try Self.ruleSet(key == "rules_audit" ? [.windowsAudit] : [.windowsSysmon]))
        var agreed = 0
        var differences: [String] = []
        for (path, capture) in truth[section]?.objectValue ?? [:]
        where (capture["events"]?.intValue ?? 0) <= Self.mostEvents && !Self.explained.contains(path) {
            try Self.scan(path, &scan)
            if scan.events != Int(capture["events"]?.intValue ?? -1) {
                differences.append("\(path): \(scan.events) events")
            }
            let expected = (capture[key]?.objectValue ?? [:]).mapValues { Int($0.intValue ?? 0) }
            let found = Dictionary(scan.matches.map { ($0.rule.id, $0.events) }, uniquingKeysWith: +)
            for rule in Set(expected.keys).union(found.keys).subtracting(contested) {
                if expected[rule] == found[rule] {
                    agreed += 1
                } else {
                    differences.append("\(path): \(rule) expected \(expected[rule] ?? 0), found \(found[rule] ?? 0)")
                }
            }
        }
        #expect(differences == [])
        #expect(agreed >= (section == "captures" && key == "rules_sysmon" ? 440 : 3))
    }
}
