import Casebook
import Chronology
import Investigation
import JSON
import KQLValues
import Prioritization
import Testing
import Vocabulary

@testable import Portal

/// The pages of an entity and of an alert in which nothing is empty.
enum SampleEntityPages {
    static func all(_ casebook: Casebook) async throws -> [any Page] {
        let (frame, now) = (SamplePages.frame, SamplePages.now)
        let incident = try #require(try await casebook.incidents().incidents.first)
        let alert = try #require(try await casebook.alerts(of: incident.id).first)
        let known = try await casebook.entities(ofAlert: alert.id)
        let first = try #require(known.first)
        let page = EntityPage(try await file(first, casebook), frame: frame, canChange: true, now: now)
        return [page, AlertPage(sample(alert), entities: known, incident: incident, frame: frame, now: now)]
    }

    private static func sample(_ alert: Alert) -> Alert {
        var alert = alert
        alert.content.remediationSteps = ["Reset the password"]
        alert.content.customDetails = ["Tries": ["3"]]
        alert.content.evidence = [["EventID": 4625]]
        alert.content.ruleID = "rule"
        alert.content.description = "Many tries."
        return alert
    }

    private static func file(_ known: KnownEntity, _ casebook: Casebook) async throws -> EntityFile {
        let asset = Asset(
            kind: known.kind, names: [known.friendlyName], tags: ["vip"], sensitivity: .critical, owner: "Ada")
        let profile = AssetInventory(assets: [asset]).profile(at: 0)
        let insights = EntityInsights(files: [
            (
                "i.yaml",
                """
                id: 0d8ff6a1-0e15-4c0b-9c39-5d0f4c1f7d99
                name: Visits
                description: Who came.
                entityType: Host
                requires: [[HostName]]
                tables: [Visits]
                period: 7d
                query: Visits
                """
            )
        ])
        let table = Table(
            schema: TableSchema([ColumnSchema("Count", .long)]),
            rows: Array(repeating: [.long(1)], count: 30))
        let insight = try #require(insights.all.first)
        let now = SamplePages.now
        let answer = InsightAnswer(
            insight: insight, start: now - .days(1), end: now, table: table, chart: nil,
            problems: [QueryProblem(code: .semanticError, message: "no table")])
        let profileOfEntity = try #require(try await casebook.profile(of: known.id))
        let former = KnownEntity(id: EntityID("f"), entity: Entity(kind: known.kind, identifiers: ["Name": "old"]))
        var neighbourhood = try await casebook.expand(known.id, by: Set(EntityExpansion.allCases))
        neighbourhood.entities = [EntityNeighbourhood.Related(entity: former, sharedAlerts: 2)]
        return EntityFile(
            profile: EntityProfile(
                entity: known, firstSeen: profileOfEntity.firstSeen, lastSeen: profileOfEntity.lastSeen,
                former: [former]), asset: profile, assetID: AssetID(rawValue: "a"),
            neighbourhood: neighbourhood, period: .quarter,
            kept: try await casebook.timeline(
                of: known.id, over: TimeRange(start: .unixEpoch, end: now + .days(365))),
            logged: EntityOccurrences(), insights: [answer], mayReadEvents: true)
    }
}
