import Chronology
import DataCollection
import JSON
import KQLValues
import StateStore
import Testing

struct DataCollectionRuleTests {
    static let surroundings = RuleSurroundings(
        workspace: "tocsin",
        columns: { $0 == "SecurityEvent" ? TableSchema([ColumnSchema("TimeGenerated", .datetime)]) : nil },
        transformationFault: { query, input, _ in
            query.contains("broken") ? "1:1: broken" : input.columns.isEmpty ? "no columns" : nil
        })

    static func properties(_ changes: JSONObject = [:], flow: JSONObject = [:]) -> JSON {
        let declared: JSON = [
            "Custom-App": [
                "columns": [["name": "TimeGenerated", "type": "datetime"], ["name": "Text", "type": "string"]]
            ]
        ]
        let usual: JSONObject = [
            "streams": ["Custom-App"], "destinations": ["ws"], "transformKql": "source",
            "outputStream": "Custom-App_CL",
        ]
        let members: JSONObject = [
            "streamDeclarations": declared, "destinations": ["logAnalytics": [["name": "ws"]]],
            "dataFlows": [.object(usual.merging(flow) { $1 })],
        ]
        return .object(members.merging(changes) { $1 })
    }

    @Test func `a rule tells which table takes a stream, in any letter case`() throws {
        let rule = try DataCollectionRule(properties: Self.properties(), Self.surroundings)
        let flows = rule.flows(of: "custom-app")
        #expect(flows.map { $0.table(of: "Custom-App") } == ["App_CL"])
        #expect(flows.first?.input(of: "Custom-App").columns.map(\.name) == ["TimeGenerated", "Text"])
        #expect(flows.first?.query(of: "Custom-App") == "source")
        #expect(rule.flows(of: "Custom-Other").isEmpty)
    }

    @Test func `records of a built-in stream are rows already unless they are transformed`() throws {
        let plain = try DataCollectionRule(
            properties: Self.properties(flow: [
                "streams": ["Microsoft-SecurityEvent"], "outputStream": nil, "transformKql": nil,
            ]), Self.surroundings)
        #expect(plain.flows(of: "Microsoft-SecurityEvent").first?.query(of: "Microsoft-SecurityEvent") == nil)
        #expect(plain.flows[0].table(of: "Microsoft-SecurityEvent") == "SecurityEvent")
    }

    @Test(arguments: [
        (Self.properties(["dataFlows": []]), "properties.dataFlows"),
        (Self.properties(["destinations": [:]]), "properties.destinations.logAnalytics"),
        (Self.properties(["destinations": ["eventHubs": [["name": "e"]]]]), "properties.destinations.eventHubs"),
        (Self.properties(flow: ["destinations": ["nowhere"]]), "properties.dataFlows[0].destinations"),
        (Self.properties(flow: ["streams": ["Custom-Unknown"]]), "properties.dataFlows[0].streams"),
        (Self.properties(flow: ["streams": ["Microsoft-Nothing"]]), "properties.dataFlows[0].streams"),
        (Self.properties(flow: ["outputStream": "Custom-App"]), "properties.dataFlows[0].outputStream"),
        (Self.properties(flow: ["outputStream": "Microsoft-Nothing"]), "properties.dataFlows[0].outputStream"),
        (Self.properties(flow: ["transformKql": "broken"]), "properties.dataFlows[0].transformKql"),
        (Self.properties(["streamDeclarations": ["App": ["columns": []]]]), "properties.streamDeclarations.App"),
        (
            Self.properties(["streamDeclarations": ["Custom-App": ["columns": [["name": "a", "type": "blob"]]]]]),
            "properties.streamDeclarations.Custom-App.columns[0].type"
        ),
        (JSON.string("no object"), "properties"),
    ])
    func `a faulty rule is refused with the path of the member at fault`(properties: JSON, target: String) {
        let fault = #expect(throws: DataCollectionFault.self) {
            try DataCollectionRule(properties: properties, Self.surroundings)
        }
        #expect(fault?.code == .invalid)
        #expect(fault?.target == target)
    }
}

struct DataCollectionRegistryTests {
    private static let actor = JournalActor.room("Test")

    private func database() throws -> StateDatabase {
        try StateDatabase.inMemory(rooms: [DataCollectionTables.migrations])
    }

    private func body(_ text: String = "Custom-App_CL") -> JSON {
        ["location": "here", "properties": DataCollectionRuleTests.properties(flow: ["outputStream": .string(text)])]
    }

    @Test func `a rule keeps its immutable id when it is replaced, and senders see the new one at once`() async throws {
        let database = try database()
        let registry = DataCollectionRegistry(database: database, surroundings: DataCollectionRuleTests.surroundings)
        let (made, wasThere) = try await registry.save(.rule, "app", body(), by: Self.actor)
        #expect(!wasThere && made.immutableID.hasPrefix("dcr-") && made.immutableID.count == 36)
        let first = try #require(try await registry.rule(immutableID: made.immutableID.uppercased()))
        #expect(first.rule.flows(of: "Custom-App").first?.table(of: "Custom-App") == "App_CL")
        let (changed, isKnown) = try await registry.save(.rule, "APP", body("Custom-Other_CL"), by: Self.actor)
        #expect(isKnown && changed.immutableID == made.immutableID && changed.version == 2)
        let second = try #require(try await registry.rule(immutableID: made.immutableID))
        #expect(second.rule.flows(of: "Custom-App").first?.table(of: "Custom-App") == "Other_CL")
        let kinds = try await database.journal.entries(after: 0).map(\.kind)
        #expect(kinds == [.dataCollectionRuleSaved, .dataCollectionRuleSaved])
    }

    @Test func `a change of an old version is refused, and a deleted rule takes nothing`() async throws {
        let registry = DataCollectionRegistry(
            database: try database(), surroundings: DataCollectionRuleTests.surroundings)
        let (made, _) = try await registry.save(.rule, "app", body(), by: Self.actor)
        _ = try await registry.save(.rule, "app", body(), expecting: 1, by: Self.actor)
        let fault = await #expect(throws: DataCollectionFault.self) {
            try await registry.save(.rule, "app", body(), expecting: 1, by: Self.actor)
        }
        #expect(fault?.code == .conflict)
        #expect(try await registry.delete(.rule, "app", by: Self.actor))
        #expect(try await registry.delete(.rule, "app", by: Self.actor) == false)
        #expect(try await registry.rule(immutableID: made.immutableID) == nil)
    }

    @Test func `channels count on after a restart and never confirm what was not given out`() async throws {
        let database = try database()
        let channels = AcknowledgementChannels(database: database)
        #expect(try await channels.given(in: "c", of: "s") == 0)
        for expected in 0..<3 { #expect(try await channels.next(in: "c", of: "s") == Int64(expected)) }
        #expect(try await channels.given(in: "c", of: "s") == 3)
        #expect(try await channels.given(in: "c", of: "other") == 0)
        let again = AcknowledgementChannels(database: database)
        #expect(try await again.given(in: "c", of: "s") >= 3)
        #expect(try await again.next(in: "c", of: "s") >= 3)
    }

    @Test func `keys are made once, kept sealed, and renewed one at a time`() async throws {
        let database = try database()
        let keys = SharedKeys(database: database, secrets: try SecretBox(key: Array(repeating: 7, count: 32)))
        #expect(try await keys.existing().isEmpty)
        let first = try await keys.keys(by: Self.actor)
        #expect(first.count == 2 && first[.primary] != first[.secondary])
        #expect(try await keys.keys(by: Self.actor) == first)
        try await keys.renew(.primary, by: Self.actor)
        let second = try await keys.existing()
        #expect(second[.primary] != first[.primary] && second[.secondary] == first[.secondary])
    }
}
