/// How a stream of bytes is packed, told by its first bytes.
public enum Packing: String, Sendable, Hashable, CaseIterable {
    case none
    /// RFC 1952, of one or more members.
    case gzip
    /// RFC 8878, of one or more frames.
    case zstd
    /// PKWARE's format; its members are read in the order in which they lie in the file.
    case zip

    /// How many bytes `init(startingWith:)` wants to see, unless the stream is shorter.
    public static let markLength = 4

    /// Tells the packing by a stream's first bytes.
    public init(startingWith bytes: some Collection<UInt8>) {
        func starts(with mark: [UInt8]) -> Bool { bytes.prefix(mark.count).elementsEqual(mark) }
        if starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .zip
        } else {
            self = .none
        }
    }
}

/// What keeps a packed stream from being read on; what came before it is good.
public enum UnpackingFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes are not as the format wants them.
    case damaged(Packing)
    /// The stream ends inside of packed data.
    case endsTooEarly(Packing)
    /// A zip member that is encrypted, or packed in a way that is not read here.
    case unknownMethod(member: String)

    public var description: String {
        switch self {
        case .damaged(let packing): "the \(packing.rawValue) stream is damaged; its rest was left out"
        case .endsTooEarly(let packing): "the \(packing.rawValue) stream ends too early"
        case .unknownMethod(let member):
            "the zip's member \(member) is encrypted or packed in an unknown way; it and what follows were left out"
        }
    }
}
