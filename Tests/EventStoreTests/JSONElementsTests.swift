import EventStore
import JSON
import KQLValues
import Testing

@Suite struct `Taking JSON text apart` {
    static let documents = [
        "[]", "[1]", #"[1, "two", null, true, 2.5, {"c": "x"}, [3, [4]]]"#, #"[ {"a\"b": 1} , "\u0041" ]"#,
        #"{"k": [1], "l": null}"#, "{}", "null", "5", "\"s\"", "[null,null]",
        #"["\n", -0, 1e5, 12345678901]"#,
        #"[{"a":{"b":[1,2,{"c":"]}"}]}},"}]"]"#, "[[],{}]", " [ 1 ] ",
    ]

    @Test(arguments: documents, [false, true])
    func `gives the elements that the full parser finds`(document: String, bagsAsArrays: Bool) throws {
        let value = try JSON(parsing: document)
        let expected: [JSON] =
            switch value {
            case .array(let elements): elements
            case .object(let members):
                members.map { key, value in
                    bagsAsArrays
                        ? [.string(key), value] : .object(JSONObject(uniqueKeysWithValues: [(key, value)]))
                }
            default: [value]
            }
        let texts = elements(of: document, bagsAsArrays)
        #expect(try texts.map { try $0.isEmpty ? .null : JSON(parsing: $0) } == expected)
    }

    @Test func `takes text that is no JSON for one string, and nothing for one null`() {
        #expect(elements(of: "[1,", false) == [#""[1,""#])
        #expect(elements(of: "x", false) == [#""x""#])
        #expect(elements(of: "", false) == [""])
        let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        #expect(elements(of: deep, false).count == 1)
    }

    private func elements(of document: String, _ bagsAsArrays: Bool) -> [String] {
        var elements = JSONElements(bagsAsArrays: bagsAsArrays)
        var text = document
        let count = text.withUTF8 { elements.append($0) }
        #expect(count == elements.texts.count)
        return (0..<elements.texts.count).map { elements.texts[$0] }
    }
}
