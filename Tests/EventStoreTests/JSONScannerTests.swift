import JSON
import Testing

@testable import EventStore

@Suite struct `Scanning JSON text along a path` {
    /// Documents of all shapes, well-formed or not.
    static let documents = [
        #"{"a": {"b": [1, "two", null, true, 2.5, {"c": "x"}]}, "a2": 3}"#, #"{"a":1,"a":{"b":["last"]}}"#,
        #"{"a":{"b":"esc\"aped"}}"#, #"{"a":{"b":"\u0041"}}"#, #"{"\u0061":{"b":"hidden"}}"#, "[]", "{}", "null", "5",
        "\"s\"",
        "", " ", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "nul", "01", "-", "-0", "1.", "1e5", "1e999", "[1 2]",
        "{\"a\":1}x",
        "{\"a\":{\"b\":\"\t\"}}", #"{"a":{"b":"\x"}}"#, #"{"a":{"b":9223372036854775807}}"#,
        #"{"a":{"b":123456789012}}"#,
        #"{"a":{"b":"\ud800"}}"#, "{\"a\":{\"b\":\"漢字\"}}", #"{"a":{"b":[[1]]},"z":[{"a":{"b":"inner"}}]}"#,
        String(repeating: "[", count: 3000) + String(repeating: "]", count: 3000),
        #"{"deep":"# + String(repeating: "[", count: 300) + String(repeating: "]", count: 300) + #","a":{"b":"end"}}"#,
    ]

    @Test(arguments: documents) func `finds what the full parser finds or leaves it to that`(document: String) {
        let paths: [[JSONScanner.Step]] = [
            [.member("a"), .member("b")], [.member("a"), .member("b"), .element(1)], [.element(0)], [.member("a2")],
            [.member("a"), .member("b"), .element(5), .member("c")],
        ]
        for path in paths {
            var text = document
            let found: (isSure: Bool, text: String?) = text.withUTF8 { utf8 in
                var scanner = JSONScanner(utf8)
                do {
                    switch try scanner.find(path[...]) {
                    case nil, .null?: return (true, nil)
                    case .text(let range)?, .integer(let range)?:
                        return (true, String(decoding: UnsafeBufferPointer(rebasing: utf8[range]), as: UTF8.self))
                    case .other?: return (false, nil)
                    }
                } catch {
                    return (false, nil)
                }
            }
            guard found.isSure else { continue }
            let expected = value(at: path, in: document)
            #expect(found.text == (expected.isNull ? nil : expected.stringValue ?? expected.description))
        }
    }

    /// By the full parser; null in what is no JSON.
    private func value(at path: [JSONScanner.Step], in document: String) -> JSON {
        // What is no JSON has no members.
        guard var value = try? JSON(parsing: document) else { return .null }
        for step in path {
            switch step {
            case .member(let name): value = value[name] ?? .null
            case .element(let index): value = value[index] ?? .null
            }
        }
        return value
    }
}
