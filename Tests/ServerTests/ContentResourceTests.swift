import Foundation
import JSON
import Testing

/// Rules and automation rules as resources of Azure's API.
struct ContentResourceTests {
    private static let root =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/tocsin/providers/"
        + "Microsoft.OperationalInsights/workspaces/tocsin/providers/Microsoft.SecurityInsights"

    private static func rule(_ query: String, _ changes: [String: JSON] = [:]) -> JSON {
        var properties: JSONObject = [
            "displayName": "Written here", "severity": "High", "enabled": true, "query": .string(query),
            "queryFrequency": "PT1H", "queryPeriod": "PT1H", "triggerOperator": "GreaterThan", "triggerThreshold": 0,
            "suppressionDuration": "PT1H", "suppressionEnabled": false,
            "incidentConfiguration": ["createIncident": true],
        ]
        for (name, value) in changes { properties[name] = value }
        return ["kind": "Scheduled", "properties": .object(properties)]
    }

    @Test func `a rule that a client writes runs at once, survives a restart, and goes when it is deleted`()
        async throws
    {
        let data = try RunningTocsin.temporaryFolder()
        let path = "\(Self.root)/alertRules/73E01A99-5CD7-4139-A149-9F2736FF2AB5"
        let query = "print Account = 'ann', Computer = 'h1'"
        do {
            let server = try await RunningTocsin(data: data)
            let made = try await server.put(path, Self.rule(query))
            #expect(made.status == 201, "\(made.json)")
            let etag = try #require(made.json["etag"]?.stringValue)
            let run = try await server.send(
                "POST", "\(path)/triggerRuleRun",
                body: #"{"properties": {"executionTimeUtc": "2026-03-01T12:00:00Z"}}"#, token: server.token)
            #expect(run.status == 202, "\(run.text)")
            let incidents = try await server.send("GET", "\(Self.root)/incidents", token: server.token).json
            #expect(incidents["value"]?[0]?["properties"]?["title"] == "Written here")
            var changed = Self.rule(query, ["displayName": "Renamed"]).objectValue ?? [:]
            changed["etag"] = .string(etag)
            #expect(try await server.put(path, .object(changed)).status == 200)
            #expect(try await server.put(path, .object(changed)).status == 409)
            await server.stop()
        }
        let server = try await RunningTocsin(data: data)
        let kept = try await server.send("GET", path.lowercased(), token: server.token).json
        #expect(kept["properties"]?["displayName"] == "Renamed")
        #expect(try await server.send("DELETE", path, token: server.token).status == 200)
        #expect(try await server.send("DELETE", path, token: server.token).status == 204)
        #expect(try await server.send("GET", path, token: server.token).status == 404)
        await server.stop()
    }

    @Test func `what cannot work is refused with its field, and nothing is changed`() async throws {
        let server = try await RunningTocsin(data: try RunningTocsin.temporaryFolder())
        let before = try await server.send("GET", "\(Self.root)/alertRules", token: server.token).json["value"]
        for (body, target) in [
            (Self.rule("SecurityEvent | whre x"), "properties.query"),
            (Self.rule("SecurityEvent", ["severity": "Awful"]), "properties.severity"),
            (Self.rule("SecurityEvent", ["queryPeriod": .null]), "properties.queryPeriod"),
        ] {
            let answer = try await server.put("\(Self.root)/alertRules/bad", body)
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["target"]?.stringValue == target, "\(answer.json)")
        }
        let order: JSON = [
            "properties": ["displayName": "x", "order": 2_000, "triggeringLogic": ["isEnabled": true], "actions": []]
        ]
        #expect(try await server.put("\(Self.root)/automationRules/bad", order).status == 400)
        let after = try await server.send("GET", "\(Self.root)/alertRules", token: server.token).json["value"]
        #expect(before == after && before?.arrayValue?.isEmpty == false)
        await server.stop()
    }

    @Test func `rules that ship are templates, and one that is deleted stays away`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let name: String
        do {
            let server = try await RunningTocsin(data: data)
            let templates = try await server.send(
                "GET", "\(Self.root)/alertRuleTemplates?$top=5", token: server.token
            ).json
            #expect(templates["value"]?.arrayValue?.count == 5 && templates["nextLink"]?.stringValue != nil)
            name = try #require(templates["value"]?[0]?["name"]?.stringValue)
            #expect(try await server.send("DELETE", "/api/alertRules/\(name)", token: server.token).status == 200)
            await server.stop()
        }
        let server = try await RunningTocsin(data: data)
        #expect(try await server.send("GET", "/api/alertRules/\(name)", token: server.token).status == 404)
        #expect(try await server.send("GET", "/api/alertRuleTemplates/\(name)", token: server.token).status == 200)
        await server.stop()
    }
}
