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
            throw APIError.badRequest("the body is \(error)")
        }
    }
}
