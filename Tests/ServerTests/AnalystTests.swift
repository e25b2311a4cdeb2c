import Foundation
import JSON
import TestSupport
import Testing

/// What an analyst does in the portal, in a browser without JavaScript.
struct AnalystTests {
    @Test func `from the queue to an entity's page, a bookmark of a row and a file`() async throws {
        let server = try await RunningTocsin(data: try RunningTocsin.temporaryFolder())
        let portal = try await PortalSession.signUp(server)
        _ = try await server.ingest(SampleEvents.lsassDump(host: "dc1.harbor.example", time: Self.now) + "\n")
        let incident = try await Self.incident(server)
        try await queue(portal, incident)
        try await entity(portal, server, incident)
        try await bookmark(portal, server, incident)
        try await file(portal, server, incident)
        await server.stop()
    }

    private static let now = Date.now.addingTimeInterval(-60).formatted(.iso8601)

    private static func incident(_ server: RunningTocsin) async throws -> JSON {
        var found: JSON?
        try await server.eventually("an incident opens") {
            found = try await server.get("/api/incidents")["value"]?[0]
            return found != nil
        }
        return try #require(found)
    }

    private func queue(_ portal: PortalSession, _ incident: JSON) async throws {
        for sort in ["priority", "due", "severity", "activity", "newest"] {
            let page = try await portal.page("/incidents?sort=\(sort)")
            #expect(page.status == 200 && page.text.contains("aria-sort="), "\(sort)")
            #expect(page.text.contains(incident["name"]?.stringValue ?? "–"), "\(sort)")
        }
        let page = try await portal.page("/incidents/\(incident["name"]?.stringValue ?? "")")
        #expect(page.text.contains("Service level") && page.text.contains("Acknowledge"))
    }

    private func entity(_ portal: PortalSession, _ server: RunningTocsin, _ incident: JSON) async throws {
        let page = try await portal.page("/incidents/\(incident["name"]?.stringValue ?? "")")
        let paths = page.text.matches(of: /href="(\/entities\/[^"]+)"/).map { String($0.output.1) }
        var pages: [String] = []
        for path in Set(paths) {
            let page = try await portal.page(path + "?days=30")
            #expect(page.status == 200, "\(path)")
            #expect(page.text.contains(#"<svg class="graph""#) && page.text.contains("First seen"))
            pages.append(page.text)
        }
        #expect(
            pages.contains { $0.contains("<h1>dc1</h1>") && $0.contains("strong") && $0.contains("Rare processes") })
        let alert = try #require(pages.first?.firstMatch(of: /href="(\/alerts\/[^"]+)"/)).output.1
        #expect(try await portal.page(String(alert)).text.contains("Matching rows"))
        #expect(try await portal.page("/search?text=dc1").text.contains("/entities/"))
        #expect(try await portal.page("/entities/none").status == 404)
    }

    private func bookmark(_ portal: PortalSession, _ server: RunningTocsin, _ incident: JSON) async throws {
        let query = "print TimeGenerated = now(), Computer = 'ws-7.harbor.example', TargetUserName = 'eva'"
        let page = try await portal.page("/logs?query=\(Self.encoded(query))")
        let value = try #require(page.text.firstMatch(of: /name="row\.0" value="([^"]+)"/)).output.1
        let row = String(value).replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
        let number = incident["properties"]?["incidentNumber"]?.intValue ?? 0
        _ = try await portal.post(
            "/logs/bookmarks", from: "/logs?query=\(Self.encoded(query))",
            [
                "query": Self.encoded(query), "row.0": Self.encoded(row), "name": "Odd", "incident": "\(number)",
                "notes": "look", "timespan": "P1D",
            ])
        let kept = try #require(try await server.get("/api/bookmarks")["value"]?[0]?["properties"])
        #expect(kept["displayName"]?.stringValue == "Odd" && kept["query"]?.stringValue == query)
        #expect(kept["queryResult"]?.stringValue?.contains("ws-7.harbor.example") == true)
        #expect(kept["entityMappings"]?.arrayValue?.count == 2, "\(kept)")
        #expect(kept["incidentInfo"]?["title"] != nil)
    }

    private func file(_ portal: PortalSession, _ server: RunningTocsin, _ incident: JSON) async throws {
        let path = "/incidents/\(incident["name"]?.stringValue ?? "")"
        let html = try await portal.page(path).text
        let token = try #require(html.firstMatch(of: /name="csrf" value="([^"]+)"/)).output.1
        for (name, kept) in [
            ("../../etc/pass;wd \\\"x\\\".txt", #"pass;wd "x".txt"#), ("C:\\temp\\mail.eml", "mail.eml"),
        ] {
            let body =
                "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\(token)\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
                + "Content-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--b--\r\n"
            _ = try await server.send(
                "POST", "\(path)/attachments", body: body, type: "multipart/form-data; boundary=b", token: nil,
                headers: ["Cookie": portal.cookie])
            let files = try await server.get("/api\(path)/attachments")["value"]?.arrayValue ?? []
            #expect(files.contains { $0["name"]?.stringValue == kept }, "\(files)")
        }
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    @Test func `accounts and posture findings that are imported stand in their tables`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        _ = try await server.send(
            "POST", "/api/assets/import?file=people.csv",
            body: "kind,name,tags,sensitivity\naccount,ann@harbor.example,vip,critical\naccount,svc-backup,service,\n",
            type: "application/octet-stream", token: server.token)
        try await server.eventually("the accounts are in IdentityInfo") {
            try await server.query("IdentityInfo | where AccountName in ('ann', 'svc-backup')").count >= 2
        }
        let rows = try await server.query(
            "IdentityInfo | where AccountName in ('ann', 'svc-backup') | summarize arg_max(TimeGenerated, *) by AccountName | order by AccountName asc "
                + "| project AccountName, AccountUPN, Tags, CriticalityLevel, IsServiceAccount")
        #expect(rows.first == ["ann", "ann@harbor.example", "vip", 0, false], "\(rows)")
        #expect(rows.last?.last == true, "\(rows)")
        for (source, table) in [
            ("assessment", "SecurityRecommendation"), ("sub-assessment", "SecurityNestedRecommendation"),
            ("secure-score", "SecureScores"), ("secure-score-control", "SecureScoreControls"),
        ] {
            _ = try await server.ingest(try Self.sample(source), "")
            #expect(try await server.query(table).count == 1, "\(table)")
        }
        let scope = "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Security"
        for (path, name) in [
            ("assessments", "1c5de8e1"), ("subAssessments", "CVE-2026-0001"), ("secureScores", "ascScore"),
            ("secureScoreControls", "4c3b2a19-aaaa-4bbb-8ccc-dddddddddddd"),
            ("assessments/71992a2a/subAssessments", "CVE-2026-0001"),
        ] {
            let found = try await server.get("\(scope)/\(path)")["value"]?[0]
            #expect(found?["name"]?.stringValue == name, "\(path): \(String(describing: found))")
        }
        await server.stop()
    }

    private static func sample(_ source: String) throws -> String {
        let folder = SharedFolder.checkout.appending(
            path: "content/sources/defender-cloud-\(source)/samples")
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
        return try String(contentsOf: folder.appending(path: file), encoding: .utf8) + "\n"
    }

    @Test func `a watchlist goes in and out by the command line`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        let text = "UPN,Note\nann@harbor.example,\"a, b \"\"c\"\"\"\nbob@harbor.example,plain\n"
        func watchlist(_ arguments: String..., input: String = "") async throws -> Command {
            try await Command.run(["watchlist"] + arguments + ["--data", data.path], input: input)
        }
        let imported = try await watchlist("import", "People", "-", "--search-key", "UPN", input: text)
        #expect(imported.status == 0 && imported.output.contains("2 added"), "\(imported.errors)")
        #expect(try await watchlist("export", "People").output == text)
        let again = try await watchlist(
            "import", "People", "-", "--replace", input: "UPN,Note\nx@harbor.example,\n,y\n")
        #expect(again.status == 1 && again.output.contains("-:3:") && again.output.contains("1 left out"))
        let deleted = try await watchlist("delete", "Nobody")
        #expect(deleted.status != 0 && deleted.errors.contains("no watchlist 'Nobody'"), "\(deleted.errors)")
        await server.stop()
    }
}
