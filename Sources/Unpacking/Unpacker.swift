/// Unpacks a stream of bytes piece by piece: gzip, zstd, zip, or bytes that are not packed at all.
///
/// Feed the stream in pieces of any size and pull unpacked pieces out until there are none; no more than one piece is held,
/// whatever the ratio of the packing.
public struct Unpacker: ~Copyable, Sendable {
    /// What comes out of a stream.
    public enum Piece: Sendable, Equatable {
        case bytes([UInt8])
        /// A member of a zip begins, with its name; what follows belongs to it.
        case member(String)
    }

    /// How the stream is packed; nil until enough of it came to tell.
    public private(set) var packing: Packing?
    private let pieceBytes: Int
    private var input: [UInt8] = []
    private var used = 0
    private var isFinished = false
    private var isOver = false
    private var gzip = InflatingStream(.gzip)
    private var zstd = ZstdStream()
    private var zip = ZipStream()

    /// - Parameter pieceBytes: The longest piece given out.
    public init(pieceBytes: Int = 1 << 18) {
        self.pieceBytes = pieceBytes
    }

    /// Hands over the next bytes of the stream.
    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        if used > 0 {
            input.removeSubrange(0..<used)
            used = 0
        }
        input.append(contentsOf: bytes)
    }

    /// Says that no more bytes will come.
    public mutating func finish() {
        isFinished = true
    }

    /// The next unpacked piece; nil when more bytes are needed or, after `finish()`, when all was given out.
    ///
    /// - Throws: `UnpackingFault`, once; after that there is nothing more.
    public mutating func next() throws(UnpackingFault) -> Piece? {
        if isOver { return nil }
        do {
            return try step()
        } catch {
            isOver = true
            throw error
        }
    }

    private mutating func step() throws(UnpackingFault) -> Piece? {
        if packing == nil {
            guard input.count >= Packing.markLength || isFinished else { return nil }
            packing = Packing(startingWith: input)
        }
        let piece: Piece?
        switch packing ?? .none {
        case .none:
            let end = min(input.count, used + pieceBytes)
            piece = end > used ? .bytes(Array(input[used..<end])) : nil
            used = end
        case .gzip: piece = try unpackGzip()
        case .zstd:
            piece = try zstd.next(input, &used, limit: pieceBytes).map { .bytes($0) }
            if piece == nil, isFinished, !zstd.isBetweenFrames { throw .endsTooEarly(.zstd) }
        case .zip: piece = try zip.next(input, &used, limit: pieceBytes, isFinal: isFinished)
        }
        if piece == nil, isFinished { isOver = true }
        return piece
    }

    private mutating func unpackGzip() throws(UnpackingFault) -> Piece? {
        while true {
            if gzip.isAtEnd {
                // Zeros after the last member are padding (of tapes).
                while used < input.count, input[used] == 0 { used += 1 }
                guard used < input.count else { return nil }
                guard input[used] == 0x1F else { throw .damaged(.gzip) }
                gzip.reset()
            }
            switch gzip.next(input, &used, limit: pieceBytes) {
            case .piece(let bytes): return .bytes(bytes)
            case .end: continue
            case .damaged: throw .damaged(.gzip)
            case .needsMore:
                if isFinished { throw .endsTooEarly(.gzip) }
                return nil
            }
        }
    }

    /// Unpacks what is in memory as a whole; of a zip the contents of its members, one after the other.
    ///
    /// - Parameter limit: How many unpacked bytes are taken at most.
    /// - Returns: What could be unpacked, and why that is not all.
    public static func unpack(_ bytes: [UInt8], limit: Int) -> (bytes: [UInt8], fault: UnpackingFault?) {
        var unpacker = Unpacker()
        unpacker.feed(bytes)
        unpacker.finish()
        var output: [UInt8] = []
        do {
            while output.count < limit, let piece = try unpacker.next() {
                if case .bytes(let bytes) = piece { output.append(contentsOf: bytes.prefix(limit - output.count)) }
            }
        } catch {
            return (output, error)
        }
        return (output, nil)
    }
}
