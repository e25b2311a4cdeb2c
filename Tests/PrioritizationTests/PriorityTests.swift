import Casebook
import Chronology
import Prioritization
import StateStore
import Testing
import Vocabulary

@Suite struct PriorityTests {
    private static let noon = Instant(unixSeconds: 1_700_000_000)
    private let ada = JournalActor(kind: .user, id: "1", name: "Ada")

    private func alert(_ id: String, _ severity: Severity = .medium) -> NewAlert {
        var alert = NewAlert(
            displayName: "Alert \(id)", severity: severity, startTime: Self.noon, endTime: Self.noon,
            generatedTime: Self.noon)
        alert.id = AlertID(id)
        alert.ruleID = "rule"
        return alert
    }

    private func incidents(_ alerts: [NewAlert]) async throws -> (Casebook, StateDatabase, [Incident]) {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, PrioritizationTables.migrations])
        let casebook = Casebook(database: database, time: .fixed(Self.noon))
        for alert in alerts { try await casebook.record(alert, grouping: .separate, by: .room("Detection")) }
        let page = try await casebook.incidents(IncidentQuery(order: .by(.number, descending: false)))
        return (casebook, database, page.incidents)
    }

    private func points(_ priority: IncidentPriority, _ factor: String) -> Double? {
        priority.reasons.first { $0.factor == factor }?.points
    }

    @Test func `a surer finding, likely malice and matched indicators raise the score`() async throws {
        var sure = alert("sure")
        sure.confidence = AlertConfidence(level: .high, score: 0.95)
        sure.techniques = ["T1003.001", "T1078"]
        var doubtful = alert("doubtful")
        doubtful.confidence = AlertConfidence(level: .low)
        var indicator = alert("indicator")
        indicator.alertType = "ThreatIntelligence"
        let (casebook, _, incidents) = try await incidents([sure, doubtful, indicator])
        let findings = try await casebook.findings(of: incidents.map(\.id))
        let priorities = incidents.map { incident in
            ScoringModel.standard.priority(
                of: incident, assets: .empty, evidence: IncidentEvidence(findings: findings[incident.id] ?? []),
                now: Self.noon)
        }
        #expect(points(priorities[0], "confidence") == 5.4)
        #expect(points(priorities[0], "intent") == 6.4)
        #expect(points(priorities[1], "confidence") == -2.4)
        #expect(points(priorities[2], "indicators") == 5)
        #expect(points(priorities[2], "confidence") == nil)
    }

    @Test func `what was put together counts by how probable it is that it belongs together`() async throws {
        let alerts = [0.99999, 0.995, 0.5].map { probability in
            var fused = alert("fused \(probability)")
            fused.productName = "Fusion"
            fused.tactics = [.initialAccess, .persistence, .exfiltration]
            fused.confidence = AlertConfidence(level: .high, score: probability)
            return fused
        }
        let (casebook, _, incidents) = try await incidents(alerts)
        let findings = try await casebook.findings(of: incidents.map(\.id))
        let priorities = incidents.map { incident in
            ScoringModel.standard.priority(
                of: incident, assets: .empty, evidence: IncidentEvidence(findings: findings[incident.id] ?? []),
                now: Self.noon)
        }
        #expect(points(priorities[0], "product") == 20 && points(priorities[0], "spread") == 6)
        let doubtful = try #require(points(priorities[1], "product"))
        #expect(doubtful > 5 && doubtful < 10)
        #expect(points(priorities[1], "spread") ?? 0 > 3 && points(priorities[1], "spread") ?? 6 < 6)
        #expect(points(priorities[2], "product") == nil && points(priorities[2], "spread") == 3)
    }

    @Test func `what the entities can get at counts by its doublings`() async throws {
        var alert = alert("a")
        alert.entities = [Entity(kind: .account, identifiers: ["FullName": "root@corp.example"])]
        let (_, _, incidents) = try await incidents([alert])
        let assets = AssetInventory(
            assets: [
                Asset(
                    kind: .account, names: ["root@corp.example"], links: [AssetLink(.administers, .azureResource, "/s")]
                )
            ]
                + (0..<40).map {
                    Asset(kind: .host, names: ["h\($0)"], links: [AssetLink(.within, .azureResource, "/s")])
                })
        let priority = ScoringModel.standard.priority(of: incidents[0], assets: assets, now: Self.noon)
        #expect(points(priority, "reach") == 5)
    }

    @Test func `a score set by hand counts until its time is over, and is told`() async throws {
        let (casebook, database, incidents) = try await incidents([alert("a")])
        let overrides = PriorityOverrides(database, time: .fixed(Self.noon))
        let id = incidents[0].id
        try await overrides.set(
            95, of: id, reason: " the board\nasked ", until: Self.noon + .hours(1), by: ada)
        let prioritizer = Prioritizer(
            casebook: casebook, journal: database.journal, time: .fixed(Self.noon),
            evidence: { try await overrides.overrides(of: $0).mapValues { IncidentEvidence(override: $0) } })
        try await prioritizer.processPending()
        let scored = try #require(try await casebook.incident(id)?.priority)
        #expect(scored.score == 95)
        #expect(scored.reasons.first?.factor == "override")
        #expect(scored.reasons.first?.text == "Set to 95 by Ada until 2023-11-14T23:13:20Z: the board asked")
        let later = ScoringModel.standard.priority(
            of: incidents[0], assets: .empty,
            evidence: IncidentEvidence(override: try await overrides.overrides(of: [id])[id]),
            now: Self.noon + .hours(2))
        #expect(later.score == 19)
        #expect(try await overrides.remove(of: id, by: ada))
        #expect(try await !overrides.remove(of: id, by: ada))
        try await prioritizer.refresh(id)
        #expect(try await casebook.incident(id)?.priority?.score == 18)
        let kinds = try await database.journal.entries(subject: id.rawValue, limit: 20).map(\.kind)
        #expect(kinds.contains(.priorityOverridden))
        #expect(kinds.contains(.priorityReturned))
    }

    @Test(arguments: [(101, "x", 3_600.0, "score"), (5, " \n", 3_600, "reason"), (5, "x", -1, "until")])
    func `a bad override names its field`(score: Int, reason: String, seconds: Double, field: String) async throws {
        let (_, database, incidents) = try await incidents([alert("a")])
        let overrides = PriorityOverrides(database, time: .fixed(Self.noon))
        let fault = await #expect(throws: PrioritizationError.self) {
            try await overrides.set(
                score, of: incidents[0].id, reason: reason, until: Self.noon + .seconds(seconds), by: ada)
        }
        #expect(fault?.field == field)
    }

    @Test func `each model that scored is kept under a number`() async throws {
        let (_, database, _) = try await incidents([])
        let history = ModelHistory(database, time: .fixed(Self.noon))
        #expect(try await history.adopt(.standard, text: "", by: ada) == 1)
        let text = "version: ours\nseverity: {High: 40}"
        let ours = try ScoringModel(yaml: text, file: "priority.yaml")
        #expect(try await history.adopt(ours, text: text, by: ada) == 2)
        #expect(try await history.adopt(ours, text: text, by: ada) == 2)
        #expect(try await history.versions().map(\.name) == ["ours", "standard-4"])
    }

    @Test func `a simulation says how a model would move true and false positives`() async throws {
        let (casebook, _, open) = try await incidents([
            alert("a", .high), alert("b", .low), alert("c", .medium), alert("d", .informational),
        ])
        for (incident, verdict) in zip(open, [Classification.incorrectAlertLogic, .truePositive]) {
            var change = IncidentChange()
            change.status = .closed
            change.classification = verdict
            try await casebook.update(incident.id, change, by: ada)
        }
        let incidents = try await casebook.incidents(IncidentQuery(order: .by(.number, descending: false))).incidents
        var turned = ScoringModel.standard
        turned.severity = [.high: 2, .medium: 8, .low: 18, .informational: 30]
        let simulation = PrioritySimulation(incidents, old: .standard, new: turned, assets: .empty)
        #expect(simulation.old.auc == 0)
        #expect(simulation.new.auc == 1)
        #expect(simulation.agreement == -1)
        #expect(simulation.cases.first.map { abs($0.newRank - $0.oldRank) } == 3)
        #expect(simulation.new.meanTruePositivePlace == 1)
    }

    @Test func `rank figures are those of the textbook`() {
        #expect(RankStatistics.auc([3, 4], over: [1, 2, 3]) == 5.5 / 6)
        #expect(RankStatistics.auc([], over: [1]) == nil)
        #expect(RankStatistics.correlation([1, 2, 3, 4], [10, 20, 30, 40]) == 1)
        #expect(RankStatistics.correlation([1, 1], [1, 2]) == nil)
    }
}
