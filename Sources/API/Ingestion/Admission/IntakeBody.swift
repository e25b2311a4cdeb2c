internal import HTTPTypes
internal import Hummingbird
internal import Records

/// Reads the bodies of the ways in.
enum IntakeBody {
    /// The whole body, unpacked when it is gzip.
    ///
    /// - Parameters:
    ///   - limit: The most bytes as sent; the installation's limit when that is less.
    ///   - unpackedLimit: The most bytes when they were unpacked.
    /// - Throws: `IntakeFailure`.
    static func read(
        _ request: Request, _ pass: IntakePass, upTo limit: Int = .max, unpackedTo unpackedLimit: Int = .max
    ) async throws -> [UInt8] {
        let limit = min(limit, pass.limits.bodyBytes)
        let isPacked = try isPacked(request.headers)
        if let declared = request.headers[.contentLength].flatMap({ Int($0) }), declared > limit {
            throw tooLarge(limit)
        }
        let bytes = try await paced(request.body, pass.limits) { body in
            var bytes: [UInt8] = []
            for try await chunk in body {
                guard bytes.count + chunk.count <= limit else { throw tooLarge(limit) }
                try pass.reserve(chunk.count)
                bytes.append(contentsOf: chunk)
            }
            return bytes
        }
        guard isPacked || bytes.starts(with: [0x1F, 0x8B]), !bytes.isEmpty else { return bytes }
        return try unpacked(bytes, pass, min(unpackedLimit, pass.limits.bodyBytes))
    }

    /// Runs `use` with the body in pieces as they come, and gives up when they come too slowly, even when none comes.
    ///
    /// - Throws: `IntakeFailure` with reason `tooSlow`; what `use` throws.
    static func paced<Result: Sendable>(
        _ body: RequestBody, _ limits: IntakeLimits,
        _ use: @escaping @Sendable (PacedBody) async throws -> Result
    ) async throws -> Result {
        let body = PacedBody(body, limits)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await use(body) }
            group.addTask {
                try await body.watch()
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }

    private static func isPacked(_ headers: HTTPFields) throws(IntakeFailure) -> Bool {
        switch headers[.contentEncoding]?.lowercased() {
        case nil, "", "identity": return false
        case "gzip", "x-gzip": return true
        case let other?:
            throw IntakeFailure(.unsupported, "the content encoding '\(other)' is not read; use gzip or none")
        }
    }

    private static func unpacked(
        _ bytes: [UInt8], _ pass: IntakePass, _ limit: Int
    ) throws(IntakeFailure) -> [UInt8] {
        guard bytes.starts(with: [0x1F, 0x8B]) else {
            throw IntakeFailure(.malformed, "the body is said to be gzip and is not")
        }
        let content: [UInt8]
        do {
            content = try PackedFile.content(of: bytes, limit: limit)
        } catch {
            switch error {
            case .tooLarge: throw tooLarge(limit)
            case .damaged, .unknownMethod: throw IntakeFailure(.malformed, "the gzip stream of the body is damaged")
            }
        }
        try pass.reserve(content.count)
        return content
    }

    private static func tooLarge(_ limit: Int) -> IntakeFailure {
        IntakeFailure(.tooLarge, "the body has more than \(limit) bytes; send it in several requests")
    }
}
