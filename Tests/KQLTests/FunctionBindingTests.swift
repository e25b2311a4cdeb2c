import KQL
import KQLValues
import Testing

struct FunctionBindingTests {
    @Test func `user functions take defaults, named arguments and tables`() throws {
        let query = """
            let twice = (x: long, factor: long = 2) { x * factor };
            let big = (T: (a: long), least: long) { T | where a >= least };
            big((range a from 1 to 3 step 1), 2) | extend b = twice(a), c = twice(a, factor = 10)
            """
        #expect(try rows(query) == ["a:long|b:long|c:long", "2|4|20", "3|6|30"])
    }

    @Test func `a saved function is found and takes its default`() throws {
        #expect(try rows("OnComputer | count") == ["Count:long", "3"])
        #expect(try rows("OnComputer('pc1') | where EventID == 4625 | count") == ["Count:long", "1"])
    }

    @Test func `toscalar and in run their subqueries`() throws {
        let query =
            "let m = toscalar(range x from 1 to 3 step 1 | summarize max(x)); print m, 2 in (range y from 1 to 2 step 1)"
        #expect(try rows(query) == ["print_0:long|print_1:bool", "3|true"].map { $0.replacing("true", with: "True") })
    }

    @Test func `a pattern chooses its body by the arguments`() throws {
        let query = """
            declare pattern p = (n: string)[k: string] { ("a").["b"] = { print v = 1 }; ("a").["c"] = { print v = 2 }; };
            p("a").c
            """
        #expect(try rows(query).last == "2")
    }

    @Test func `materialized parts run once`() throws {
        let result = try run("let m = materialize(Events | count); union m, m, m")
        #expect(result.parts[0].stages.count { $0.name == "table" } == 1)
        #expect(result.table.rowCount == 3)
    }

    @Test func `a function with several results takes the names that it is given and names the rest`() throws {
        let series = "print y = dynamic([1, 3, 5])"
        #expect(
            try rows("\(series) | project series_periods_detect(y, 4.0, 8.0, 1)")[0]
                == "series_periods_detect_y_periods:dynamic|series_periods_detect_y_scores:dynamic")
        #expect(
            try rows(
                "\(series) | project (fit, slope) = series_fit_line(y) | project fit, slope, left = isnotnull(series_fit_line_y_variance)"
            )
                == ["fit:real|slope:real|left:bool", "1.0|2.0|True"])
        #expect(try rows("\(series) | extend fit = series_fit_line(y) | project fit")[1...] == ["1.0"])
        #expect(try rows("print fit = series_fit_line(dynamic([1, 3, 5]))")[0] == "fit:real")
    }
}
