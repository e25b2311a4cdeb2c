internal import CZstd

/// Zstandard frames, decompressed piece by piece.
struct ZstdStream: ~Copyable, @unchecked Sendable {
    // SAFETY: the pointer is owned by this value alone, which cannot be copied, and is used through it only.
    private var stream: OpaquePointer?
    /// Whether the stream may end here.
    private(set) var isBetweenFrames = true

    deinit {
        if let stream { ZSTD_freeDStream(stream) }
    }

    /// The next piece of `input` from `used` on; nil when more input is needed.
    mutating func next(_ input: [UInt8], _ used: inout Int, limit: Int) throws(UnpackingFault) -> [UInt8]? {
        if stream == nil {
            stream = ZSTD_createDStream()
            // A frame may ask for a window of at most 128 MiB; more is an attack.
            if let stream { ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27) }
        }
        guard let stream else { throw .damaged(.zstd) }
        let from = used
        var isDamaged = false
        var consumed = 0
        let output = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            input.withUnsafeBytes { bytes in
                var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: from)
                var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: limit, pos: 0)
                let hint = ZSTD_decompressStream(stream, &target, &source)
                consumed = source.pos - from
                isDamaged = ZSTD_isError(hint) != 0
                if consumed > 0 || target.pos > 0 { isBetweenFrames = hint == 0 }
                count = target.pos
            }
        }
        used += consumed
        if !output.isEmpty { return output }
        if isDamaged { throw .damaged(.zstd) }
        // A frame, or its head, may give nothing; what follows it may.
        return consumed > 0 && used < input.count ? try next(input, &used, limit: limit) : nil
    }
}
