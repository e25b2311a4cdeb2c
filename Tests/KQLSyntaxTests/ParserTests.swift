import KQLSyntax
import Testing

struct ParserTests {
    /// The predicate of `T | where …`, with brackets around every operation.
    private func grouping(_ condition: String) throws -> String {
        let (query, diagnostics) = Parser.parse("T | where " + condition)
        try #require(diagnostics.isEmpty, "\(diagnostics)")
        guard case .tabular(let pipeline) = query.statements[0], case .where(let step) = pipeline.operators[0] else {
            return ""
        }
        return grouped(step.predicate)
    }

    private func grouped(_ expression: Expression) -> String {
        switch expression {
        case .binary(let node): "(\(grouped(node.left)) \(node.op.rawValue) \(grouped(node.right)))"
        case .logical(let node):
            "(" + node.operands.map(grouped).joined(separator: " \(node.connective.rawValue) ") + ")"
        case .unary(let node): "(\(node.op.rawValue)\(grouped(node.operand)))"
        case .membership(let node):
            "(\(grouped(node.left)) \(node.op.rawValue) [\(node.values.map(grouped).joined(separator: ", "))])"
        default: Printer.text(of: expression)
        }
    }

    @Test(arguments: [
        ("a or b and c or d", "(a or (b and c) or d)"),
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a + b == c - d", "((a + b) == (c - d))"),
        ("a < b == c > d", "((a < b) == (c > d))"),
        ("-a.b + 1 > 2", "(((-a.b) + 1) > 2)"),
        ("a + b has 'x'", "(a + (b has 'x'))"),
        ("a =~ 'x' and b !contains_cs 'y'", "((a =~ 'x') and (b !contains_cs 'y'))"),
        ("a matches regex 'x' or b notcontains 'y'", "((a matches regex 'x') or (b !contains 'y'))"),
        ("a <> 1", "(a != 1)"),
        ("a in (1, 2) and b has_any ('x') and c !in~ (T)", "((a in [1, 2]) and (b has_any ['x']) and (c !in~ [T]))"),
        ("a in (T | project b)", "(a in [T\n| project b])"),
        ("a has_any dynamic(['x'])", "(a has_any [dynamic(['x'])])"),
    ])
    func `operators bind as in Kusto`(condition: String, expected: String) throws {
        #expect(try grouping(condition) == expected)
    }

    @Test func `lets are scalars, tables, functions, or left to the binder`() throws {
        let text = """
            let a = 1 + 2; let b = T; let c = f(1); let d = T | count; let e = (x: long) { x };
            let g = view () { T }; let h = datatable(x: long)[1]; let i = toscalar(T | count); T
            """
        let (query, diagnostics) = Parser.parse(text)
        #expect(diagnostics.isEmpty)
        let kinds = query.statements.dropLast().map { statement -> String in
            guard case .let(let node) = statement else { return "no let" }
            return switch node.value {
            case .function(let function): function.isView ? "view" : "function"
            case .result(.scalar): "scalar"
            case .result(.tabular): "table"
            case .result(.undecided): "undecided"
            }
        }
        #expect(
            kinds == ["scalar", "undecided", "undecided", "table", "function", "view", "table", "scalar"])
    }

    @Test(arguments: [
        ("12", LiteralValue.long(12)), ("0xFF", .long(255)), ("1.5", .real(1.5)), ("1e3", .real(1000)),
        ("2h", .timespan(72_000_000_000)), ("1.5d", .timespan(1_296_000_000_000)), ("10ms", .timespan(100_000)),
        ("3ticks", .timespan(3)), ("1microsecond", .timespan(10)), ("time(1.02:03:04.5)", .timespan(937_845_000_000)),
        ("timespan(2)", .timespan(1_728_000_000_000)), ("timespan(-00:00:01)", .timespan(-10_000_000)),
        ("int(0xFFFFFFFF)", .int(-1)), ("long(-5)", .long(-5)), ("real(+inf)", .real(.infinity)),
        ("decimal(1.25)", .decimal("1.25")), ("bool(1)", .bool(true)), ("true", .bool(true)),
        ("datetime(2020-01-01 10:00)", .datetime("2020-01-01 10:00")), ("int(null)", .null(.int)),
        ("guid(74be27de-1e4e-49d9-b579-fe0b331d3642)", .guid("74be27de-1e4e-49d9-b579-fe0b331d3642")),
        (#""a\tb\u0041""#, .string("a\tbA")), (#"@'C:\x''y'"#, .string(#"C:\x'y"#)), ("h'k'", .string("k")),
        ("'a' \"b\"", .string("ab")), ("```x\ny```", .string("x\ny")), ("typeof(string)", .type(.string)),
        ("dynamic(null)", .dynamic(.null)),
        ("dynamic([1, 'a'])", .dynamic(.array([.scalar(.long(1)), .scalar(.string("a"))]))),
        ("dynamic({'k': -2.5})", .dynamic(.object([DynamicProperty(key: "k", value: .scalar(.real(-2.5)))]))),
    ])
    func `constants have their values`(text: String, expected: LiteralValue) throws {
        let (query, diagnostics) = Parser.parse("print " + text)
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        guard case .tabular(let pipeline) = query.statements[0], case .print(let source) = pipeline.source,
            case .literal(let literal) = source.expressions[0].value
        else {
            Issue.record("no literal")
            return
        }
        #expect(literal.value == expected)
        #expect(literal.text == text)
    }

    @Test func `names keep their spans and keywords serve as names`() throws {
        let text = "T | project kind, title = ['a b'], count, type, series.step"
        let tree = Parser.analyze(Source(text))
        #expect(tree.isValid)
        guard case .tabular(let pipeline) = tree.query.statements[0], case .project(let node) = pipeline.operators[0],
            case .name(let bracketed) = node.expressions[1].value
        else {
            Issue.record("no project")
            return
        }
        #expect(bracketed.text == "a b")
        #expect(tree.source.text(in: bracketed.span) == "['a b']")
        #expect(node.expressions.map(\.span).map(tree.source.text)[3] == "type")
    }

    @Test func `places count lines and characters from one`() {
        let source = Source("é | x\nab ")
        #expect(source.location(at: 0) == Location(line: 1, column: 1))
        #expect(source.location(at: 3).column == 3)
        #expect(source.location(at: 8) == Location(line: 2, column: 2))
        #expect(source.location(at: 999).line == 2)
    }

    @Test func `tokens carry roles for colouring`() {
        let text = "let n = 5; // five\nT | where f(a) has 'x' and t > ago(1d) | join kind=inner U on k"
        let tree = Parser.analyze(Source(text))
        let words = tree.tokens.map { (tree.source.text(in: $0.span), $0.role) }
        func role(_ word: String) -> TokenRole? { words.first { $0.0 == word }?.1 }
        #expect(role("let") == .keyword)
        #expect(role("// five") == .comment)
        #expect(role("T") == .table)
        #expect(role("U") == .table)
        #expect(role("where") == .keyword)
        #expect(role("f") == .function)
        #expect(role("a") == .name)
        #expect(role("has") == .operation)
        #expect(role("'x'") == .string)
        #expect(role("1d") == .timespan)
        #expect(role("kind") == .option)
        #expect(role("on") == .keyword)
        #expect(zip(tree.tokens, tree.tokens.dropFirst()).allSatisfy { $0.span.upper <= $1.span.lower })
    }
}
