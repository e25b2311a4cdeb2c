import Foundation
import JSON
import KQLValues

/// Base64 (RFC 4648).
let base64Functions: [ScalarFunction] = scalars {
    ScalarFunction(
        "base64_encode_tostring", aliases: ["base64_encodestring"], family: .encoding, summary: "A text in base64.",
        signatures: [.takes(.string("text"), returns: .string)],
        evaluate: each { (text: String) in Data(text.utf8).base64EncodedString() })
    ScalarFunction(
        "base64_decode_tostring", aliases: ["base64_decodestring"], family: .encoding,
        summary: "The text of base64 digits; empty when they are malformed or no UTF-8.",
        signatures: [.takes(.string("base64"), returns: .string)],
        evaluate: each { (text: String) in decoded(text).flatMap { String(data: $0, encoding: .utf8) } })
    ScalarFunction(
        "base64_decode_toarray", family: .encoding,
        summary: "The bytes of base64 digits; null when they are malformed.",
        signatures: [.takes(.string("base64"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in decoded(text).map { .array($0.map { .int(Int64($0)) }) } })
    ScalarFunction(
        "base64_encode_fromarray", family: .encoding, summary: "An array of bytes in base64.",
        signatures: [.takes(.dynamic("bytes"), returns: .string)],
        evaluate: each { (bytes: JSON) -> String? in
            guard let elements = bytes.arrayValue else { return nil }
            let data = elements.compactMap { $0.intValue.flatMap { UInt8(exactly: $0) } }
            return data.count == elements.count ? Data(data).base64EncodedString() : nil
        })
    ScalarFunction(
        "base64_encode_fromguid", family: .encoding, summary: "The bytes of a guid in base64, in Microsoft's order.",
        signatures: [.takes(.guid("guid"), returns: .string)],
        evaluate: each { (guid: UUID) in
            Data(mixedEndian(withUnsafeBytes(of: guid.uuid) { Array($0) })).base64EncodedString()
        })
    ScalarFunction(
        "base64_decode_toguid", family: .encoding, summary: "The guid of base64 digits; null when they are none.",
        signatures: [.takes(.string("base64"), returns: .guid)],
        evaluate: each { (text: String) -> UUID? in
            guard let data = decoded(text), data.count == 16 else { return nil }
            return mixedEndian(Array(data)).withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
        })
}

/// Reads base64 with or without padding.
func decoded(_ text: String) -> Data? {
    let missing = (4 - text.utf8.count % 4) % 4
    return Data(base64Encoded: missing < 3 ? text + String(repeating: "=", count: missing) : text)
}

/// Turns round the first three parts of a guid, which Microsoft writes with the lowest byte first.
private func mixedEndian(_ bytes: [UInt8]) -> [UInt8] {
    [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { bytes[$0] }
}
