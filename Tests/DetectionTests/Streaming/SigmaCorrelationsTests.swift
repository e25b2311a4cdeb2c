import Casebook
import Chronology
import Detection
import Foundation
import Records
import Sigma
import StateStore
import Testing
import Vocabulary

@Suite struct SigmaCorrelationsTests {
    private static let reading: SigmaReading = {
        var reading = SigmaReader().read(
            """
            title: Failed logon
            id: failed
            level: low
            logsource: {product: windows, service: security}
            detection: {selection: {EventID: 4625}, condition: selection}
            ---
            title: Many failed logons
            id: many
            level: high
            tags: [attack.credential-access, attack.t1110]
            correlation:
              type: event_count
              rules: [failed]
              group-by: [IpAddress]
              timespan: 10m
              condition: {gte: 6}
            """, file: "c.yml")
        reading.link()
        return reading
    }()

    /// A start of the program: the casebook and detector over the database of a folder.
    private static func start(_ folder: URL) async throws -> (Casebook, StreamDetector) {
        let database = try StateDatabase.open(
            path: folder.appending(path: "state.sqlite").path,
            rooms: [Casebook.migrations, DetectionTables.migrations])
        let time = TimeSource.fixed(.unixEpoch)
        let casebook = Casebook(database: database, time: time)
        let correlator = SigmaCorrelator(reading.correlations, rules: reading.rules)
        let detector = StreamDetector(
            [SigmaBlockMatcher(reading.rules, correlator: correlator)], casebook: casebook,
            correlations: SigmaCorrelations(correlator, database: database, time: time))
        return (casebook, detector)
    }

    private static func block(_ minutes: ClosedRange<Int>) -> StreamedBlock {
        var batch = RecordBatch()
        for minute in minutes {
            batch.append("Channel", "Security")
            batch.append("EventID", kind: .number, "4625")
            batch.append("@timestamp", "2026-03-01T10:0\(minute):00Z")
            batch.append("Computer", "srv\(minute)")
            batch.append("TargetUserName", "ann")
            batch.append("IpAddress", "203.0.113.7")
            batch.endRecord()
        }
        return StreamedBlock(records: batch, receivedAt: .unixEpoch)
    }

    @Test func `a correlation outlives a restart and a block that comes twice`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // What is left in the temporary folder hurts nobody.

        let (_, first) = try await Self.start(folder)
        for _ in 0..<3 { #expect(try await first.detect(Self.block(0...2)).newAlerts == 0) }

        let (casebook, second) = try await Self.start(folder)
        #expect(try await second.detect(Self.block(1...4)).newAlerts == 0)
        #expect(try await second.detect(Self.block(3...5)).newAlerts == 1)
        #expect(try await second.detect(Self.block(0...5)).newAlerts == 0)

        let (_, third) = try await Self.start(folder)
        #expect(try await third.detect(Self.block(0...7)).newAlerts == 0)
        let alerts = try await casebook.alerts()
        #expect(alerts.map(\.content.displayName) == ["Many failed logons"])
        #expect(alerts.first?.content.severity == .high)
        #expect(alerts.first?.content.entities.contains { $0.friendlyName == "203.0.113.7" } == true)
    }
}
