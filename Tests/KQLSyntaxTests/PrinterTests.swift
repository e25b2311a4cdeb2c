import KQLSyntax
import TestSupport
import Testing

struct PrinterTests {
    private func format(_ text: String) throws -> String {
        try #require(Printer.format(Parser.analyze(Source(text))))
    }

    @Test func `each operator takes a line and older spellings become the present ones`() throws {
        let text = "T|filter a==1 and b has 'x'|mvexpand c to typeof(string) limit 5|order by d asc nulls last|limit 3"
        #expect(
            try format(text) == """
                T
                | where a == 1 and b has 'x'
                | mv-expand c to typeof(string) limit 5
                | sort by d asc nulls last
                | take 3

                """)
    }

    @Test func `subqueries and functions are indented`() throws {
        let text =
            "let f=(x:long=5,T:(*)){let y=x;T|where a>y};f(1,U)|join kind=inner (V|take 1) on a,$left.b==$right.c"
        #expect(
            try format(text) == """
                let f = (x: long = 5, T: (*)) {
                    let y = x;
                    T
                    | where a > y
                };
                f(1, U)
                | join kind=inner (
                    V
                    | take 1
                ) on a, $left.b == $right.c

                """)
    }

    @Test func `comments keep their places`() throws {
        let text = """
            // first
            T // table
            | where a == 1 // one
                // before and
                and b == 2
            // alone
            | project a, // the a
                b
            // last
            """
        #expect(
            try format(text) == """
                // first
                T  // table
                | where a == 1  // one
                    // before and
                    and b == 2
                // alone
                | project
                    a,  // the a
                    b
                // last

                """)
    }

    @Test func `long lists break an item a line`() throws {
        let items = (1...12).map { "column_\($0)=tostring(x\($0))" }.joined(separator: ",")
        let lines = try format("T|extend " + items).split(separator: "\n")
        #expect(lines.count == 14)
        #expect(lines[2] == "    column_1 = tostring(x1),")
    }

    @Test func `queries with errors are not formatted`() {
        #expect(Printer.format(Parser.analyze(Source("T | wher a"))) == nil)
    }

    @Test(arguments: [
        "T\n| make-graph a --> b with N on id, M on key",
        "T\n| make-graph a -- b with_node_id=n",
        "G\n| graph-match cycles=none (a)-[e*1..3]->(b)<--(c)--(d), (a)-->(x) where e.k == 1 project a.n, m = b.n",
        "G\n| graph-to-table nodes as N with_node_id=i, edges as E with_source_id=s with_target_id=t",
        "G\n| graph-where-nodes a == 1\n| graph-mark-components kind=weak with_component_id=c",
        "T\n| scan with_match_id=m declare (s: long = 0) with (\n    step a: x == 1;\n    step b optional output=last: y > 2 => s = a.s + 1, t = 2;\n)",
        "T\n| fork\n    a=(\n        where x == 1\n    )\n    (\n        count\n    )",
        "T\n| top-nested 3 of a with others = 'o' by count() desc, top-nested of b by max(c)",
        "T\n| make-series n = count() default=0, m = avg(x) on t from ago(1d) to now() step 1h by k",
        "T\n| make-series n = count() on t in range(ago(1d), now(), 1h)",
        "T\n| render timechart with (title=\"x\", ycolumns=a, b, kind=stacked)",
        "T\n| parse kind=regex flags=Ui s with * \"a\" b: long * 'c' d",
        "T\n| parse-kv s as (a: long, ['b c']: string) with (pair_delimiter=',', quote='\"')",
        "T\n| evaluate hint.distribution=per_node bag_unpack(d, 'p_') : (*, a: long)",
        "T\n| partition hint.strategy=native by a (\n    top 1 by b\n)",
        "T\n| partition by a {\n    U\n    | where x == toscalar(print 1)\n}",
        "T\n| mv-apply with_itemindex=i x = a to typeof(long), b on (\n    top 1 by x\n)",
        "T\n| reduce by a with threshold=0.1, characters='x'",
        "T\n| project-reorder a, b* asc, * granny-desc\n| project-away _*, ['x y']\n| project-rename a = ['b c']",
        "T\n| sample-distinct 5 of a\n| top-hitters 3 of b by c\n| count as n",
        "find withsource=s in (T, database('d').U*, V_*) where a == 1 and b : 'x' project a, b: string, pack(*)",
        "search kind=case_sensitive in (T, U*) 'x' and a : 'y*'",
        "union withsource=src isfuzzy=true T, view(1), cluster('c').database('d').V, W*",
        "externaldata (a: string) [@'https://h/x.csv', h'y'] with (format='csv', ignoreFirstRecord=true)",
        "range x from 1 to 10 step 2",
        "print a = -1, b = 0x1F, c = 1.5e3, d = 2.5h, e = time(1.02:03:04), f = datetime(2020-01-01), g = dynamic({'a': 1})",
        "print x = a.b['c'][0].['d e'], y = f(n=1, *) == 'x' 'y', z = q between (1 .. 2) or not(w !in~ ('a', 'b'))",
        "declare query_parameters(a: string = 'x', b: long);\nset notruncation;\nset maxmemory = 5;\nT",
        "alias database d = cluster('c').database('e');\nrestrict access to (T, database('d').*);\nT",
        "declare pattern p = (a: string)[b: string] {\n    ('x').['y'] = {\n        T\n    };\n};\np('x').y",
        "let v = view () {\n    T\n};\nlet g = entity_group [cluster('a').database('b'), cluster('c').database('d')];\nmacro-expand g as X (\n    X.T\n    | count\n)",
        "T\n| extend (a, b) = f(x), c = toscalar kind=nooptimization (U)",
        "T\n| lookup kind=leftouter U on a\n| invoke database('d').f(1)\n| as x\n| facet by a, b with (\n    take 1\n)",
        "T\n| assert-schema (a: long)\n| execute-and-cache\n| consume\n| serialize n = row_number()\n| getschema",
    ])
    func `canonical text stays as it is`(text: String) throws {
        let formatted = try format(text)
        #expect(formatted == text + "\n")
        let tree = Parser.analyze(Source(text))
        #expect(Printer.text(of: tree.query) == text)
    }

    @Test func `expressions are written on one line`() {
        let (query, _) = Parser.parse("T | where a==1   and (b   in ('x',\n'y') or f( c )>-2)")
        guard case .tabular(let pipeline) = query.statements[0], case .where(let step) = pipeline.operators[0] else {
            Issue.record("no where operator")
            return
        }
        #expect(Printer.text(of: step.predicate) == "a == 1 and (b in ('x', 'y') or f(c) > -2)")
    }

    @Test(
        .enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)),
        arguments: ["docs_cases.jsonl", "loco_cases.jsonl", "measured_cases.jsonl", "real_queries.jsonl"])
    func `formatted queries read back as the same tree, with all comments, and stay as they are`(file: String) throws {
        let queries = try Corpus.queries(file)
        for (place, item) in queries.enumerated() where place % (queries.count / 150 + 1) == 0 {
            let tree = Parser.analyze(Source(item.query))
            guard let text = Printer.format(tree) else { continue }
            let again = Parser.analyze(Source(text))
            #expect(shape(of: again.query.statements) == shape(of: tree.query.statements), "\(item.id)")
            #expect(again.comments.count == tree.comments.count, "\(item.id)")
            #expect(Printer.format(again) == text, "\(item.id)")
        }
    }
}
