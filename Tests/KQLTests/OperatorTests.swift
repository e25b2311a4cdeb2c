import Testing

/// A query and the rows that it must give.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    let query: String
    let expected: [String]

    init(_ query: String, _ expected: String...) {
        self.query = query
        self.expected = expected
    }

    var testDescription: String { query }
}

struct OperatorTests {
    static let rowOperators = [
        OperatorCase("print 7/2, x = 1.5", "print_0:long|x:real", "3|1.5"),
        OperatorCase("datatable(a:long)[1,2,3] | where a > 1 | take 1", "a:long", "2"),
        OperatorCase("datatable(a:long)[1,long(null),3] | sort by a", "a:long", "3", "1", "null"),
        OperatorCase("datatable(a:long)[1,long(null),3] | sort by a asc", "a:long", "null", "1", "3"),
        OperatorCase("datatable(a:long)[1,2,3] | top 2 by a", "a:long", "3", "2"),
        OperatorCase("datatable(a:long)[1,2,1] | distinct a", "a:long", "1", "2"),
        OperatorCase("range x from 1 to 5 step 2", "x:long", "1", "3", "5"),
        OperatorCase("range x from 1 to 3 step 1 | count", "Count:long", "3"),
        OperatorCase(
            "datatable(a:string)['x'] | getschema | project ColumnName, DataType", "ColumnName:string|DataType:string",
            "a|System.String"),
        OperatorCase("datatable(a:long)[1,2,4] | serialize d = a - prev(a)", "a:long|d:long", "1|null", "2|1", "4|2"),
    ]

    static let columnOperators = [
        OperatorCase("datatable(a:long,b:long)[1,2] | extend a = a + b, c = a", "a:long|b:long|c:long", "3|2|1"),
        OperatorCase(
            "datatable(x:real)[1.5] | project tostring(x), abs(x), x + 1", "x:string|x1:real|Column1:real",
            "1.5|1.5|2.5"),
        OperatorCase("datatable(a:long,b1:long,b2:long)[1,2,3] | project-away b*", "a:long", "1"),
        OperatorCase("datatable(a:long,b1:long,b2:long)[1,2,3] | project-keep b*", "b1:long|b2:long", "2|3"),
        OperatorCase("datatable(a:long,b:long)[1,2] | project-rename c = a", "c:long|b:long", "1|2"),
        OperatorCase("datatable(a:long,b:long)[1,2] | project-reorder b", "b:long|a:long", "2|1"),
        OperatorCase(
            "print d = dynamic({'k':[10,20]}) | project d.k[1], x = d['k'][-1]", "d_k_1:dynamic|x:dynamic", "20|20"),
    ]

    static let aggregations = [
        OperatorCase(
            "datatable(g:string,x:long)['a',1,'b',2,'a',3] | summarize count(), sum(x) by g",
            "g:string|count_:long|sum_x:long", "a|2|4", "b|1|2"),
        OperatorCase("datatable(g:string,x:long)['a',1,'b',2] | summarize arg_max(x, *)", "x:long|g:string", "2|b"),
        OperatorCase(
            "datatable(x:long)[1,2] | summarize n = count() + 1, round(avg(x), 1)", "n:long|avg_x:real", "3|1.5"),
        OperatorCase("datatable(x:long)[] | summarize count(), max(x)", "count_:long|max_x:long", "0|null"),
        OperatorCase("datatable(x:long)[] | summarize count() by x", "x:long|count_:long"),
        OperatorCase(
            "range x from 1 to 4 step 1 | summarize make_list(x) by y = x % 2", "y:long|list_x:dynamic", "1|[1,3]",
            "0|[2,4]"),
        OperatorCase(
            "range x from 0 to 3 step 1 | make-series n = count() default = 0 on x from 0 to 6 step 2",
            "n:dynamic|x:dynamic", "[2,2,0]|[0,2,4]"),
        OperatorCase(
            "datatable(a:string)['x','y','x'] | top-hitters 1 of a", "a:string|approximate_count_a:long", "x|2"),
    ]

    static let chosenRows = [
        OperatorCase("datatable(x:long,y:string)[1,'a'] | summarize take_any(x), any(y)", "x:long|any_y:string", "1|a"),
        OperatorCase("datatable(x:long,y:string)[1,'a'] | summarize any(*) by y", "y:string|any_x:long", "a|1"),
        OperatorCase(
            "datatable(x:long,y:string)[1,'a',2,'b'] | summarize (m, n) = arg_max(x, y)", "m:long|n:string", "2|b"),
    ]

    static let combinations = [
        OperatorCase(
            "let L = datatable(k:long,a:string)[1,'x',1,'y']; let R = datatable(k:long,b:string)[1,'z']; L | join R on k",
            "k:long|a:string|k1:long|b:string", "1|x|1|z"),
        OperatorCase(
            "let L = datatable(k:long)[1,2]; let R = datatable(k:long)[2,3]; L | join kind=fullouter R on k",
            "k:long|k1:long", "1|null", "2|2", "null|3"),
        OperatorCase(
            "let L = datatable(k:long)[1,2]; let R = datatable(k:long)[2,3]; L | join kind=leftanti R on k", "k:long",
            "1"),
        OperatorCase(
            "let L = datatable(k:long)[1,2]; let R = datatable(k:long,v:string)[2,'b']; L | lookup R on k",
            "k:long|v:string", "1|", "2|b"),
        OperatorCase(
            "let A = datatable(x:long)[1]; let B = datatable(x:string)['s']; union A, B", "x_long:long|x_string:string",
            "1|", "null|s"),
        OperatorCase("union isfuzzy=true (print a = 1), NoSuchTable", "a:long", "1"),
        OperatorCase(
            "union withsource=S (print a = 1), (print a = 2)", "S:string|a:long", "union_arg0|1", "union_arg1|2"),
    ]

    static let expansions = [
        OperatorCase(
            "print a = dynamic([1,2]), b = dynamic(['x']) | mv-expand a to typeof(long), b to typeof(string)",
            "a:long|b:string", "1|x", "2|"),
        OperatorCase(
            "datatable(k:long,a:dynamic)[1,dynamic([3,5]),2,dynamic([4])] | mv-apply x = a to typeof(long) on (summarize s = sum(x)) | project k, s",
            "k:long|s:long", "1|8", "2|4"),
        OperatorCase(
            "datatable(k:long,a:dynamic)[1,dynamic([3,5])] | mv-apply x = a to typeof(long) on (where x > 3) | project k, x",
            "k:long|x:long", "1|5"),
        OperatorCase(
            "print s = 'user=bob id=7 end' | parse s with 'user=' u ' id=' n:long ' ' * | project u, n",
            "u:string|n:long", "bob|7"),
        OperatorCase(
            "print s = 'user=bob id=x end' | parse s with 'user=' u ' id=' n:long ' ' * | project u, n",
            "u:string|n:long", "|null"),
        OperatorCase(
            "print s = 'a:1, b: two words' | parse-kv s as (a:long, b:string) with (pair_delimiter=',', kv_delimiter=':') | project a, b",
            "a:long|b:string", "1|two words"),
        OperatorCase(
            "datatable(d:dynamic)[dynamic({'n':'x','a':1})] | evaluate bag_unpack(d)", "a:long|n:string", "1|x"),
        OperatorCase(
            "datatable(g:string,v:string)['a','p','a','q'] | evaluate pivot(v, count(), g)", "g:string|p:long|q:long",
            "a|1|1"),
        OperatorCase(
            "datatable(k:string,x:long)['a',1,'b',5,'a',3] | partition by k (top 1 by x)", "k:string|x:long", "a|3",
            "b|5"),
    ]

    @Test(arguments: rowOperators + columnOperators + aggregations + chosenRows + combinations + expansions)
    func `an operator gives the rows that Kusto gives`(_ test: OperatorCase) throws {
        #expect(try rows(test.query) == test.expected)
        #expect(try rows(test.query, rules: []) == test.expected)
    }

    @Test func `a scan operator carries its state from row to row`() throws {
        let query = """
            range x from 1 to 4 step 1
            | scan declare (sum: long = 0) with (step s: true => sum = x + s.sum;)
            """
        #expect(try rows(query) == ["x:long|sum:long", "1|1", "2|3", "3|6", "4|10"])
    }

    @Test func `a graph is searched for paths`() throws {
        let query = """
            datatable(s:string,t:string)['a','b','b','c'] | make-graph s --> t with_node_id=id
            | graph-match (x)-[p*1..2]->(y) where x.id == 'a' project y.id, n = array_length(p)
            """
        #expect(try rows(query).sorted() == ["b|1", "c|2", "y_id:string|n:long"])
    }
}
