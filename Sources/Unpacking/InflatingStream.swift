internal import CZlib

/// A gzip member or a bare deflate stream (RFC 1951), inflated piece by piece.
struct InflatingStream: ~Copyable, @unchecked Sendable {
    // SAFETY: the pointer is owned by this value alone, which cannot be copied, and is used through it only.
    private var stream: OpaquePointer?
    private let format: Format
    /// Whether the last byte of the stream was inflated.
    private(set) var isAtEnd = false

    enum Format {
        case gzip, bare
    }

    enum Step {
        case piece([UInt8])
        /// The stream ended, with no further bytes.
        case end
        case needsMore
        case damaged
    }

    init(_ format: Format) {
        self.format = format
    }

    deinit {
        tocsin_gunzip_destroy(stream)
    }

    /// Makes ready for another stream.
    mutating func reset() {
        if let stream { tocsin_gunzip_reset(stream) }
        isAtEnd = false
    }

    /// Inflates some of `input` from `used` on.
    mutating func next(_ input: [UInt8], _ used: inout Int, limit: Int) -> Step {
        if stream == nil { stream = tocsin_gunzip_create(format == .gzip ? tocsin_gzip : tocsin_bare) }
        guard let stream else { return .damaged }
        var isDamaged = false
        let from = used
        var consumed = 0
        let output = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            input.withUnsafeBufferPointer { input in
                let rest = UnsafeBufferPointer(rebasing: input[from...])
                let step = tocsin_gunzip_inflate(stream, rest.baseAddress, rest.count, buffer.baseAddress, limit)
                consumed = step.consumed
                isDamaged = step.code != 0
                isAtEnd = step.is_at_end
                count = step.produced
            }
        }
        used += consumed
        if !output.isEmpty { return .piece(output) }
        if isDamaged { return .damaged }
        return isAtEnd ? .end : .needsMore
    }
}
