internal import Foundation
internal import Hummingbird
internal import JSON
internal import NIOCore

/// Reads JSON bodies.
enum JSONBody {
    /// The body as JSON.
    ///
    /// - Throws: `APIError` 400 for what is no JSON, 413 for a body above `limit` bytes.
    static func read(_ request: Request, upTo limit: Int) async throws -> JSON {
        try await read(request.body, upTo: limit)
    }

    /// The same of a body alone.
    static func read(_ body: RequestBody, upTo limit: Int) async throws -> JSON {
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "the body is larger than \(limit) bytes")
        }
        return try parse(buffer)
    }

    /// Bytes as JSON.
    ///
    /// - Throws: `APIError` 400 for what is no JSON.
    static func parse(_ buffer: ByteBuffer) throws(APIError) -> JSON {
        do {
            return try JSON(parsing: buffer.readableBytesView)
        } catch {
            if let lenient = json5(buffer) { return lenient }
            throw APIError.badRequest("the body is \(error)")
        }
    }

    /// Bytes as JSON5; nil when they are none. Azure's own reader takes single quotes and commas at the end, and there are
    /// clients that send them.
    private static func json5(_ buffer: ByteBuffer) -> JSON? {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        // What is no JSON5 either is told of by the strict reader.
        return try? decoder.decode(JSON5Value.self, from: Data(buffer.readableBytesView)).json
    }
}

/// A value as Foundation's reader of JSON5 gives it.
private struct JSON5Value: Decodable {
    let json: JSON

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            let names = object.allKeys.sorted { $0.stringValue < $1.stringValue }
            json = .object(
                try names.reduce(into: [:]) { $0[$1.stringValue] = try object.decode(JSON5Value.self, forKey: $1).json }
            )
        } else if var list = try? decoder.unkeyedContainer() {
            var elements: [JSON] = []
            while !list.isAtEnd { elements.append(try list.decode(JSON5Value.self).json) }
            json = .array(elements)
        } else {
            json = try Self.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ value: any SingleValueDecodingContainer) throws -> JSON {
        if value.decodeNil() { return .null }
        if let flag = try? value.decode(Bool.self) { return .bool(flag) }
        if let number = try? value.decode(Int64.self) { return .int(number) }
        if let number = try? value.decode(Double.self), number.isFinite { return .double(number) }
        return .string(try value.decode(String.self))
    }
}
