internal import CZlib
import Foundation
import KQLValues

/// Compressed texts in base64.
let compressionFunctions: [ScalarFunction] = scalars {
    compression(
        .gzip, compress: "gzip_compress_to_base64_string", decompress: "gzip_decompress_from_base64_string")
    compression(
        .zlib, compress: "zlib_compress_to_base64_string", decompress: "zlib_decompress_from_base64_string")
}

private func compression(_ format: DeflateFormat, compress: String, decompress: String) -> [ScalarFunction] {
    [
        ScalarFunction(
            compress, family: .encoding, summary: "A text compressed by \(format.rawValue), in base64.",
            signatures: [.takes(.string("text"), returns: .string)],
            evaluate: each { (text: String) in Data(format.compress(Array(text.utf8))).base64EncodedString() }),
        ScalarFunction(
            decompress, family: .encoding,
            summary: "The text that base64 digits of \(format.rawValue) stand for; empty when they are malformed.",
            signatures: [.takes(.string("base64"), returns: .string)],
            evaluate: each { (text: String) -> String? in
                guard let data = decoded(text), let bytes = format.decompress(Array(data)) else { return nil }
                return String(bytes: bytes, encoding: .utf8)
            }),
    ]
}

/// The two wrappings of deflated data.
private enum DeflateFormat: String, Sendable {
    /// RFC 1952.
    case gzip
    /// RFC 1950.
    case zlib

    /// A text that grows beyond this is no text to query; it counts as malformed.
    private static let limit = 16 << 20
    /// Texts up to this length stand as they are, since a table of codes would take more room than it saves.
    private static let stored = 256

    func compress(_ bytes: [UInt8]) -> [UInt8] {
        let body = DeflateFormat.deflated(bytes)
        switch self {
        case .gzip:
            let trailer = [tocsin_crc32(bytes, bytes.count), UInt32(truncatingIfNeeded: bytes.count)]
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + body
                + trailer.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        case .zlib:
            let sum = tocsin_adler32(bytes, bytes.count)
            return [0x78, 0x01] + body + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - $0 * 8)) }
        }
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > stored else {
            let length = UInt16(bytes.count)
            return [1, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)] + bytes
        }
        // Deflate never grows data by more than this.
        let room = bytes.count + bytes.count / 1000 + 64
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = tocsin_deflate(bytes, bytes.count, buffer.baseAddress, room)
        }
    }

    /// Nil when the data is damaged or too large.
    func decompress(_ bytes: [UInt8]) -> [UInt8]? {
        guard let stream = tocsin_gunzip_create(self == .gzip ? tocsin_gzip : tocsin_zlib) else { return nil }
        defer { tocsin_gunzip_destroy(stream) }
        var result: [UInt8] = []
        var position = 0
        while result.count < DeflateFormat.limit {
            let room = max(1024, min(1 << 20, (bytes.count - position) * 4))
            var step = tocsin_gunzip_step()
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                bytes.withUnsafeBufferPointer { input in
                    let rest = UnsafeBufferPointer(rebasing: input[position...])
                    step = tocsin_gunzip_inflate(stream, rest.baseAddress, rest.count, buffer.baseAddress, room)
                }
                count = step.produced
            }
            result += piece
            position += step.consumed
            if step.is_at_end { return result }
            // Nothing moves any more: the data ends too early.
            guard step.code == 0, step.produced > 0 || step.consumed > 0 else { return nil }
        }
        return nil
    }
}
