import KQL
import KQLFunctions
import KQLSyntax
import KQLValues
import Testing

struct LanguageTests {
    @Test func `a custom log that does not exist yet is empty, and the warning tells it`() throws {
        let query =
            "NotYet_CL | where Level_s == 'x' and Other == 1 | summarize n = count() by Host_s, bin(TimeGenerated, 1h)"
        let result = try run(query)
        #expect(result.table.rowCount == 0)
        #expect(result.table.schema.columns.map(\.type) == [.string, .datetime, .long])
        let warning = try #require(result.diagnostics.first)
        #expect(warning.severity == .warning && warning.message.contains("no custom log 'NotYet_CL' yet"))
        #expect(throws: InvalidQuery.self) { try run("NotYet | count") }
    }

    @Test func `groups may be named in either way`() throws {
        let query =
            "print a = extract(@'(?<user>\\w+)@(?P<host>\\w+)', 2, 'x: ada@home'), b = extract('[(?<]+(.)', 1, 'a(?<z')"
        #expect(try rows(query).last == "home|z")
    }

    @Test func `a union of many tables keeps the columns that each has`() throws {
        let query = """
            let A = datatable(x: long, s: string)[1, 'a']; let B = datatable(s: string, y: real)['b', 0.5];
            union withsource = t A, B, (B | where s == 'none') | where s != 'c' | project t, x, s, y | sort by s asc
            """
        #expect(try rows(query) == ["t:string|x:long|s:string|y:real", "A|1|a|null", "B|null|b|0.5"])
    }

    static let macros = [
        OperatorCase(
            """
            let T = datatable(a:long)[1,2];
            macro-expand entity_group [cluster('a').database('b'), database('d')] as X
                (X.T | where a > 1 | extend d = X.$current_database, c = X.$current_cluster_endpoint)
            """, "a:long|d:string|c:string", "2|b|a", "2|d|"),
        OperatorCase(
            """
            let Group = entity_group [database('b')]; let T = datatable(a:long)[1,2];
            macro-expand isfuzzy=true Group as X (let least = 1; union X.T, X.Nothing | where a > least)
            """, "a:long", "2"),
    ]

    static let graphs = [
        OperatorCase(
            """
            datatable(s:string,t:string)['a','b','b','c'] | make-graph s --> t with_node_id=id
            | graph-where-nodes id != 'c' | graph-to-table edges
            """, "s:string|t:string", "a|b"),
        OperatorCase(
            """
            datatable(s:string,t:string)['a','b','b','c'] | make-graph s --> t with_node_id=id
            | graph-where-nodes node_degree_in() > 0 | graph-to-table nodes
            """, "id:string", "b", "c"),
        OperatorCase(
            """
            datatable(s:string,t:string,w:long)['a','b',1,'b','c',2] | make-graph s --> t with_node_id=id
            | graph-where-edges w > 1 | graph-to-table nodes
            """, "id:string", "a", "b", "c"),
        OperatorCase(
            """
            let E = datatable(s:string,t:string,k:string)['a','b','x', 'b','c','y'];
            let N = datatable(id:string,k:string)['a','x', 'b','x', 'b','y', 'c','y'];
            E | make-graph s --> t with N on id partitioned-by k (graph-match (m)-[p*1..2]->(n) project m.id, n.id, n.k)
            """, "m_id:string|n_id:string|n_k:string", "a|b|x", "b|c|y"),
    ]

    static let names = [
        OperatorCase(
            "datatable(a:long,b:string,c1:long)[1,'x',3] | project-by-names dynamic(['b']), 'c*'", "b:string|c1:long",
            "x|3"),
        OperatorCase("datatable(a:string)['foo bar','z'] | where * has 'foo'", "a:string", "foo bar"),
        OperatorCase(
            "datatable(d:long)[3, 5] | summarize toint(n = count()), arg_max(latest = d, before = d - 1)",
            "n:int|latest:long|before:long", "2|5|4"),
        OperatorCase("datatable(a:long)[3] | summarize take_anyif(a, a > 1)", "a:long", "3"),
        OperatorCase("print iff(1, 'a', 'b')", "print_0:string", "a"),
    ]

    @Test(arguments: macros + graphs + names)
    func `a part of the language gives the rows that Kusto gives`(_ test: OperatorCase) throws {
        #expect(try rows(test.query) == test.expected)
        #expect(try rows(test.query, rules: []) == test.expected)
    }

    /// An environment with a custom log, a table that a function hides, and careless parsers.
    private static let workspace = QueryEnvironment(
        catalogue: .standard,
        tables: FixedTableCatalog([
            "Audit_CL": TableSchema([ColumnSchema("user_s", .string)]),
            "Events": events.schema,
            "Hidden": TableSchema([ColumnSchema("a", .long)]),
        ]),
        functions: [
            "Hidden": SavedFunction(name: "Hidden", body: "Hidden | extend b = 1"),
            "Newer": SavedFunction(name: "Newer", body: "Events | project-rename Link = ReportLink"),
            "Careless": SavedFunction(
                name: "Careless", body: "let f = (start: datetime, n: long) { print start, n }; f(startt = true, n = 1)"
            ),
        ])

    private func compile(_ query: String) throws -> CompiledQuery {
        try KQLEngine.compile(query, environment: Self.workspace, options: CompileOptions(now: noon))
    }

    @Test func `a custom log may have columns for which no data has come`() throws {
        let query = try compile(
            "Audit_CL | where TimeGenerated > ago(1d) and count_d > 1 | project user_s, first_t, Type")
        #expect(query.schema.columns.map(\.type) == [.string, .datetime, .string])
        #expect(query.diagnostics.count { $0.severity == .warning } == 4)
        #expect(throws: InvalidQuery.self) { try compile("Audit_CL | project user_s | where first_t > ago(1d)") }
        #expect(throws: InvalidQuery.self) { try compile("Audit_CL | where nothing == 1") }
        #expect(
            try compile("Missing_CL | summarize arg_max(first_t, *) by a_s | project b_s").schema.columns.count == 1)
        #expect(throws: InvalidQuery.self) { try compile("Missing_CL | summarize count() by a_s | project b_s") }
        #expect(try compile("Missing_CL | project first_t").schema.columns[0].type == .datetime)
        #expect(throws: InvalidQuery.self) { try compile("Events | where first_t > ago(1d)") }
    }

    @Test func `a function hides the table of its name but not in itself`() throws {
        #expect(try compile("Hidden").schema.columns.map(\.name) == ["a", "b"])
        #expect(try compile("table('Hidden')").schema.columns.map(\.name) == ["a"])
    }

    @Test func `shipped parsers may be careless, queries may not`() throws {
        #expect(try compile("Newer").schema.columns.last?.name == "Link")
        #expect(try compile("Newer").diagnostics.map(\.severity) == [.warning])
        #expect(throws: InvalidQuery.self) { try compile("Events | project-rename Link = ReportLink") }
        #expect(try compile("Careless").schema.columns.map(\.type) == [.datetime, .long])
        #expect(throws: InvalidQuery.self) { try compile("let f = (n: long) { print n }; f(m = 1)") }
    }

    @Test func `columns whose types data would tell fit what a union makes of them`() throws {
        let open = "Events | evaluate bag_unpack(Data) | project Computer, Name = Who"
        let query = try compile("union (\(open)), (Events | project Computer, Name = 'x')")
        #expect(query.schema.columns.map(\.name) == ["Computer", "Name"])
        #expect(query.schema.columns.map(\.type) == [.string, .string])
        let pivoted = try compile("Events | extend K = Computer | evaluate pivot(K, count(), EventID)")
        #expect(pivoted.schema.columns == [ColumnSchema("EventID", .int)])
        #expect(pivoted.primary.isOpen)
    }
}
