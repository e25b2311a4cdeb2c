import KQLSyntax
import Testing

struct DiagnosticTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var query: String
        var expected: String
        var testDescription: String { query }
    }

    @Test(arguments: [
        Example(query: "T | wher a == 1", expected: "1:5: error: unknown operator 'wher'; did you mean 'where'?"),
        Example(
            query: "T | sumarize count()",
            expected: "1:5: error: unknown operator 'sumarize'; did you mean 'summarize'?"),
        Example(
            query: "T | project-awy a",
            expected: "1:5: error: unknown operator 'project-awy'; did you mean 'project-away'?"),
        Example(query: "T | Where a", expected: "1:5: error: unknown operator 'Where'; did you mean 'where'?"),
        Example(
            query: "T | print a",
            expected: "1:5: error: 'print' begins a query and takes no input; put it before the first '|'"),
        Example(
            query: "T | where (a == 1", expected: "1:18: error: expected ')' to close '(', found the end of the query"),
        Example(
            query: "T\n| where f(a, b",
            expected: "2:15: error: expected ',' or ')' in the arguments of 'f', found the end of the query"),
        Example(query: "T | project a b", expected: "1:15: error: unexpected 'b' after the operator 'project'"),
        Example(query: "T where a", expected: "1:3: error: expected '|' before the operator 'where'"),
        Example(
            query: "T | where a AND b",
            expected: "1:13: error: unexpected 'AND' after the operator 'where'; did you mean 'and'?"),
        Example(query: "T | where a ==", expected: "1:15: error: expected an expression, found the end of the query"),
        Example(query: "| where a", expected: "1:1: error: a query cannot begin with '|'; put a table name before it"),
        Example(
            query: "T | extend a = \"x",
            expected: "1:16: error: the string that starts here has no end; close it with \""),
        Example(
            query: "T | where a == “x”",
            expected: "1:16: error: the character '“' has no meaning in a query; did you mean \""),
        Example(
            query: #"T | where a == "C:\Windows""#,
            expected:
                #"1:19: error: unknown escape '\W' in a string; double the backslash, or write a verbatim string @"…""#),
        Example(
            query: "T | join kind=iner (X) on a",
            expected: "1:10: error: unknown join kind 'iner'; did you mean 'inner'?"),
        Example(
            query: "T | where a = 1",
            expected: "1:13: warning: '=' compares nothing: the value alone decides; use '==' to compare"),
        Example(
            query: "T | extend a == 1 | where",
            expected: "1:26: error: expected an expression, found the end of the query"),
        Example(query: "datatable(a:lnog)[1]", expected: "1:13: error: unknown type 'lnog'; did you mean 'long'?"),
        Example(
            query: "1 + 1",
            expected: "1:1: error: expected a table in a query, found a scalar expression; use 'print' to show a value"),
        Example(
            query: "1 | take 1",
            expected:
                "1:1: error: the left side of '|' is not a table; a pipeline begins with a table name, a function call or a query in parentheses"
        ),
        Example(
            query: "let a = 1\nT | take a",
            expected: "2:1: error: expected ';' or '|' before 'T'; statements are separated by ';', operators by '|'"),
        Example(
            query: ".show tables",
            expected:
                "1:1: error: '.show' is a management command, not a query; only queries run here; begin with a table name or 'let'"
        ),
        Example(
            query: " // nothing",
            expected: "1:1: error: the query is empty; begin with a table name, as in 'SecurityEvent | take 10'"),
        Example(
            query: "print long(x)",
            expected:
                "1:7: error: 'x' is not a constant of type long; 'long(…)' takes a constant; use 'tolong(…)' to convert a value"
        ),
        Example(
            query: "T | where a between (1, 2)", expected: "1:23: error: expected '..' between the bounds, found ','"),
        Example(
            query: "T | take 1; | count",
            expected: "1:13: error: a query cannot begin with '|'; put a table name before it"),
    ])
    func `faults are named with their place and a way out`(example: Example) {
        let tree = Parser.analyze(Source(example.query))
        #expect(tree.diagnostics.first.map { $0.rendered(in: tree.source) } == example.expected)
    }

    @Test func `a fault in one operator leaves the others`() throws {
        let (query, diagnostics) = Parser.parse("T | where a == | extend b = | take 5; U | count")
        #expect(diagnostics.count == 2)
        #expect(query.statements.count == 2)
        guard case .tabular(let pipeline) = query.statements[0] else { return try #require(Bool(false)) }
        #expect(pipeline.operators.count == 3)
    }

    @Test func `long chains are flat or refused, never deep`() {
        let long = "T | where " + Array(repeating: "a == 1", count: 20_000).joined(separator: " or ")
        #expect(Parser.parse(long).diagnostics.isEmpty)
        let sum = "print " + Array(repeating: "1", count: 20_000).joined(separator: " + ")
        #expect(Parser.parse(sum).diagnostics.map(\.code) == [.tooDeep])
        let brackets = "print " + String(repeating: "(", count: 20_000)
        #expect(Parser.parse(brackets).diagnostics.first?.code == .tooDeep)
    }
}
