import Casebook
import Chronology
import Detection
import Records
import Sigma
import Testing
import Vocabulary

@Suite struct SigmaBlockMatcherTests {
    private static let rules = SigmaReader().read(
        """
        title: Encoded PowerShell
        id: 11111111-2222-3333-4444-555555555555
        level: high
        tags: [attack.execution, attack.t1059.001]
        logsource: {product: windows, category: process_creation}
        detection:
          selection:
            Image|endswith: '\\powershell.exe'
            CommandLine|contains: ' -enc '
          condition: selection
        """, file: "r.yml"
    ).rules

    private static func batch(_ count: Int, host: (Int) -> String) -> RecordBatch {
        var batch = RecordBatch()
        for index in 0..<count {
            batch.append("winlog.channel", "Microsoft-Windows-Sysmon/Operational")
            batch.append("winlog.event_id", kind: .number, "1")
            batch.append("@timestamp", "2026-03-01T10:00:00Z")
            batch.append("winlog.computer_name", host(index))
            batch.append("winlog.event_data.Image", "C:\\Windows\\PowerShell.exe")
            batch.append("winlog.event_data.CommandLine", "powershell.exe -ENC SQBFAFgA")
            batch.append("winlog.event_data.User", "CORP\\ann")
            batch.append("winlog.event_data.Hashes", "MD5=AA,SHA256=BB,IMPHASH=CC")
            batch.endRecord()
        }
        return batch
    }

    @Test func `ten thousand hits on two hosts make two alerts`() throws {
        let matcher = SigmaBlockMatcher(Self.rules)
        let batch = Self.batch(10_000) { $0 % 2 == 0 ? "srv1.corp.example" : "srv2.corp.example" }
        let findings = matcher.findings(in: StreamedBlock(records: batch, receivedAt: .unixEpoch))
        #expect(findings.map(\.events) == [5_000, 5_000])
        #expect(findings.map(\.createsIncident) == [true, true])
        let alert = try #require(findings.first?.alert)
        #expect(alert.severity == .high)
        #expect(alert.tactics == [.execution])
        #expect(alert.techniques == ["T1059.001"])
        #expect(alert.evidence.count == 10)
        #expect(alert.startTime == Instant(iso8601: "2026-03-01T10:00:00Z"))
        let names = alert.entities.map { "\($0.kind.rawValue) \($0.friendlyName)" }
        #expect(names.contains("Account CORP\\ann"))
        #expect(names.contains("Host srv1"))
        #expect(names.contains("FileHash bb"))
    }

    @Test func `the same hits make the same identifiers`() {
        let matcher = SigmaBlockMatcher(Self.rules)
        let first = matcher.findings(in: StreamedBlock(records: Self.batch(1) { _ in "srv1" }, receivedAt: .unixEpoch))
        let again = matcher.findings(in: StreamedBlock(records: Self.batch(3) { _ in "srv1" }, receivedAt: .max))
        #expect(first.map(\.alert.id) == again.map(\.alert.id))
    }
}
