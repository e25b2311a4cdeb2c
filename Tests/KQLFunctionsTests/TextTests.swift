import JSON
import KQLFunctions
import KQLValues
import Testing

struct TextTests {
    @Test(arguments: [
        ("abcdefg", 1, 3, "bcd"), ("abcdefg", 5, 10, "fg"), ("abcdefg", 10, 3, ""), ("abcdefg", 1, 0, ""),
        ("abcdefg", 1, -1, ""), ("", 0, 3, ""), ("abcdefg", -3, 2, "ef"), ("abc", -10, 2, ""), ("héllo", 1, 3, "éll"),
    ])
    func `substring counts characters and from the end`(_ text: String, _ start: Int64, _ length: Int64, _ part: String)
        throws
    {
        #expect(try call("substring", .string(text), .long(start), .long(length)) == .string(part))
    }

    @Test func `lengths are counted in code points and bytes`() throws {
        #expect(try call("strlen", "⒦⒰⒮⒯⒪") == 5)
        #expect(try call("string_size", "é") == 2)
    }

    @Test func `case is changed character by character`() throws {
        #expect(try call("tolower", "ΑΣ İ Ä") == "ασ i ä")
        #expect(try call("toupper", "straße") == "STRAßE")
    }

    @Test func `texts are joined, repeated and split`() throws {
        #expect(try call("strcat", "a", 1, .null(.long), true) == "a1True")
        #expect(try call("strcat_delim", "-", "a", .null(.int), "b") == "a--b")
        #expect(try call("strcat_array", .json(#"["a",1,null]"#), "|") == "a|1|")
        #expect(try call("strrep", 123, 3, ".") == "123.123.123")
        #expect(try call("split", "a.b.c", ".") == .json(#"["a","b","c"]"#))
        #expect(try call("split", "a.b.c", ".", 1) == .json(#"["b"]"#))
        #expect(try call("split", "", ".") == .json(#"[""]"#))
        #expect(try call("reverse", "abc") == "cba")
        #expect(throws: EvaluationError.self) { try call("strrep", "a", 100_000) }
    }

    @Test func `texts are found and counted`() throws {
        #expect(try call("indexof", "abcdefg", "cde") == 2)
        #expect(try call("indexof", "abcdefg", "cde", 1, 2) == 2)
        #expect(try call("indexof", "abcdefg", "cde", 3, 4) == -1)
        #expect(try call("indexof", "abcdefgabcdefg", "cde", 1, 10, 2) == 9)
        #expect(try call("indexof", "abc", "c", 0, .long(.max)) == 2)
        #expect(try call("countof", "aaaa", "aa") == 3)
        #expect(try call("countof", "aaaa", "aa", "regex") == 2)
        #expect(try call("has_any_index", "this is an example", .json(#"["zzz","example"]"#)) == 1)
    }

    @Test func `texts are replaced and translated`() throws {
        #expect(try call("replace_string", "a cat", "cat", "dog") == "a dog")
        #expect(
            try call("replace_strings", "This is", .json(#"["This","is"]"#), .json(#"["This","was"]"#)) == "This was")
        #expect(
            try call("replace_strings", "This is", .json(#"["is","This"]"#), .json(#"["was","This"]"#)) == "Thwas was")
        #expect(try call("translate", "krasp", "otsku", "spark") == "kusto")
        #expect(try call("translate", "abc", "", "xaybz") == "xyz")
    }

    @Test func `regular expressions extract, replace and trim`() throws {
        #expect(try call("extract", "x=([0-9]+)", 1, "hello x=45|wo") == "45")
        #expect(try call("extract", "x=([0-9]+)", 1, "none") == "")
        #expect(try call("extract", "x=([0-9]+)", 1, "x=45", "long", returns: .long) == 45)
        #expect(try call("extract_all", "(?:^| )([a-z]+)", " test word") == .json(#"["test","word"]"#))
        #expect(try call("extract_all", "([a-z])([a-z]+)", "ab cd") == .json(#"[["a","b"],["c","d"]]"#))
        #expect(try call("extract_all", #"(\d)"#, "abc") == .null(.dynamic))
        #expect(try call("replace_regex", "Number is 1", #"is (\d+)"#, #"was: \1"#) == "Number was: 1")
        #expect(try call("trim", "--", "--https://bing.com--") == "https://bing.com")
        #expect(try call("trim_start", #"[^\w]+"#, "-  Te st1// $") == "Te st1// $")
        #expect(try call("regex_quote", "(so$me.Te^xt)") == #"\(so\$me\.Te\^xt\)"#)
        #expect(throws: EvaluationError.self) { try call("extract", "(", 0, "x") }
    }

    @Test func `bytes are written in units`() throws {
        #expect(try call("format_bytes", 564) == "564 Bytes")
        #expect(try call("format_bytes", 10332, 1) == "10.1 KB")
        #expect(try call("format_bytes", 20_010_332, 0, "KB") == "19541 KB")
    }
}
