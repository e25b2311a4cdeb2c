import Casebook
import Chronology
import Detection
import Logging
import StateStore
import Testing
import Vocabulary

@Suite struct FusionTests {
    private let database: StateDatabase
    private let casebook: Casebook

    init() throws {
        database = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        casebook = Casebook(database: database, time: .fixed(FusionEngineTests.start + .days(20)))
    }

    private func fusion(_ anomalies: [FusionSignal] = []) -> Fusion {
        Fusion(
            casebook: casebook, database: database, anomalies: { _ in anomalies },
            time: .fixed(FusionEngineTests.start + .days(20)), logger: Logger(label: "test"))
    }

    private func record(_ signals: [FusionSignal]) async throws {
        for signal in signals {
            var alert = NewAlert(
                displayName: signal.title, severity: signal.severity, startTime: signal.start, endTime: signal.end,
                generatedTime: signal.end)
            alert.id = signal.alertID
            alert.ruleID = signal.rule
            alert.productName = signal.product
            alert.tactics = signal.tactics
            alert.techniques = signal.techniques
            alert.entities = signal.subjects.filter(\.isStrong).compactMap { subject in
                switch subject.kind {
                case .account: Entity(kind: .account, identifiers: ["FullName": subject.name])
                case .host: Entity(kind: .host, identifiers: ["HostName": subject.name, "DnsDomain": "corp.example"])
                case .fileHash: Entity(kind: .fileHash, identifiers: ["Algorithm": "SHA256", "Value": subject.name])
                default: nil
                }
            }
            try await casebook.record(alert, grouping: .separate, by: .room("test"))
        }
    }

    private static let noise = Array(FusionEngineTests.noise.prefix(400))

    @Test func `an attack becomes one incident that takes its alerts over, and grows`() async throws {
        try await record(Self.noise + FusionEngineTests.attack.prefix(3))
        let outcome = try await fusion().processPending()
        #expect(outcome.raised == 1)
        let first = try #require(try await fused())
        #expect(first.severity == .high)
        #expect(first.title.hasPrefix("Multi-stage attack"))
        #expect(first.description.contains("likelier with an attack"))
        #expect(first.alertIDs.count == 4)
        // A fresh instance goes on from the cursor and knows the attack.
        try await record([FusionEngineTests.attack[3]])
        let later = try await fusion().processPending()
        #expect(later == Fusion.Outcome(raised: 0, extended: 1, duplicates: 0))
        let second = try #require(try await fused())
        #expect(second.id == first.id)
        #expect(second.alertIDs.count == 5)
        #expect(second.tactics.contains(.exfiltration))
        let merged = try await casebook.incidents(IncidentQuery(.status([.closed]), limit: 100)).incidents
        #expect(merged.count == 4)
        #expect(merged.allSatisfy { $0.mergedInto == first.id })
        #expect(try await fusion().processPending() == Fusion.Outcome())
    }

    private func fused() async throws -> Incident? {
        let found = try await casebook.incidents(IncidentQuery(.product("Fusion"), limit: 10)).incidents
        #expect(found.count <= 1)
        return found.first
    }

    @Test func `an incident on which somebody works keeps its alerts and is referred to`() async throws {
        try await record(Self.noise + FusionEngineTests.attack)
        let held = try #require(try await casebook.alert(AlertID("a2"))?.incidentID)
        var change = IncidentChange()
        change.status = .active
        try await casebook.update(held, change, by: JournalActor(kind: .user, id: "ann", name: "ann"))
        try await fusion().processPending()
        let incident = try #require(try await fused())
        #expect(!incident.alertIDs.contains(AlertID("a2")))
        #expect(try await casebook.comments(of: incident.id).count == 1)
        #expect(try await casebook.incident(held)?.status == .active)
    }

    @Test func `an incident that holds the attack already is extended, with the story as a comment`() async throws {
        try await record(Self.noise + FusionEngineTests.attack)
        let first = try #require(FusionEngineTests.attack.first?.alertID)
        let held = try #require(try await casebook.alert(first)?.incidentID)
        try await casebook.gather(FusionEngineTests.attack.compactMap(\.alertID), into: held, by: .room("test"))
        var change = IncidentChange()
        change.title = "What Ann is working on"
        change.status = .active
        try await casebook.update(held, change, by: JournalActor(kind: .user, id: "ann", name: "ann"))
        #expect(try await fusion().processPending().raised == 1)
        let incident = try #require(try await casebook.incident(held))
        #expect(incident.title == "What Ann is working on")
        #expect(incident.alertIDs.count == FusionEngineTests.attack.count + 1)
        let comments = try await casebook.comments(of: held)
        #expect(comments.count == 1 && comments.first?.message.contains("likelier with an attack") == true)
        let open = try await casebook.incidents(IncidentQuery(.product("Fusion"), limit: 10)).incidents
        #expect(open.map(\.id) == [held])
    }

    @Test func `the story in another's incident is one comment that is kept up to date`() async throws {
        try await record(Self.noise + FusionEngineTests.attack.prefix(3))
        let parts = FusionEngineTests.attack.prefix(3).compactMap(\.alertID)
        let held = try #require(try await casebook.alert(parts[0])?.incidentID)
        try await casebook.gather(parts, into: held, by: .room("test"))
        #expect(try await fusion().processPending().raised == 1)
        let first = try #require(try await casebook.comments(of: held).first)
        try await record([FusionEngineTests.attack[3]])
        #expect(try await fusion().processPending().extended == 1)
        let comments = try await casebook.comments(of: held)
        #expect(comments.map(\.id) == [first.id])
        #expect(comments.first?.message.contains("odd upload") == true)
        #expect(!first.message.contains("odd upload"))
    }

    @Test func `an attack that turns out to be usual is told as doubtful and sinks`() async throws {
        try await record(Self.noise + FusionEngineTests.attack)
        let fusion = fusion()
        #expect(try await fusion.processPending().raised == 1)
        let raised = try #require(try await fused())
        let alert = try #require(try await alert(in: raised))
        #expect(alert.content.confidence?.score ?? 0 > 0.99)
        // The same rules go on firing there, day by day.
        let since = (0..<120).map { number in
            let signal = FusionEngineTests.attack[number % 4]
            return FusionEngineTests.signal(
                "since-\(number)", rule: signal.rule, signal.tactics[0], hours: 330 + Double(number) * 1.3,
                accounts: ["user3"], hosts: ["ws3", "srv1"])
        }
        try await record(since)
        _ = try await fusion.processPending()
        let later = try #require(try await fused())
        #expect(later.id == raised.id)
        #expect(later.title.hasPrefix("Doubtful: "))
        #expect(later.severity < .high)
        let revised = try #require(try await self.alert(in: later))
        #expect(revised.content.confidence?.score ?? 1 < 0.99)
        #expect(revised.content.severity == .high)
    }

    private func alert(in incident: Incident) async throws -> Alert? {
        try await casebook.alerts(of: incident.id).first { $0.content.productName == "Fusion" }
    }

    @Test func `alerts of rules in trial are not fused`() async throws {
        try await record(Self.noise + FusionEngineTests.attack)
        let rules = Set(FusionEngineTests.attack.map(\.rule))
        let fusion = Fusion(
            casebook: casebook, database: database, time: .fixed(FusionEngineTests.start + .days(20)),
            isInTrial: { rules.contains($0) }, logger: Logger(label: "test"))
        #expect(try await fusion.processPending().raised == 0)
    }

    @Test func `an anomaly can be the missing piece`() async throws {
        try await record(Self.noise + [FusionEngineTests.attack[0], FusionEngineTests.attack[3]])
        let anomalies = FusionEngineTests.attack[1...2].map { signal in
            var anomaly = signal
            anomaly.origin = .anomaly(id: signal.title)
            return anomaly
        }
        #expect(try await fusion(anomalies).processPending().raised == 1)
        let incident = try #require(try await fused())
        #expect(incident.description.contains("odd logon"))
        #expect(incident.alertIDs.count == 3)
    }

    @Test func `the same finding of two products is one incident`() async throws {
        let hash = Entity(
            kind: .fileHash, identifiers: ["Algorithm": "SHA256", "Value": String(repeating: "a", count: 64)])
        func finding(_ id: String, _ product: String, minutes: Double) -> FusionSignal {
            var signal = FusionEngineTests.signal(
                id, rule: product, .execution, hours: minutes / 60, hosts: ["ws1"], product: product)
            signal.techniques = ["T1204"]
            signal.subjects += FusionSignal.subjects(of: [hash])
            return signal
        }
        try await record([
            finding("one", "Sensor", minutes: 0), finding("two", "Gateway", minutes: 4),
            finding("far", "Third", minutes: 90),
        ])
        #expect(try await fusion().processPending().duplicates == 1)
        let open = try await casebook.incidents(IncidentQuery(.not(.status([.closed])), limit: 10)).incidents
        #expect(open.map(\.alertIDs.count).sorted() == [1, 2])
    }
}
