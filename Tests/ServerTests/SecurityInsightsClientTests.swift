import Foundation
import JSON
import TestSupport
import Testing

/// Microsoft's own clients for Sentinel, unmodified, in three versions, over TLS with an authority of one's own.
struct SecurityInsightsClientTests {
    static let versions = ["1.0.0", "2.0.0b2", "2.0.0b4"]

    private static func package(_ version: String) -> String {
        ClientEnvironment.folder.appending(path: "securityinsight/\(version)").path
    }

    static let areThere = versions.allSatisfy { FileManager.default.fileExists(atPath: package($0)) }

    @Test(
        .enabled(if: areThere && ClientEnvironment.isThere("msrest"), "scripts/bootstrap --test installs the clients"))
    func `every version drives incidents and what hangs on them`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        try await Self.observe(data)
        let (server, certificate, principal) = try await SecureTocsin.start(
            data,
            scopes: ["readIncidents", "changeIncidents", "runPlaybooks", "readContent", "changeContent", "readEvents"])
        for version in Self.versions {
            let run = try await Command.run(
                ClientEnvironment.python,
                [
                    ClientEnvironment.script("securityinsight_clients.py"), server.address, certificate, principal.id,
                    principal.secret,
                ], environment: ["PYTHONPATH": Self.package(version)])
            try #require(run.status == 0, "\(version): \(run.errors)")
            try Self.check(try JSON(parsing: run.output), version)
        }
        await server.stop()
    }

    /// Lets an alert with an account and a host come into being.
    private static func observe(_ data: URL) async throws {
        let server = try await RunningTocsin(data: data)
        _ = try await server.ingest(SampleEvents.lsassDump(host: "ws-07.harbor.example"))
        try await server.eventually("an incident names the host") {
            try await server.get("/api/entities")["value"]?.arrayValue?.contains { $0["kind"] == "Host" } == true
        }
        await server.stop()
    }

    private static func check(_ results: JSON, _ version: String) throws {
        func expect(_ name: String, _ value: JSON) {
            #expect(results[name] == value, "\(version): \(name) is \(results[name]?.description ?? "missing")")
        }
        expect("version", .string(version))
        expect("update", ["seen", "vip", "ada@example.org"])
        expect("conflict", [409, "Conflict"])
        expect("missing", [404, "NotFound"])
        expect("refused", [400, "BadRequest"])
        expect("closed", ["Closed", "FalsePositive", "InaccurateData"])
        let count = try #require(versions.firstIndex(of: version)) + 1
        // Four incidents of each version are left, and five of this one while it lists.
        let listed = Int64(4 * count + 1)
        expect("paged", [.int(listed), .int(listed)])
        expect("ordered", true)
        for name in ["status", "label", "owner"] { expect("filter_\(name)", .int(Int64(count))) }
        expect("filter_time", .int(listed - Int64(count)))
        expect("filter_in", .int(Int64(2 * count)))
        expect("filter_fault", [400, "BadRequest"])
        expect("deleted", [404, "NotFound"])
        expect("comment", ["first", true])
        expect("comment_changed", "second")
        expect("comments", ["other", "second"])
        expect("comments_left", ["other"])
        expect("relation", ["kept", true, "Bookmark"])
        expect("relations", ["kept"])
        expect("of_incident", [true])
        expect("relations_left", 0)
        expect("relation_refused", [400, "BadRequest"])
        expect("bookmarks_left", 0)
        expect("onboarded", ["default"])
        expect("onboarding", false)
        expect("operations", true)
        expect("connector_missing", [404, "NotFound"])
        try checkContent(results, version)
        guard version != "1.0.0" else { return }
        expect("task", ["Call", "Completed", true])
        expect("tasks_left", false)
        expect("of_bookmark", ["kept"])
        checkEntities(expect)
        if version == "2.0.0b2" {
            expect("team", ["Night shift", "on call", true])
            expect("team_refused", [409, "Conflict"])
        }
        expect("playbook", [404, "NotFound"])
        guard version == "2.0.0b4" else { return }
        expect("hunt", ["Hunt", 1, ["found"]])
        expect("hunts_left", 0)
    }

    private static func checkEntities(_ expect: (String, JSON) -> Void) {
        for name in [
            "entities_listed", "edges", "alert_expanded", "timeline_total", "entity_relations", "entity_relation",
            "insight_columns",
        ] { expect(name, true) }
        expect("entity", ["HostEntity", "ws-07"])
        expect("entity_missing", [404, "NotFound"])
        expect("alert_as_entity", "SecurityAlert")
        expect("bookmark_as_entity", "HuntingBookmark")
        expect("expanded", ["Account", "Incident", "SecurityAlert"])
        expect("expansion_refused", [400, "BadRequest"])
        expect("bookmark_expanded", ["Host"])
        expect("timeline", ["BookmarkTimelineItem", "SecurityAlertTimelineItem"])
        expect("timeline_filtered", ["Dump"])
        expect("questions", [true, true])
        expect("insights", [true, []])
        expect("insight", [true, true])
        expect("insight_refused", [400, "BadRequest"])
    }

    /// Rules, their actions, automation rules and indicators.
    private static func checkContent(_ results: JSON, _ version: String) throws {
        func expect(_ name: String, _ value: JSON) {
            #expect(results[name] == value, "\(version): \(name) is \(results[name]?.description ?? "missing")")
        }
        expect("rule", [true, "Scheduled", "High", 3, 7_200])
        expect("rule_parts", [["Address": "IpAddress"], ["Address"], "Selected"])
        expect("rule_listed", true)
        expect("rule_changed", "Renamed")
        expect("rule_conflict", [409, "Conflict"])
        expect("rule_refused", [400, "BadRequest"])
        expect("rule_product", ["MicrosoftSecurityIncidentCreation", true])
        expect("rule_fusion", ["Fusion", true])
        if version != "1.0.0" { expect("rule_near", ["NRT", true]) }
        expect("action", [true, true])
        expect("actions", [true])
        expect("action_gone", [404, "NotFound"])
        expect("rule_gone", [404, "NotFound"])
        expect("templates", [true, "Available"])
        expect("automation", ["Raise", "High", true])
        expect("automation_changed", 7)
        expect("automation_refused", [400, "BadRequest"])
        expect("automation_listed", true)
        expect("automation_gone", [404, "NotFound"])
        expect("indicator", ["Address 1", "ipv4-addr"])
        expect("indicator_tags", ["clients", "more"])
        expect("indicators_found", [20, 30, 40])
        expect("indicators_listed", true)
        expect("indicator_metrics", true)
        expect("indicator_gone", [404, "NotFound"])
    }
}
