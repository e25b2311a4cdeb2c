/// Files that may be packed: gzip (RFC 1952), or zip with one file of interest, recognised by their first bytes.
public enum PackedFile {
    /// Why a packed file cannot be read.
    public enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        case damaged
        /// The content is larger than this many bytes.
        case tooLarge(Int)
        /// The zip's first file is stored in a way that is not read here: encrypted, or another compression.
        case unknownMethod

        public var description: String {
            switch self {
            case .damaged: "the packed file is damaged"
            case .tooLarge(let limit): "the packed file holds more than \(limit) bytes"
            case .unknownMethod: "the zip's first file is encrypted or compressed in an unknown way"
            }
        }
    }

    /// The content: of a gzip file all of it, of a zip its first file, of any other the bytes as they are.
    public static func content(of bytes: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        if bytes.starts(with: [0x1F, 0x8B]) { return try inflated(bytes[...], isBare: false, limit: limit) }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return try firstFile(bytes, limit: limit) }
        guard bytes.count <= limit else { throw .tooLarge(limit) }
        return bytes
    }

    /// The local header of a zip (PKWARE APPNOTE 4.3.7): flags at 6, method at 8, sizes at 18 and 22, lengths of name and
    /// extra field at 26 and 28, then both, then the data.
    private static func firstFile(_ bytes: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        guard bytes.count >= 30 else { throw .damaged }
        func short(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
        let start = 30 + short(26) + short(28)
        guard start <= bytes.count else { throw .damaged }
        guard short(6) & 1 == 0 else { throw .unknownMethod }
        switch short(8) {
        case 0:
            let size = short(18) | short(20) << 16
            guard start + size <= bytes.count else { throw .damaged }
            guard size <= limit else { throw .tooLarge(limit) }
            return Array(bytes[start..<start + size])
        case 8: return try inflated(bytes[start...], isBare: true, limit: limit)
        default: throw .unknownMethod
        }
    }

    private static func inflated(_ bytes: ArraySlice<UInt8>, isBare: Bool, limit: Int) throws(Fault) -> [UInt8] {
        var stream = Gunzip(isBare: isBare)
        var output: [UInt8] = []
        var rest = bytes
        while !rest.isEmpty {
            let before = output.count
            let used = rest.withUnsafeBufferPointer { stream.inflate($0, into: &output, limit: 1 << 18) }
            guard let used else { throw .damaged }
            guard output.count <= limit else { throw .tooLarge(limit) }
            rest = rest.dropFirst(used)
            // What follows a bare stream belongs to the zip.
            if isBare, stream.isAtEnd { return output }
            if used == 0, output.count == before { throw .damaged }
        }
        guard stream.isAtEnd else { throw .damaged }
        return output
    }
}
