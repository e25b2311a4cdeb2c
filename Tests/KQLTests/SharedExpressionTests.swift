import KQL
import Testing

/// What a function's `let` or parameter stands for is computed once, however often its name is used.
struct SharedExpressionTests {
    private func doubling(_ levels: Int) -> String {
        let steps = (1...levels).map { "let s\($0) = s\($0 - 1) + s\($0 - 1);" }.joined(separator: " ")
        return "let f = (m: long) { let s0 = m + 1; \(steps) s\(levels) };"
    }

    @Test func `a name used twice at each of forty levels costs forty steps`() throws {
        let found = try rows(doubling(40) + " datatable(n: long)[0, 1] | project r = f(n)")
        #expect(found == ["r:long", "1099511627776", "2199023255552"])
    }

    @Test func `shared values follow the rows that a filter leaves`() throws {
        let found = try rows(
            doubling(3)
                + " datatable(n: long)[0, 1, 2, 3] | where f(n) > 8 and f(n) < 32 | extend r = f(n), q = f(n) + n")
        #expect(found == ["n:long|r:long|q:long", "1|16|17", "2|24|26"])
    }

    @Test func `a plan stays readable when an expression is large`() throws {
        let compiled = try compile(doubling(40) + " Events | project r = f(EventID)")
        #expect(KQLEngine.explain(compiled).count < 4000)
    }
}
