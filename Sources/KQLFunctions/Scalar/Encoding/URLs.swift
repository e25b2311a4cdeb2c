import Foundation
import KQLValues

/// Percent encoding (RFC 3986) and the forms of `application/x-www-form-urlencoded`.
let urlFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "url_encode", family: .encoding,
        summary: "The text with all but letters, digits and -_.!*() as %xx, blanks as +.",
        signatures: [.takes(.string("url"), returns: .string)],
        evaluate: each { (text: String) in percentEncoded(text, blank: "+") })
    ScalarFunction(
        "url_encode_component", family: .encoding, summary: "The text with all but letters, digits and -_.!*() as %xx.",
        signatures: [.takes(.string("url"), returns: .string)],
        evaluate: each { (text: String) in percentEncoded(text, blank: "%20") })
    ScalarFunction(
        "url_decode", family: .encoding, summary: "The text with %xx and + turned back.",
        signatures: [.takes(.string("url"), returns: .string)],
        evaluate: each { (text: String) in percentDecoded(text, plusIsBlank: true) })
}

private func percentEncoded(_ text: String, blank: String) -> String {
    let digits = Array("0123456789abcdef")
    var result = ""
    for byte in text.utf8 {
        if byte.isASCIILetterOrDigit || "-_.!*()".utf8.contains(byte) {
            result.unicodeScalars.append(Unicode.Scalar(byte))
        } else if byte == 0x20 {
            result += blank
        } else {
            result += "%"
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
    }
    return result
}

/// Turns `%xx` back; malformed escapes stay as they are.
func percentDecoded(_ text: String, plusIsBlank: Bool) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
        {
            result.append(value)
            index += 3
        } else {
            result.append(plusIsBlank && bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
            index += 1
        }
    }
    return String(decoding: result, as: UTF8.self)
}
