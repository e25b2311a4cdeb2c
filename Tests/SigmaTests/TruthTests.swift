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

    @Test(
        .enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)),
        arguments: [("captures", "rules_sysmon"), ("captures", "rules_audit"), ("captures_cloud_network", "rules")])
    func `the same rules fire on the same number of events as in the truth`(section: String, key: String) throws {
        let truth = try JSON(
            parsing: String(contentsOf: SharedFolder.file("realdata/sigma_truth.json"), encoding: .utf8))
        let contested = Set((truth["contested_rules"]?.objectValue ?? [:]).keys)
        let ruleSet = try Self.ruleSet(key == "rules_audit" ? [.windowsAudit] : [.windowsSysmon])
        var scan = SigmaScan(ruleSet)
        var right = 0
        var wrong = 0
        var events = 0
        var time = Duration.zero
        let most = Int(ProcessInfo.processInfo.environment["TRUTH_EVENTS"] ?? "") ?? 150
        for (path, capture) in truth[section]?.objectValue ?? [:] where (capture["events"]?.intValue ?? 0) <= most {
            time += try ContinuousClock().measure { try Self.scan(path, &scan) }
            events += scan.events
            var expected = (capture[key]?.objectValue ?? [:]).mapValues { Int($0.intValue ?? 0) }
            var got: [String: Int] = [:]
            for (rule, count) in scan.matches { got[rule.id] = count }
            if scan.events != Int(capture["events"]?.intValue ?? -1) {
                print("EVENTS \(path): \(scan.events) for \(capture["events"]?.intValue ?? -1)")
            }
            for rule in Set(expected.keys).union(got.keys) {
                if expected[rule] == got[rule] {
                    right += 1
                } else if !contested.contains(rule) {
                    wrong += 1
                    let title = ruleSet.rules.first { $0.id == rule }?.title ?? "?"
                    print("DIFF \(path): \(rule) \(title): expected \(expected[rule] ?? 0) got \(got[rule] ?? 0)")
                } else {
                    print("contested \(path): \(rule): expected \(expected[rule] ?? 0) got \(got[rule] ?? 0)")
                }
            }
            expected.removeAll()
        }
        print("TRUTH \(section) \(key): right \(right) wrong \(wrong); \(events) events in \(time)")
        #expect(wrong == 0)
    }
}
