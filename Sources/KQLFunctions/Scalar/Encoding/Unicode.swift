import JSON
import KQLValues

/// Code points of strings.
let unicodeFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "unicode_codepoints_from_string", aliases: ["to_utf8"], family: .encoding,
        summary: "The code points of a text.",
        signatures: [.takes(.any("text"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in .array(text.unicodeScalars.map { .int(Int64($0.value)) }) })
    ScalarFunction(
        "unicode_codepoints_to_string", aliases: ["make_string"], family: .encoding,
        summary: "The text of code points, given one by one or in arrays.",
        signatures: [.takes(.any("codePoint", .repeated), returns: .string)],
        evaluate: eachList { (values: [JSON?]) -> String? in
            var text = String.UnicodeScalarView()
            for value in values.flatMap({ $0?.arrayValue ?? [$0 ?? .null] }) {
                guard let number = value.intValue, let code = UInt32(exactly: number), let scalar = Unicode.Scalar(code)
                else { continue }
                text.append(scalar)
            }
            return String(text)
        })
    ScalarFunction(
        "isascii", family: .string, summary: "Whether a text holds ASCII characters only.",
        signatures: [.takes(.any("text"), returns: .bool)],
        evaluate: eachText { $0.allSatisfy { $0 < 0x80 } })
    ScalarFunction(
        "isutf8", family: .string, summary: "Whether a text is well-formed UTF-8.",
        signatures: [.takes(.any("text"), returns: .bool)],
        evaluate: eachText { bytes in String(validating: bytes, as: UTF8.self) != nil })
}
