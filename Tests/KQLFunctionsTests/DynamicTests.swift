import Chronology
import JSON
import KQLFunctions
import KQLValues
import Testing

struct DynamicTests {
    @Test(arguments: [
        ("array_length", "[1,2,3]", "3"), ("array_length", "{}", "null"), ("array_reverse", "[1,2]", "[2,1]"),
        ("array_sort_asc", #"[null,"b","a",2,10]"#, #"[2,10,"a","b",null]"#),
        ("array_sort_desc", "[1,3,null]", "[3,1,null]"),
        ("bag_keys", #"{"a":1,"b":{}}"#, #"["a","b"]"#), ("array_sum", "[1,2.5,null]", "3.5"),
        ("treepath", #"{"a":{"b":1},"c":[{"d":2}]}"#, #"["['a']","['a']['b']","['c']","['c'][0]","['c'][0]['d']"]"#),
        ("dynamic_to_json", #"{"b":1,"a":[{"d":1,"c":2}]}"#, #""{\"a\":[{\"c\":2,\"d\":1}],\"b\":1}""#),
    ])
    func `functions of one value`(_ name: String, _ argument: String, _ expected: String) throws {
        let result = try call(name, .json(argument))
        #expect(try json(result) == JSON(parsing: expected), "\(result)")
    }

    @Test(arguments: [
        ("array_slice", "[1,2,3,4]", "1", "2", "[2,3]"), ("array_slice", "[1,2,3,4]", "-2", "-1", "[3,4]"),
        ("array_split", "[1,2,3,4,5]", "[1,3]", "", "[[1],[2,3],[4,5]]"),
        ("array_rotate_left", "[1,2,3,4,5]", "-2", "", "[4,5,1,2,3]"),
        ("array_shift_right", "[1,2,3]", "1", "", "[null,1,2]"),
        ("array_index_of", #"["a","b"]"#, #""b""#, "", "1"), ("array_concat", "[1]", "[2]", "", "[1,2]"),
        ("set_union", "[1,2,2]", "[2,3]", "", "[1,2,3]"), ("set_intersect", "[1,2]", "[2,3]", "", "[2]"),
        ("set_difference", "[1,2,1]", "[2]", "", "[1]"), ("set_has_element", "[1,2]", "2", "", "true"),
        ("bag_merge", #"{"k":1}"#, #"{"k":2,"l":3}"#, "", #"{"k":1,"l":3}"#),
        ("bag_remove_keys", #"{"a":{"b":1,"c":2},"d":3}"#, #"["$.a.b","d"]"#, "", #"{"a":{"c":2}}"#),
        ("bag_set_key", #"{"a":1}"#, #""$.b.c""#, "5", #"{"a":1,"b":{"c":5}}"#),
        ("bag_zip", #"["a",8,"b"]"#, "[1,2,3]", "", #"{"a":1,"b":3}"#), ("zip", "[1,2]", "[3]", "", "[[1,3],[2,null]]"),
        ("jaccard_index", "[1,2,3]", "[1,2,3,4]", "", "0.75"),
        ("array_iff", "[true,0,null]", "[1,2,3]", "[4,5,6]", "[1,5,null]"),
    ])
    func `functions of several values`(
        _ name: String, _ first: String, _ second: String, _ third: String, _ expected: String
    ) throws {
        var arguments = [try scalar(first), try scalar(second)]
        if !third.isEmpty { arguments.append(try scalar(third)) }
        let function = try #require(FunctionCatalogue.standard.scalar(name))
        let result = try function.evaluate(
            ScalarCall(
                arguments: arguments.map { Column(type: $0.type, [$0]) }, isConstant: arguments.map { _ in true },
                rowCount: 1,
                resultType: .dynamic, context: EvaluationContext(now: .unixEpoch, seed: 0)))[0]
        #expect(try json(result) == JSON(parsing: expected), "\(result)")
    }

    @Test func `bags and arrays are packed`() throws {
        #expect(
            try call("bag_pack", "t", .span("5m"), "", 1, "n", .null(.long)) == .json(#"{"t":"00:05:00","n":null}"#))
        #expect(try call("pack_array", 1, "a", .null(.long), true) == .json(#"[1,"a",null,true]"#))
        #expect(try call("repeat", "x", 2) == .json(#"["x","x"]"#))
        #expect(try call("range", 1, 5, 2) == .json("[1,3,5]"))
        #expect(try call("range", 5, 1, -2) == .json("[5,3,1]"))
        #expect(
            try call("range", .time("2020-01-01"), .time("2020-01-02"), .span("1d"))
                == .json(#"["2020-01-01T00:00:00.0000000Z","2020-01-02T00:00:00.0000000Z"]"#))
    }

    @Test func `several arrays are sorted by the first`() throws {
        #expect(
            try call("array_sort_asc", .json("[3,1,2]"), .json(#"["c","a","b"]"#)) == .json(#"[[1,2,3],["a","b","c"]]"#)
        )
        #expect(try call("array_sort_asc", .json("[3,null]"), false) == .json("[null,3]"))
    }

    @Test func `paths are followed in JSON text`() throws {
        #expect(try call("extract_json", "$.a[1].b", #"{"a":[0,{"b":"x"}]}"#) == "x")
        #expect(try call("extract_json", "$['a b'][-1]", #"{"a b":[1,2]}"#, "long", returns: .long) == 2)
        #expect(try call("extract_json", "$.z", "{}") == "")
    }

    @Test func `conditions choose, dynamic branches adapt`() throws {
        #expect(try call("iff", true, 1, 2) == 1)
        #expect(try call("iff", .null(.bool), 1, 2) == 2)
        #expect(try call("case", false, "a", true, "b", "c", returns: .string) == "b")
        #expect(try call("coalesce", "", "x") == "x")
        #expect(try call("coalesce", .null(.long), 5) == 5)
        #expect(try call("max_of", 1, .null(.long), 7) == 7)
        #expect(try call("isempty", .dynamic("")) == true)
        #expect(try call("isnull", "") == false)
        #expect(throws: EvaluationError.self) { try call("assert", false, "no") }
    }

    private func scalar(_ text: String) throws -> Value {
        switch try JSON(parsing: text) {
        case .int(let number): .long(number)
        case .string(let string): .string(string)
        case let json: Value(dynamic: json)
        }
    }

    private func json(_ value: Value) throws -> JSON {
        switch value {
        case .null: .null
        case .dynamic(let json): json
        case .long(let number): .int(number)
        case .real(let number): .double(number)
        case .bool(let bool): .bool(bool)
        case .string(let text): .string(text)
        default: throw EvaluationError("\(value)")
        }
    }
}
