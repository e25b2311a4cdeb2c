import Casebook
import Chronology
import Detection
import EventStore
import KQLValues
import Records
import StateStore
import Testing
import Vocabulary

@Suite struct ProductAlertMatcherTests {
    private static let now = Instant(ticks: 639_000_000_000_000_000)

    private static func block(_ rows: [(name: String, product: String, severity: String)]) -> StreamedBlock {
        var builder = RowBuilder([
            "TimeGenerated": .datetime, "SystemAlertId": .string, "DisplayName": .string, "ProductName": .string,
            "ProviderName": .string, "AlertSeverity": .string, "Entities": .string, "Tactics": .string,
        ])
        for (number, row) in rows.enumerated() {
            builder.add([
                "TimeGenerated": .datetime(now), "SystemAlertId": .string("A\(number)"),
                "DisplayName": .string(row.name),
                "ProductName": .string(row.product), "ProviderName": .string("MDATP"),
                "AlertSeverity": .string(row.severity), "Tactics": .string("Execution, Persistence"),
                "Entities": .string("[{\"$id\":\"1\",\"Type\":\"host\",\"HostName\":\"srv\(number)\"}]"),
            ])
        }
        return StreamedBlock(records: RecordBatch(), rows: [builder.batch("SecurityAlert")], receivedAt: now)
    }

    private static func rule(_ id: String) -> IncidentCreationRule {
        var rule = IncidentCreationRule(
            id: id, name: "Endpoint", product: "Microsoft Defender Advanced Threat Protection")
        rule.severities = [.high]
        rule.excludedNames = ["eicar"]
        return rule
    }

    @Test func `alerts that a rule takes open one incident each, the others are kept without`() async throws {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations])
        let casebook = Casebook(database: database)
        let matcher = ProductAlertMatcher()
        matcher.replace([Self.rule("r1"), Self.rule("r2")])
        let detector = StreamDetector([matcher], casebook: casebook)
        let block = Self.block([
            ("Mimikatz", "Microsoft Defender Advanced Threat Protection", "High"),
            ("Ransomware", "Microsoft Defender for Endpoint", "High"),
            ("EICAR test file", "Microsoft Defender Advanced Threat Protection", "High"),
            ("Odd sign-in", "Azure Active Directory Identity Protection", "High"),
            ("Noise", "Microsoft Defender Advanced Threat Protection", "Low"),
        ])
        let outcome = try await detector.detect(block)
        #expect(outcome.newAlerts == 5)
        try await detector.detect(block)
        let alerts = try await casebook.alerts(limit: 10)
        #expect(alerts.count == 5)
        let taken = alerts.filter { $0.incidentID != nil }
        #expect(Set(taken.map(\.content.displayName)) == ["Mimikatz", "Ransomware"])
        #expect(Set(taken.map(\.incidentID)).count == 2)
        #expect(taken.allSatisfy { $0.content.tactics == [.execution, .persistence] && $0.content.ruleID == "r1" })
        #expect(taken.allSatisfy { $0.content.entities.map(\.kind) == [.host] })
    }

    @Test func `alerts of Tocsin's own that come back are not taken again`() {
        let matcher = ProductAlertMatcher()
        matcher.replace([Self.rule("r1")])
        var builder = RowBuilder(["DisplayName": .string, "VendorName": .string])
        builder.add(["DisplayName": .string("x"), "VendorName": .string("Tocsin")])
        let block = StreamedBlock(records: RecordBatch(), rows: [builder.batch("SecurityAlert")], receivedAt: Self.now)
        #expect(matcher.findings(in: block).isEmpty)
    }
}
