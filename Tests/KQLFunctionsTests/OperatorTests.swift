import JSON
import KQLFunctions
import KQLValues
import Testing

struct OperatorTests {
    @Test(arguments: [
        ("==", Value.long(1), Value.real(1), Value.bool(true)),
        ("==", .long(1), .null(.long), .bool(false)),
        ("==", .null(.long), .null(.long), .null(.bool)),
        ("!=", .long(1), .null(.long), .bool(true)),
        ("!=", .null(.long), .null(.long), .null(.bool)),
        ("<", .long(1), .null(.long), .null(.bool)),
        ("<", .long(1), .long(2), .bool(true)),
        (">=", .string("b"), .string("a"), .bool(true)),
        ("==", .long(1), .string("1"), .bool(true)),
        ("==", .string("true"), .bool(true), .bool(true)),
        ("==", .dynamic(.string("a")), .string("a"), .bool(true)),
        ("==", .dynamic(.int(5)), .long(5), .bool(true)),
    ])
    func `comparisons follow the null logic of Kusto`(_ name: String, _ left: Value, _ right: Value, _ expected: Value)
        throws
    {
        #expect(try call(name, left, right) == expected)
    }

    @Test(arguments: [
        ("/", Value.long(7), Value.long(2), Value.long(3)),
        ("/", .long(-7), .long(2), .long(-3)),
        ("/", .long(1), .long(0), .null(.long)),
        ("/", .real(1), .real(0), .real(.infinity)),
        ("%", .long(-10), .long(4), .long(2)),
        ("%", .long(10), .long(-4), .long(2)),
        ("+", .int(2_147_483_647), .int(1), .long(2_147_483_648)),
        ("+", .long(1), .null(.long), .null(.long)),
        ("*", .long(2), .real(1.5), .real(3)),
    ])
    func `arithmetic promotes, truncates and yields null`(
        _ name: String, _ left: Value, _ right: Value, _ expected: Value
    ) throws {
        #expect(try call(name, left, right, returns: expected.type) == expected)
    }

    @Test func `times are added, divided and multiplied`() throws {
        #expect(try call("/", .span("2h"), .span("1h"), returns: .real) == 2.0)
        #expect(try call("*", 3, .span("1h"), returns: .timespan) == .span("3h"))
        #expect(try call("*", .span("1h"), 1.5, returns: .timespan) == .span("90m"))
        #expect(try call("-", .time("2020-01-02"), .time("2020-01-01"), returns: .timespan) == .span("1d"))
        #expect(try call("+", .time("2020-01-01"), .span("1d"), returns: .datetime) == .time("2020-01-02"))
        #expect(try call("%", .time("2024-01-15 08:30"), .span("1d"), returns: .timespan) == .span("08:30:00"))
    }

    @Test(arguments: [
        ("has", "a_b", "a", true), ("has", "abc", "a", false), ("has", "ERROR x", "error", true),
        ("has", "a-b", "-", true), ("has_cs", "ERROR", "error", false), ("has", "über uns", "über", true),
        ("has", "überall", "über", false), ("!has", "abc", "a", true), ("has", "anything", "", true),
        ("hasprefix", "xa b", "a ", false), ("hasprefix", "x ab y", " a", true), ("hasprefix", "x-error", "err", true),
        ("hassuffix", "xa b", "a ", true), ("hassuffix", "the error", "or", true), ("hassuffix", "abc", "", true),
        ("contains", "ABC", "b", true), ("contains_cs", "ABC", "b", false), ("contains", "STRASSE", "ß", false),
        ("contains", "ÄRGER", "ärg", true), ("startswith", "Abc", "aB", true), ("startswith_cs", "Abc", "aB", false),
        ("endswith", "abC", "bc", true), ("!endswith", "abc", "x", true), ("endswith", "c", "abc", false),
        ("=~", "ABC", "abc", true), ("!~", "ABC", "abc", false), ("matches regex", "abc1", #"\d"#, true),
    ])
    func `texts are searched by terms, parts and edges`(
        _ name: String, _ text: String, _ needle: String, _ expected: Bool
    ) throws {
        #expect(try call(name, .string(text), .string(needle)) == .bool(expected))
        let rows = try callRows(name, [.string(StringColumn([text])), .string(StringColumn([needle]))], returns: .bool)
        #expect(rows == [.bool(expected)])
    }

    @Test func `membership spreads dynamic arrays and folds case`() throws {
        #expect(try call("in", "b", "a", .json(#"["b","c"]"#)) == true)
        #expect(try call("in", "B", "b") == false)
        #expect(try call("in~", "B", "b") == true)
        #expect(try call("!in", .null(.long), 1) == true)
        #expect(try call("in", .null(.long), 1) == false)
        #expect(try call("in", 1, "1") == true)
        #expect(try call("in", .json("2"), 1, 2) == true)
        #expect(try call("in~", "ÄRGER", "ärger") == true)
        #expect(try call("has_any", "abc def", "zzz", "DEF") == true)
        #expect(try call("has_all", "abc def", .json(#"["abc","def"]"#)) == true)
        #expect(try call("has_all", "abc", .json("[]")) == true)
        #expect(try call("has_any", "abc", .json("[]")) == false)
    }

    @Test func `membership in a varying array is asked row by row`() throws {
        let lists = Column.dynamic([["a", "b"], ["c"], .null])
        let rows = try callRows("in", [.string(StringColumn(["b", "b", "b"])), lists], returns: .bool)
        #expect(rows == [true, false, false])
    }

    @Test func `between includes both ends and adds a timespan`() throws {
        #expect(try call("between", 2, 2, 10) == true)
        #expect(try call("between", 11, 2, 10) == false)
        #expect(try call("!between", 11, 2, 10) == true)
        #expect(try call("between", 5, .null(.long), 10) == .null(.bool))
        #expect(try call("between", .time("2023-01-13"), .time("2023-01-10"), .span("3d")) == true)
        #expect(try call("between", .time("2023-01-14"), .time("2023-01-10"), .span("3d")) == false)
    }

    @Test func `connectives have three values`() throws {
        #expect(try call("and", false, .null(.bool)) == false)
        #expect(try call("and", true, .null(.bool)) == .null(.bool))
        #expect(try call("or", true, .null(.bool)) == true)
        #expect(try call("or", false, .null(.bool)) == .null(.bool))
        #expect(try call("not", .null(.bool)) == .null(.bool))
    }

    @Test func `members and elements are reached, negative indexes count from the end`() throws {
        #expect(try call("dynamic_access", .json(#"{"a":{"b":1}}"#), "a") == .json(#"{"b":1}"#))
        #expect(try call("dynamic_access", .json("[1,2,3]"), -1) == .json("3"))
        #expect(try call("dynamic_access", .json("[1,2,3]"), 9) == .null(.dynamic))
        #expect(try call("dynamic_access", .json("1"), "a") == .null(.dynamic))
    }
}
