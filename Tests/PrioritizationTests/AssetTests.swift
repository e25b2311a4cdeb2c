import Casebook
import Prioritization
import Testing
import Vocabulary

@Suite struct AssetTests {
    private static let yaml = """
        assets:
          - kind: host
            names: [srv-dc01.corp.example, 10.0.0.1]
            tags: [domain-controller]
            sensitivity: critical
            owner: identity team
          - {kind: account, name: 'CORP\\alice', tags: [vip]}
          - {kind: ip, name: 10.0.0.7, sensitivity: low}
        rules:
          - name: Databases
            match: {kind: host, name: "sql-*"}
            tags: [database]
            sensitivity: high
          - {match: {tag: VIP}, sensitivity: high, owner: assistants}
          - {match: {kind: account, name: "*-admin"}, sensitivity: critical}
          - {match: {tag: database}, tags: [backed-up]}
        """

    private func inventory() throws -> AssetInventory {
        try AssetInventory(yaml: AssetTests.yaml, file: "assets.yaml")
    }

    private static func host(_ name: String) -> Entity { Entity(kind: .host, identifiers: ["HostName": name]) }
    private static func account(_ name: String) -> Entity { Entity(kind: .account, identifiers: ["FullName": name]) }

    @Test(
        arguments: [
            (host("SRV-DC01"), Sensitivity.critical, ["domain-controller"], "identity team"),
            (host("srv-dc01.corp.example"), .critical, ["domain-controller"], "identity team"),
            (account("alice"), .high, ["vip"], "assistants"), (account("CORP\\Alice"), .high, ["vip"], "assistants"),
            (account("alice@corp.example"), .high, ["vip"], "assistants"),
            (host("SQL-07"), .high, ["database", "backed-up"], ""), (account("bob-admin"), .critical, [], ""),
            (Entity(kind: .ip, identifiers: ["Address": "10.0.0.7"]), .low, [], ""),
        ] as [(Entity, Sensitivity, [String], String)])
    func `an entity gets what assets and rules say`(
        entity: Entity, sensitivity: Sensitivity, tags: [String], owner: String
    ) throws {
        let profile = try #require(try inventory().profile(of: entity))
        #expect(profile.sensitivity == sensitivity)
        #expect(profile.tags == tags)
        #expect(profile.owner == owner)
    }

    @Test(arguments: [host("srv-dc01.lab.example"), host("ws1"), account("LAB\\alice"), account("srv-dc01")])
    func `others get nothing`(entity: Entity) throws {
        #expect(try inventory().profile(of: entity) == nil)
    }

    @Test(arguments: [
        ("assets:\n  - {name: x}", 2), ("assets:\n  - {kind: host}", 2), ("assets:\n  - {kind: toaster, name: x}", 2),
        ("assets:\n  - kind: host\n    name: x\n    sensitivity: huge", 4), ("assets: 7", 1), ("machines: []", 1),
        ("rules:\n  - {sensitivity: high}", 2), ("rules:\n  - {match: {}}", 2), ("assets: [", 2),
        ("assets:\n\t- x", 2),
    ])
    func `a bad file is refused with the line`(yaml: String, line: Int) {
        let fault = #expect(throws: ContentFault.self) { try AssetInventory(yaml: yaml, file: "assets.yaml") }
        #expect(fault?.line == line)
        #expect(fault?.description.hasPrefix("assets.yaml:\(line):") == true)
    }

    @Test func `an empty file is an empty inventory`() throws {
        #expect(try AssetInventory(yaml: "", file: "a").assets.isEmpty)
    }

    @Test(arguments: [
        ("*", "", true), ("a*c", "abc", true), ("a*c", "abcd", false), ("a?c", "abc", true), ("a?c", "ac", false),
        ("*-admin-*", "x-admin-admin-y", true), ("SQL-*", "sql-1", true), ("", "x", false),
        (String(repeating: "*a", count: 40) + "b", String(repeating: "a", count: 2000), false),
    ])
    func `patterns match names whole`(pattern: String, name: String, matches: Bool) {
        let inventory = AssetInventory(rules: [
            AssetRule(name: "r", conditions: [.name([pattern])], sensitivity: .low)
        ])
        let entity = Entity(kind: .cloudApplication, identifiers: ["Name": name, "AppId": "\u{0}"])
        let isKnown = inventory.profile(of: entity) != nil
        #expect(isKnown == (matches || (name.isEmpty && pattern == "*")))
    }
}
