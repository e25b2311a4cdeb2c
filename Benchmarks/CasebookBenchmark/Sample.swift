import Casebook
import Chronology
import Foundation
import JSON
import Vocabulary

/// The alerts of a large organisation: incidents of ten alerts on hosts, accounts and addresses that many share.
struct SampleAlerts {
    static let beginning = Instant(unixSeconds: 1_760_000_000)
    static let alertsPerIncident = 10
    /// Those of a higher number come of changes while it is measured.
    static let mostIncidents = 1_000_000
    static let grouping = AlertGrouping.rule(
        GroupingConfiguration(matchingMethod: .selected(.init(entityKinds: [.host])), lookback: .hours(5)))
    private static let tactics: [Tactic] = [
        .initialAccess, .execution, .persistence, .credentialAccess, .lateralMovement, .exfiltration,
    ]

    /// The alerts of an incident; every thousandth incident is full (150 alerts).
    static func alerts(ofIncident number: Int) -> [RecordableAlert] {
        let count = number.isMultiple(of: 1_000) ? CasebookLimits.alertsPerIncident : alertsPerIncident
        return (0..<count).map { RecordableAlert(alert: alert($0, ofIncident: number), grouping: grouping) }
    }

    static func id(_ index: Int, ofIncident number: Int) -> AlertID { AlertID("bench-\(number)-\(index)") }

    static func alert(_ index: Int, ofIncident number: Int) -> NewAlert {
        // An hour apart for the same host, which comes again after 50,000 incidents.
        let start = beginning + .seconds(Double(number) * 60 + Double(index))
        var alert = NewAlert(
            displayName: "Suspicious process on a workstation (\(index % 3))",
            severity: Severity.allCases[(number &+ index) % Severity.allCases.count], startTime: start,
            endTime: start + .seconds(30), generatedTime: start + .minutes(1))
        alert.id = id(index, ofIncident: number)
        alert.ruleID = "rule-\(number % 200)"
        alert.ruleName = "Rule \(number % 200)"
        alert.description = "A process was started that is seldom seen on hosts of this kind."
        alert.tactics = [tactics[index % tactics.count]]
        alert.techniques = ["T10\(10 + index % 40)"]
        alert.entities = [
            Entity(kind: .host, identifiers: ["HostName": "ws\(number % 50_000)", "DnsDomain": "corp.example"]),
            Entity(kind: .account, identifiers: ["Name": "user\(number % 20_000)", "UPNSuffix": "corp.example"]),
            Entity(kind: .ip, identifiers: ["Address": "198.51.\(number / 250 % 100).\(number % 250)"]),
        ]
        alert.customDetails = ["Image": ["C:\\Tools\\tool\(index).exe"]]
        alert.evidence = [
            [
                "TimeGenerated": .string(start.description), "Computer": .string("ws\(number % 50_000).corp.example"),
                "CommandLine": .string("tool\(index).exe --run \(number)"),
            ]
        ]
        return alert
    }
}

/// How long something took, again and again.
struct Durations {
    private var milliseconds: [Double] = []

    mutating func add(_ duration: Duration) { milliseconds.append(duration / .milliseconds(1)) }

    mutating func add(_ other: Durations) { milliseconds += other.milliseconds }

    /// The value below which the share of all lies, in milliseconds.
    func percentile(_ share: Double) -> Double {
        guard !milliseconds.isEmpty else { return 0 }
        let sorted = milliseconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    static func measure(_ count: Int, _ body: (Int) async throws -> Void) async rethrows -> Durations {
        var durations = Durations()
        for index in 0..<count {
            let start = ContinuousClock.now
            try await body(index)
            durations.add(ContinuousClock.now - start)
        }
        return durations
    }
}

/// This process's memory in MiB: now (`VmRSS`), or the most so far (`VmHWM`).
func memory(_ field: String) -> Int {
    // Where there is no /proc the table shows 0.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
    return line.flatMap { $0.split(separator: " ").dropFirst().compactMap { Int($0) }.first }.map { $0 / 1024 } ?? 0
}
