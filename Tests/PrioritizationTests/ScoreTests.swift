import Casebook
import Chronology
import Prioritization
import StateStore
import Testing
import Vocabulary

@Suite struct ScoreTests {
    private static let noon = Instant(unixSeconds: 1_700_000_000)
    private let actor = JournalActor.room("Detection")

    private func alert(
        _ id: String, _ severity: Severity, _ tactics: [Tactic] = [], rule: String = "r", entities: [Entity] = []
    ) -> NewAlert {
        var alert = NewAlert(
            displayName: "A", severity: severity, startTime: ScoreTests.noon, endTime: ScoreTests.noon,
            generatedTime: ScoreTests.noon)
        alert.id = AlertID(id)
        alert.ruleID = rule
        alert.tactics = tactics
        alert.entities = entities
        return alert
    }

    private func casebook() throws -> (Casebook, StateDatabase) {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations])
        return (Casebook(database: database, time: .fixed(ScoreTests.noon)), database)
    }

    /// The incident that some alerts on one host make.
    private func incident(_ alerts: [NewAlert]) async throws -> Incident {
        let (casebook, _) = try casebook()
        for alert in alerts {
            try await casebook.record(
                alert, grouping: .rule(GroupingConfiguration(matchingMethod: .anyAlert)), by: actor)
        }
        return try #require(try await casebook.incidents().incidents.first)
    }

    private static let server = Entity(kind: .host, identifiers: ["HostName": "srv-dc01"])
    private static let inventory = AssetInventory(assets: [
        Asset(kind: .host, names: ["srv-dc01"], tags: ["dc"], sensitivity: .critical),
        Asset(kind: .host, names: ["srv-file"], sensitivity: .high),
    ])

    @Test(arguments: [
        (Severity.informational, [Tactic](), 2), (.low, [], 8), (.medium, [], 18), (.high, [], 30),
        (.low, [.discovery], 12), (.medium, [.credentialAccess], 28), (.high, [.exfiltration], 45),
        (.high, [.initialAccess, .exfiltration], 48),
        (
            .high,
            [.initialAccess, .execution, .persistence, .credentialAccess, .lateralMovement, .impact, .collection], 60
        ),
    ])
    func `severity, stage and spread add up`(severity: Severity, tactics: [Tactic], score: Int) async throws {
        let incident = try await incident([alert("a", severity, tactics)])
        #expect(ScoringModel.standard.priority(of: incident, assets: .empty, now: ScoreTests.noon).score == score)
    }

    @Test func `a sensitive asset raises the score and is named`() async throws {
        let file = Entity(kind: .host, identifiers: ["HostName": "srv-file"])
        let incident = try await incident([alert("a", .medium, entities: [ScoreTests.server, file])])
        let priority = ScoringModel.standard.priority(
            of: incident, assets: ScoreTests.inventory, now: ScoreTests.noon)
        #expect(
            priority.reasons == [
                .init(
                    factor: "sensitivity", points: 22,
                    text: "Touches srv-dc01, an asset of critical sensitivity (stated for srv-dc01)"),
                .init(factor: "severity", points: 18, text: "Medium severity"),
                .init(factor: "furtherSensitive", points: 2, text: "Touches 1 more sensitive asset: srv-file"),
            ])
        #expect(priority.score == 42)
    }

    @Test func `every reason is a sentence and the points make the score`() async throws {
        let alerts = (0..<20).map {
            alert("a\($0)", .high, [Tactic.allCases[$0 % 14]], rule: "r", entities: [ScoreTests.server])
        }
        let incident = try await incident(alerts)
        let priority = ScoringModel.standard.priority(
            of: incident, assets: ScoreTests.inventory, now: ScoreTests.noon + .hours(5))
        #expect(priority.score == 88)
        #expect(priority.reasons.map(\.factor) == ["severity", "sensitivity", "stage", "spread", "volume", "waiting"])
        #expect(priority.reasons.last?.text == "Nobody has taken it for 5 hours")
        #expect(priority.reasons[2].text == "The attack has reached impact")
        #expect(priority.reasons[3].text == "Spans 14 tactics, from reconnaissance to impact")
    }

    @Test func `weights come from a file, which names what it changes`() throws {
        let model = try ScoringModel(
            yaml: "version: ours\nseverity: {High: 50}\nstage: {lateral-movement: 1}\nspread: {each: 9, most: 10}",
            file: "w.yaml")
        #expect(model.version == "ours")
        #expect(model.severity[.high] == 50)
        #expect(model.severity[.low] == 8)
        #expect(model.stage[.lateralMovement] == 1)
        #expect(model.spread.most == 10)
        for (yaml, line) in [("severity: {Huge: 1}", 1), ("version: x\nweights: 1", 2), ("spread: {each: many}", 1)] {
            let fault = #expect(throws: ContentFault.self) { try ScoringModel(yaml: yaml, file: "w.yaml") }
            #expect(fault?.line == line)
        }
    }

    @Test func `the prioritizer scores what the journal tells, once`() async throws {
        let (casebook, database) = try casebook()
        let prioritizer = Prioritizer(
            casebook: casebook, journal: database.journal,
            basis: .init(assets: ScoreTests.inventory), time: .fixed(ScoreTests.noon))
        try await casebook.record(alert("a", .low), by: actor)
        try await casebook.record(alert("b", .medium, entities: [ScoreTests.server]), by: actor)
        #expect(try await prioritizer.processPending() == 2)
        #expect(try await prioritizer.processPending() == 0)
        let queue = try await casebook.incidents().incidents
        #expect(queue.map(\.priority?.score) == [40, 8])
        var change = IncidentChange()
        change.severity = .high
        try await casebook.update(queue[1].id, change, by: actor)
        #expect(try await prioritizer.processPending() == 1)
        #expect(try await casebook.incident(queue[1].id)?.priority?.score == 30)
        #expect(try await prioritizer.use(.init(assets: .empty)) == 1)
        #expect(try await prioritizer.refreshOpen() == 0)
    }

    @Test func `a running prioritizer scores as alerts come, until it is cancelled`() async throws {
        let (casebook, database) = try casebook()
        let prioritizer = Prioritizer(casebook: casebook, journal: database.journal, time: .fixed(ScoreTests.noon))
        let running = Task { try await prioritizer.run() }
        try await casebook.record(alert("a", .high), by: actor)
        let watcher = database.journal.reader("test")
        var kinds: Set<JournalKind> = []
        while !kinds.contains(.incidentScored) {
            let batch = try await watcher.nextBatch()
            kinds.formUnion(batch.map(\.kind))
            try await watcher.acknowledge(through: batch.last?.sequence ?? 0)
        }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(try await casebook.incidents().incidents.first?.priority?.score == 30)
    }
}
