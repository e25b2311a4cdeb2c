import Chronology
import JSON
import KQLFunctions
import KQLValues
import Testing

struct SQLFormTests {
    @Test(arguments: [
        (
            "has", "it's",
            #"contains(translate($1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), 'it''s') AND regexp_matches(translate($1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), '(^|[^\pL\pN])it''s([^\pL\pN]|$)')"#
        ),
        ("startswith_cs", "a", "starts_with($1, 'a')"), ("!endswith_cs", "a", "NOT (ends_with($1, 'a'))"),
        ("has", "", "true"),
    ])
    func `text operators with constant needles are pushed down`(_ name: String, _ needle: String, _ sql: String) throws
    {
        #expect(try template(name, [.string, .string], [nil, .string(needle)]) == sql)
    }

    @Test func `what SQL does differently stays here`() throws {
        #expect(try template("contains", [.string, .string], [nil, .string("ä")]) == nil)
        #expect(try template("contains", [.string, .string], [nil, nil]) == nil)
        #expect(try template("+", [.long, .long], [nil, nil]) == nil)
        #expect(try template("<", [.real, .real], [nil, nil]) == nil)
        #expect(try template("bin", [.datetime, .timespan], [nil, .timespan(.init(ticks: 5))]) == nil)
        #expect(try template("toupper", [.string], [nil]) == nil)
    }

    @Test func `comparisons keep the null logic`() throws {
        #expect(try template("==", [.long, .long], [nil, .long(1)]) == "coalesce($1 = $2, false)")
        #expect(try template("!=", [.long, .long], [nil, .long(1)]) == "coalesce($1 <> $2, true)")
        #expect(try template("==", [.string, .string], [nil, .string("a")]) == "$1 = $2")
        #expect(try template("in", [.long, .dynamic], [nil, .dynamic([1, 2])]) == "coalesce($1 IN (1, 2), false)")
    }

    @Test func `aggregates are filtered`() throws {
        let sum = try #require(FunctionCatalogue.standard.aggregate("sumif"))
        let arguments = SQLArguments(types: [.long, .bool], constants: [nil, nil])
        #expect(
            sum.sql.template(.duckDB, for: arguments) == nil
                || sum.sql.template(.duckDB, for: arguments)?.hasSuffix("FILTER (WHERE $2)") == true)
        let count = try #require(FunctionCatalogue.standard.aggregate("dcountif"))
        #expect(count.sql.template(.duckDB, for: arguments) == "count(DISTINCT $1) FILTER (WHERE $2)")
    }

    private func template(_ name: String, _ types: [KQLType], _ constants: [Value?]) throws -> String? {
        let function = try #require(FunctionCatalogue.standard.scalar(name))
        return function.sql.template(.duckDB, for: SQLArguments(types: types, constants: constants))
    }
}
