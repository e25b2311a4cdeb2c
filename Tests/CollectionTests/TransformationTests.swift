import Chronology
import Collection
import EventStore
import Foundation
import KQLValues
import Testing

struct TransformationTests {
    private static let flows = TableDefinition(
        name: "Flows_CL",
        schema: TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Rule", .string), ColumnSchema("SourceIP", .string),
            ColumnSchema("Port", .int), ColumnSchema("Allowed", .bool), ColumnSchema("Detail", .dynamic),
            ColumnSchema("Type", .string), ColumnSchema("_AdditionalFields", .dynamic),
        ]), rest: "_AdditionalFields")

    private static func open(_ text: String) throws -> CollectionOptions {
        let transformation = try Transformation(
            text, over: .open(declared: TableSchema([]), otherwise: .dynamic), into: flows)
        return CollectionOptions(origin: "test", transformation: transformation)
    }

    @Test func `a record with a list of flows becomes a row per flow`() throws {
        let options = try Self.open(
            """
            source
            | mv-expand flow = properties.flows to typeof(dynamic)
            | mv-expand tuple = flow.tuples to typeof(string)
            | extend part = split(tuple, ",")
            | project TimeGenerated = unixtime_seconds_todatetime(tolong(part[0])), Rule = tostring(flow.rule),
                SourceIP = part[1], Port = part[2], Allowed = part[3] == "A", Detail = properties.more
            """)
        let chunks = collect(
            """
            {"time":"x","properties":{"flows":[{"rule":"r1","tuples":["1700000000,192.0.2.1,443,A","1700000001,192.0.2.2,x,D"]},\
            {"rule":"r2","tuples":["1700000002,192.0.2.3,22,A"]}],"more":{"a":[1],"b":null},"other":1}}
            {"properties":{"flows":[{"rule":"r3","tuples":["1700000003,192.0.2.4,53,A"]}]}}
            """, options)
        let rows = chunks.rows("Flows_CL")
        #expect(rows.map { $0["Rule"] } == ["r1", "r1", "r2", "r3"])
        #expect(rows.map { $0["SourceIP"] } == ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"])
        #expect(rows.map { $0["Port"] } == ["443", nil, "22", "53"])
        #expect(rows[0]["TimeGenerated"] == "2023-11-14T22:13:20.0000000Z")
        #expect(rows[1]["Allowed"] == "false")
        #expect(rows[0]["Detail"] == #"{"a":[1]}"#)
        #expect(rows[0]["Type"] == "Flows_CL")
        #expect(chunks.deadLetters.map(\.raw) == ["x"])
        #expect(chunks[0].rows.map { $0?.row } == [0, 3])
    }

    @Test func `fields that are not read land in the rest, and a row without a time has that of receipt`() throws {
        let options = try Self.open("source | where ok == true | project Rule = a.b, Port = n")
        let rows = collect(
            #"{"ok":true,"a":{"b":"x","c":"y"},"n":"7","d":{"e":[1,2]}}"# + "\n" + #"{"ok":false,"a":{"b":"z"}}"#,
            options
        ).rows("Flows_CL")
        #expect(rows.count == 1)
        #expect(rows[0]["Rule"] == "x")
        #expect(rows[0]["Port"] == "7")
        #expect(rows[0]["_AdditionalFields"] == #"{"a":{"c":"y"},"d":{"e":[1,2]}}"#)
        #expect(rows[0]["TimeGenerated"] == Shipped.now.description)
    }

    @Test(arguments: [
        "source | extend a = strcat(x.y, '-', x['z w']), x2 = x | project Rule = a, Detail = x2",
        "source | project x, k = 1 | project Rule = strcat(x.y, '-', x['z w']), Detail = x",
        "source | extend x = x | extend Rule = strcat(x.y, '-', x['z w']) | project-rename Detail = x | project-keep Rule, Detail",
        "let f = (v: dynamic) { strcat(v.y, '-', v['z w']) }; source | extend Rule = f(x), Detail = x",
    ])
    func `a path is read alike, as a field and inside of an object`(_ text: String) throws {
        let rows = collect(#"{"x":{"y":"1","z w":"2"}}"#, try Self.open(text)).rows("Flows_CL")
        #expect(rows.map { $0["Rule"] } == ["1-2"])
        #expect(rows.first?["Detail"]?.hasPrefix(#"{"y":"1""#) == true)
    }

    @Test(arguments: [
        ("source | project Rule = foo(a)", "1:25:"),
        ("source\n| project foo(a)", "2:11:"),
        ("source | summarize count() by a", "1:10: this operator looks at several records"),
        ("T | where a == 1", "1:1: a transformation starts with 'source'"),
        ("source | project Rule = a", "no column TimeGenerated"),
        ("source | project TimeGenerated = t, Rule = b", "Rule is long, but that of Flows_CL is string"),
        ("source | project TimeGenerated = t, Rule = c", "'c'"),
        ("", "1:1:"),
    ])
    func `a faulty transformation of a data collection rule is refused with its place`(
        _ text: String, _ message: String
    ) throws {
        let stream = TableSchema([
            ColumnSchema("t", .datetime), ColumnSchema("a", .string), ColumnSchema("b", .long),
        ])
        let fault = #expect(throws: TransformationFault.self) {
            _ = try Transformation(text, over: .declared(stream), into: Self.flows)
        }
        #expect(fault?.description.contains(message) == true, "\(fault?.description ?? "")")
    }

    @Test func `a data collection rule filters and converts`() throws {
        let stream = TableSchema([
            ColumnSchema("t", .datetime), ColumnSchema("a", .string), ColumnSchema("b", .int),
            ColumnSchema("d", .dynamic),
        ])
        let transformation = try Transformation(
            "source | where b > 1 | extend TimeGenerated = t, Rule = toupper(a), Port = b, Detail = d.x",
            over: .declared(stream),
            into: Self.flows)
        let chunks = collect(
            #"[{"t":"2026-01-02T03:04:05Z","a":"x","b":2,"d":{"x":{"y":1}}},{"a":"y","b":1},{"t":"no","a":"z","b":3}]"#,
            CollectionOptions(origin: "test", transformation: transformation))
        let rows = chunks.rows("Flows_CL")
        #expect(rows.map { $0["Rule"] } == ["X", "Z"])
        #expect(rows[0]["TimeGenerated"] == "2026-01-02T03:04:05.0000000Z")
        #expect(rows[1]["TimeGenerated"] == Shipped.now.description)
        #expect(rows[0]["Detail"] == #"{"y":1}"#)
        #expect(chunks.deadLetters.map(\.raw) == ["no"])
        #expect(chunks[0].rows.map { $0?.row } == [0, nil, 1])
    }
}
