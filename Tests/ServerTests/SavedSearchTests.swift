import Foundation
import JSON
import Testing

/// Saved searches of Log Analytics, whose aliases are functions.
struct SavedSearchTests {
    private static let root =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/tocsin/providers/"
        + "Microsoft.OperationalInsights/workspaces/tocsin/savedSearches"

    private static func search(_ query: String, _ changes: [String: JSON] = [:]) -> JSON {
        var properties: JSONObject = ["category": "Hunting", "displayName": "Kept here", "query": .string(query)]
        for (name, value) in changes { properties[name] = value }
        return ["properties": .object(properties)]
    }

    @Test func `a function that a client saves can be called at once and after a restart, until it is deleted`()
        async throws
    {
        let data = try RunningTocsin.temporaryFolder()
        let function = Self.search(
            "Rows | where Size >= least | summarize count()",
            ["functionAlias": "LargeOnes", "functionParameters": "Rows: (Size: long), least: long = 10"])
        let call = "datatable(Size: long) [5, 10, 20] | invoke LargeOnes()"
        do {
            let server = try await RunningTocsin(data: data)
            let saved = try await server.put("\(Self.root)/large", function)
            #expect(saved.status == 200, "\(saved.json)")
            #expect(saved.json["type"] == "Microsoft.OperationalInsights/savedSearches")
            #expect(try await server.query(call).first?.first?.intValue == 2)
            await server.stop()
        }
        let server = try await RunningTocsin(data: data)
        #expect(try await server.query(call).first?.first?.intValue == 2)
        let listed = try await server.send("GET", Self.root, token: server.token).json["value"]?.arrayValue
        #expect(listed?.map { $0["name"] } == ["large"])
        #expect(try await server.send("DELETE", "\(Self.root)/large", token: server.token).status == 200)
        #expect(try await server.send("DELETE", "\(Self.root)/large", token: server.token).status == 204)
        #expect(try await server.query(call).count == 3, "rows go past a function that is not known, with a warning")
        await server.stop()
    }

    @Test func `what is no function is refused with its field, and nothing is changed`() async throws {
        let server = try await RunningTocsin(data: try RunningTocsin.temporaryFolder())
        #expect(
            try await server.put("\(Self.root)/one", Self.search("print 1", ["functionAlias": "One"])).status == 200)
        for (changes, target) in [
            (["functionAlias": "No name"], "functionAlias"), (["functionAlias": "One"], "functionAlias"),
            (["functionAlias": "F", "functionParameters": "a: nothing"], "functionParameters"),
            (["functionAlias": "F", "functionParameters": "a: long) { 1 }; let b = (c: long"], "functionParameters"),
            (["functionAlias": "F", "query": "print 1 }; print 2; let g = () { print 3"], "query"),
            (["functionAlias": "F", "query": "T | whre"], "query"), (["query": .null], "query"),
        ] as [([String: JSON], String)] {
            let refused = try await server.put("\(Self.root)/two", Self.search("print 1", changes))
            #expect([400, 409].contains(refused.status), "\(changes)")
            #expect(refused.json["error"]?["target"] == .string("properties.\(target)"), "\(refused.json)")
        }
        #expect(try await server.send("GET", "\(Self.root)/two", token: server.token).status == 404)
        let plain = try await server.put("\(Self.root)/two", Self.search("what is being written | whre"))
        #expect(plain.status == 200, "a search that is no function is kept as it is written")
        await server.stop()
    }
}
