import Casebook
import Chronology
import Detection
import Foundation
import JSON
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
            ---
            title: Lockout
            id: lockout
            level: low
            logsource: {product: windows, service: security}
            detection: {selection: {EventID: 4740}, condition: selection}
            ---
            title: Many failed logons, then a lockout
            id: chain
            level: high
            correlation:
              type: temporal_ordered
              rules: [many, lockout]
              group-by: [IpAddress]
              timespan: 1h
            """, file: "c.yml")
        reading.link()
        return reading
    }()

    private static let correlator = SigmaCorrelator(reading.correlations, rules: reading.rules)

    /// A start of the program: the casebook and detector over the databases of a folder.
    ///
    /// - Parameters:
    ///   - isBroken: the casebook can record nothing.
    ///   - trial: the rules that open no incidents yet.
    private static func start(
        _ folder: URL, isBroken: Bool = false, trial: Set<String> = []
    ) async throws -> (Casebook, StreamDetector) {
        func open(_ name: String) throws -> StateDatabase {
            try StateDatabase.open(
                path: folder.appending(path: name).path, rooms: [Casebook.migrations, DetectionTables.migrations])
        }
        let (cases, database) = (try open("cases.sqlite"), try open("state.sqlite"))
        if isBroken { try cases.close() }
        let time = TimeSource.fixed(.unixEpoch)
        let casebook = Casebook(database: cases, time: time)
        let detector = StreamDetector(
            [SigmaBlockMatcher(reading.rules, correlator: correlator)], casebook: casebook,
            correlations: SigmaCorrelations(correlator, database: database, time: time),
            isInTrial: { trial.contains($0) })
        return (casebook, detector)
    }

    private static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // What is left in the temporary folder hurts nobody.
        try await body(folder)
    }

    private static func block(
        _ minutes: some Sequence<Int>, event: Int = 4625, isTimed: Bool = true, receivedAt: Instant = .unixEpoch
    ) -> StreamedBlock {
        var batch = RecordBatch()
        for minute in minutes {
            batch.append("Channel", "Security")
            batch.append("EventID", kind: .number, "\(event)")
            if isTimed { batch.append("@timestamp", "2026-03-01T10:\(minute < 10 ? "0" : "")\(minute):00Z") }
            batch.append("Computer", "srv\(minute)")
            batch.append("TargetUserName", "ann")
            batch.append("IpAddress", "203.0.113.7")
            batch.endRecord()
        }
        return StreamedBlock(records: batch, receivedAt: receivedAt)
    }

    /// What a sensor that saw a block forwards, as the hub reads it.
    private static func forwarded(_ minutes: some Sequence<Int>) throws -> [SigmaHit] {
        let sensor = SigmaBlockMatcher(reading.rules, correlator: correlator)
        let findings = sensor.findings(in: block(minutes))
        #expect(findings.allSatisfy { !$0.isAlert })
        return try ForwardedHits(json: findings.flatMap(\.hits).map { try JSON(parsing: $0.json.description) }).hits
    }

    @Test func `a correlation outlives a restart and a block that comes twice`() async throws {
        try await Self.withFolder { folder in
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

    @Test func `hits of sensors and of here become one alert, though they come late, again and over restarts`()
        async throws
    {
        try await Self.withFolder { folder in
            let places = [try Self.forwarded([1, 4]), try Self.forwarded([0, 3])]
            let (_, first) = try await Self.start(folder)
            #expect(try await first.detect(Self.block([5])).newAlerts == 0)
            for hits in places + places { #expect(try await first.join(hits) == 0) }

            let (casebook, second) = try await Self.start(folder)
            #expect(try await second.join(Self.forwarded([2])) == 1)
            for hits in places { #expect(try await second.join(hits) == 0) }
            #expect(try await second.detect(Self.block(0...5)).newAlerts == 0)
            let alert = try #require(try await casebook.alerts().first)
            #expect(try await casebook.alerts().count == 1)
            #expect(alert.content.extendedProperties["Correlation Hits"] == "6")
            #expect(alert.content.evidence.count == 6)
        }
    }

    @Test func `an alert that could not be recorded is recorded later, once`() async throws {
        try await Self.withFolder { folder in
            let (_, first) = try await Self.start(folder, isBroken: true)
            await #expect(throws: (any Error).self) { try await first.join(Self.forwarded(0...5)) }
            // Other hits come before those that were not answered come again: the match stays what it was.
            let (casebook, second) = try await Self.start(folder)
            try await second.closeCorrelations(now: .unixEpoch)
            #expect(try await casebook.alerts().count == 1)
            #expect(try await second.join(Self.forwarded([6])) == 0)
            #expect(try await second.join(Self.forwarded(0...5)) == 0)
            #expect(try await casebook.alerts().map(\.content.endTime) == [Instant(iso8601: "2026-03-01T10:05:00Z")])
        }
    }

    @Test(arguments: [(trial: [String](), incidents: 1), (trial: ["many"], incidents: 0)])
    func `sensors' hits heed the trial of the correlation`(trial: [String], incidents: Int) async throws {
        try await Self.withFolder { folder in
            let (casebook, detector) = try await Self.start(folder, trial: Set(trial))
            #expect(try await detector.join(Self.forwarded(0...5)) == 1)
            #expect(try await casebook.incidents().incidents.count == incidents)
        }
    }

    @Test func `a correlation over a correlation outlives a restart`() async throws {
        try await Self.withFolder { folder in
            let (_, first) = try await Self.start(folder)
            #expect(try await first.detect(Self.block(0...5)).newAlerts == 1)
            let (casebook, second) = try await Self.start(folder)
            #expect(try await second.detect(Self.block([30], event: 4740)).newAlerts == 1)
            #expect(
                Set(try await casebook.alerts().map(\.content.displayName)) == [
                    "Many failed logons", "Many failed logons, then a lockout",
                ])
        }
    }

    @Test func `events without a time that read the same count whenever they come`() async throws {
        try await Self.withFolder { folder in
            var alerts = 0
            for second in 0..<6 {
                let (_, detector) = try await Self.start(folder)
                #expect(alerts == 0)
                let block = Self.block([0], isTimed: false, receivedAt: .unixEpoch + .seconds(Double(second)))
                for _ in 0..<2 { alerts += try await detector.detect(block).newAlerts }
            }
            #expect(alerts == 1)
        }
    }

    @Test func `rules whose hits no correlation joins are told`() async throws {
        try await Self.withFolder { folder in
            let (_, detector) = try await Self.start(folder)
            #expect(await detector.unjoined(["failed", "lockout", "other"]) == ["other"])
        }
    }
}
