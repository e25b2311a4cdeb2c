import Casebook
import Prioritization
import Testing
import Vocabulary

@Suite struct AssetReadingTests {
    @Test func `a CSV list is read with its quotation`() throws {
        let csv =
            "\u{FEFF}Kind, Names ,sensitivity,owner,tags,Cost centre\r\nhost,\"srv-dc01; srv-dc01.corp.example\",Critical,"
            + "\"Team \"\"A\"\", Bonn\",dc|tier0,\r\n\r\naccount,CORP\\alice,,,,4711\n"
        let reading = AssetReading(csv, file: "assets.csv")
        #expect(reading.faults.isEmpty)
        #expect(
            reading.assets == [
                Asset(
                    kind: .host, names: ["srv-dc01", "srv-dc01.corp.example"], tags: ["dc", "tier0"],
                    sensitivity: .critical, owner: "Team \"A\", Bonn"),
                Asset(kind: .account, names: ["CORP\\alice"], tags: ["Cost centre=4711"]),
            ])
    }

    @Test(arguments: [
        ("name,tags\nx,y", 1, 0), ("kind,name\nhost,a\ntoaster,x\nhost,b", 3, 2), ("kind,name\nhost,\"x", 2, 0),
        ("kind,name,sensitivity\nhost,x,huge\nhost,y,low", 2, 1), ("kind,name\n\"a\nb\",x\n", 2, 0),
        ("kind,name\nhost\nip,10.0.0.1", 2, 1),
    ])
    func `a bad CSV line is told with its number, and the rest is read`(csv: String, line: Int, read: Int) {
        let reading = AssetReading(csv, file: "assets.csv")
        #expect(reading.faults.map(\.line) == [line])
        #expect(reading.assets.count == read)
    }

    @Test func `a bad asset of a YAML list is told with its line, and the rest is read`() {
        let reading = AssetReading("assets:\n  - {kind: host, name: a}\n  - {kind: toaster, name: b}\n", file: "a.yaml")
        #expect(reading.assets.map(\.name) == ["a"])
        #expect(reading.faults.map(\.line) == [3])
    }

    private static let graph = """
        {"count": 5, "data": [
          {"id": "/subscriptions/S/resourceGroups/rg-pay/providers/Microsoft.Compute/virtualMachines/vm1", "name": "vm1",
           "type": "microsoft.compute/virtualmachines", "location": "westeurope", "tags": {"env": "prod", "solo": ""},
           "identity": {"type": "SystemAssigned", "principalId": "11111111-2222-4333-8444-555555555555"},
           "properties": {"vmId": "v", "osProfile": {"computerName": "VM1HOST"},
             "extended": {"instanceView": {"computerName": "vm1host.corp.example"}}}},
          {"id": "/subscriptions/S/resourceGroups/rg-pay", "name": "rg-pay", "tags": null,
           "type": "microsoft.resources/subscriptions/resourcegroups"},
          {"id": "/subscriptions/S/resourceGroups/rg-pay/providers/Microsoft.Sql/servers/db/databases/main", "name": "main",
           "type": "microsoft.sql/servers/databases"},
          {"name": "lost"},
          {"id": "/x", "type": "Microsoft.Authorization/roleAssignments", "properties": {
           "principalId": "AAAAAAAA-2222-4333-8444-555555555555", "principalType": "User", "scope": "/subscriptions/S",
           "roleDefinitionId": "/providers/Microsoft.Authorization/RoleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}},
          {"id": "/y", "type": "microsoft.authorization/roleassignments", "properties": {
           "principalId": "BBBBBBBB-2222-4333-8444-555555555555", "principalType": "User", "scope": "/subscriptions/S",
           "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"}}
        ]}
        """

    @Test func `a Resource Graph export gives machines, containers and administrators`() throws {
        let reading = AssetReading(Self.graph, file: "graph.json")
        #expect(reading.faults.count == 1)
        #expect(reading.faults.first?.message.contains("row 4") == true)
        let machine = try #require(reading.assets.first)
        #expect(machine.kind == .host)
        #expect(machine.names == ["vm1host.corp.example", "VM1HOST", "vm1"])
        #expect(machine.tags == ["env=prod", "solo", "vmId=v"])
        #expect(
            machine.links == [
                AssetLink(.within, .azureResource, "/subscriptions/S/resourceGroups/rg-pay"),
                AssetLink(.actsAs, .account, "11111111-2222-4333-8444-555555555555"),
            ])
        #expect(reading.assets[2].links.first?.name.hasSuffix("/servers/db") == true)
        let administrators = reading.assets.filter { $0.links.contains { $0.relation == .administers } }
        #expect(administrators.map(\.names) == [["AAAAAAAA-2222-4333-8444-555555555555"]])
    }

    @Test(arguments: [
        #"{"totalRecords": 1, "data": {"columns": [{"name": "id"}, {"name": "name"}], "rows": [["/subscriptions/s", "S"]]}}"#,
        #"[{"id": "/subscriptions/s", "name": "S"}]"#, #"[{"data": [{"id": "/subscriptions/s", "name": "S"}]}]"#,
    ])
    func `every form of a Resource Graph answer is read`(text: String) {
        #expect(AssetReading(text, file: "g.json").assets.map(\.resourceID) == ["/subscriptions/s"])
    }

    @Test func `what AWS's command line writes is read`() throws {
        let instances = """
            {"Reservations": [{"OwnerId": "123456789012", "Instances": [{"InstanceId": "i-0a", "PrivateIpAddress":
            "10.0.0.9", "PrivateDnsName": "ip-10-0-0-9.ec2.internal", "Placement": {"AvailabilityZone": "eu-west-1b"},
            "Tags": [{"Key": "Name", "Value": "pay-api"}, {"Key": "env", "Value": "prod"}],
            "IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/pay"}}]}]}
            """
        let machine = try #require(AssetReading(instances, file: "i.json").assets.first)
        #expect(machine.names == ["pay-api", "ip-10-0-0-9.ec2.internal", "i-0a"])
        #expect(machine.resourceID == "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a")
        #expect(machine.tags.contains("env=prod"))
        #expect(machine.links.map(\.relation) == [.within, .actsAs])
        let explorer = """
            {"Resources": [{"Arn": "arn:aws:rds:eu-west-1:123456789012:db:ledger", "OwningAccountId": "123456789012",
            "Region": "eu-west-1", "ResourceType": "rds:db", "Properties": [{"Name": "tags", "Data":
            [{"Key": "env", "Value": "prod"}]}]}, {"nothing": 1}]}
            """
        let reading = AssetReading(explorer, file: "r.json")
        #expect(reading.assets.map(\.name) == ["ledger"])
        #expect(reading.assets.first?.tags == ["env=prod"])
        #expect(reading.faults.count == 1)
        let users = """
            {"UserDetailList": [{"UserName": "ana", "Arn": "arn:aws:iam::123456789012:user/ana", "GroupList": ["ops"],
            "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess"}]}]}
            """
        let user = try #require(AssetReading(users, file: "u.json").assets.first)
        #expect(user.kind == .account)
        #expect(user.links.map(\.relation) == [.memberOf, .administers])
    }

    @Test(arguments: ["{", "[]", "{}", "{\"data\": 7}", "null", "[[[[]]]]", "{\"Reservations\": 5}", "assets: 7"])
    func `what is no inventory is told and read as none`(text: String) {
        let reading = AssetReading(text, file: "x.json", format: text.hasPrefix("a") ? .yaml : nil)
        #expect(reading.assets.isEmpty)
        #expect(text == "[]" || text == "[[[[]]]]" || !reading.faults.isEmpty)
    }
}
