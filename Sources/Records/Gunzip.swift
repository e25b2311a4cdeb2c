internal import CZlib

/// Inflates a gzip stream (RFC 1952) of one or more members, or a bare deflate stream (RFC 1951), piece by piece.
struct Gunzip: ~Copyable, @unchecked Sendable {
    // SAFETY: the pointer is owned by this value alone, which cannot be copied, and is used through it only.
    private var stream: OpaquePointer?
    private var isBetweenMembers = false

    private let isBare: Bool

    init(isBare: Bool = false) {
        self.isBare = isBare
    }

    deinit {
        tocsin_gunzip_destroy(stream)
    }

    /// Whether the input may end here.
    var isAtEnd: Bool { isBetweenMembers }

    /// Inflates the start of `input` to at most `limit` bytes at the end of `output`.
    ///
    /// - Returns: how many bytes of `input` were used, nil when the stream is damaged.
    mutating func inflate(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8], limit: Int) -> Int? {
        if stream == nil { stream = tocsin_gunzip_create(isBare ? tocsin_bare : tocsin_gzip) }
        guard let stream else { return nil }
        if isBetweenMembers {
            // Padding after the last member is allowed.
            guard input.first == 0x1F else { return input.allSatisfy { $0 == 0 } ? input.count : nil }
            tocsin_gunzip_reset(stream)
            isBetweenMembers = false
        }
        var consumed = 0
        var isDamaged = false
        let inflated = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let step = tocsin_gunzip_inflate(stream, input.baseAddress, input.count, buffer.baseAddress, limit)
            consumed = step.consumed
            isDamaged = step.code != 0
            isBetweenMembers = step.is_at_end
            count = step.produced
        }
        output.append(contentsOf: inflated)
        return isDamaged ? nil : consumed
    }
}
