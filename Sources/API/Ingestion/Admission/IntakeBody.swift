internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Records
internal import Synchronization

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
        var bytes: [UInt8] = []
        for try await chunk in paced(request.body, pass.limits) {
            guard bytes.count + chunk.count <= limit else { throw tooLarge(limit) }
            try pass.reserve(chunk.count)
            bytes.append(contentsOf: chunk)
        }
        guard isPacked || bytes.starts(with: [0x1F, 0x8B]), !bytes.isEmpty else { return bytes }
        return try unpacked(bytes, pass, min(unpackedLimit, pass.limits.bodyBytes))
    }

    /// The body in pieces as they come, given up when they come too slowly.
    static func paced(
        _ body: RequestBody, _ limits: IntakeLimits
    ) -> some AsyncSequence<[UInt8], any Error> & Sendable {
        let start = ContinuousClock.now
        let count = ByteCount()
        return body.map { buffer throws -> [UInt8] in
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            let total = count.add(buffer.readableBytes)
            if elapsed > limits.patience, Double(total) / elapsed < Double(limits.slowestPace) {
                throw IntakeFailure(
                    .tooSlow, "the body came slower than \(limits.slowestPace) bytes per second; send it again")
            }
            return Array(buffer.readableBytesView)
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

/// Counts bytes over the pieces of a body.
private final class ByteCount: Sendable {
    private let count = Mutex(0)

    func add(_ bytes: Int) -> Int {
        count.withLock {
            $0 += bytes
            return $0
        }
    }
}
