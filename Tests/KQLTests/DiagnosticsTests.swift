import KQL
import Testing

struct DiagnosticsTests {
    @Test func `a misspelt name is told with its place and the likely meaning`() {
        #expect(errors("Event | take 1") == ["1:1: error: there is no table 'Event'; did you mean 'Events'?"])
        #expect(
            errors("Events\n| where Compter == 'x'")
                == ["2:9: error: 'Compter' is no column, variable or parameter here; did you mean 'Computer'?"])
        #expect(errors("print tolowr('A')").first?.hasSuffix("did you mean 'tolower'?") == true)
    }

    @Test func `misplaced and mistyped expressions are refused`() {
        #expect(errors("Events | summarize Computer").first?.contains("must be inside an aggregation") == true)
        #expect(errors("Events | where Computer").first?.contains("must be a bool") == true)
        #expect(errors("Events | project count()").first?.contains("cannot stand here") == true)
        #expect(errors("Events | project-away Nothing").first?.contains("there is no column 'Nothing'") == true)
        #expect(errors("datatable(a:long)[1] | join (datatable(b:guid)[]) on $left.a == $right.b").count == 1)
        #expect(errors("let x = 1;").first?.contains("no tabular expression") == true)
    }

    @Test func `hostile queries are refused, not followed`() {
        let nested = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        #expect(!errors("print " + nested).isEmpty)
        let doubling = (0..<40).map { "let t\($0 + 1) = union t\($0), t\($0);" }.joined(separator: "\n")
        #expect(errors("let t0 = datatable(a:long)[1];\n\(doubling)\nt40 | count").count == 1)
        let short = (0..<30).map { "let f\($0 + 1) = (x:long) { f\($0)(x) + f\($0)(x) };" }.joined(separator: "\n")
        #expect(errors("let f0 = (x:long) { x };\n\(short)\nprint f30(1)").count == 1)
        let chain = (0..<60).map { "let f\($0 + 1) = (x:long) { f\($0)(f\($0)(x)) };" }.joined(separator: "\n")
        #expect(!errors("let f0 = (x:long) { x + 1 };\n\(chain)\nprint f60(1)").isEmpty)
    }

    @Test func `a thousand conditions are no problem`() throws {
        let conditions = (0..<1000).map { "a == \($0)" }.joined(separator: " or ")
        #expect(try rows("datatable(a:long)[7, 5000] | where \(conditions)") == ["a:long", "7"])
    }

    @Test func `limits end a query with a coded error`() {
        #expect(throws: ExecutionError.self) {
            try run("range x from 1 to 100000000 step 1", limits: ExecutionLimits(rows: 1000))
        }
        #expect(throws: ExecutionError.self) { try run("externaldata(a:string)['https://example.org/x.csv']") }
    }
}
