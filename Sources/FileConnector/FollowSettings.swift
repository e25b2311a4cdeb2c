/// Which files are followed, and how they are to be read.
public struct FollowSettings: Sendable, Hashable {
    public enum Start: String, Sendable, CaseIterable {
        case beginning, end
    }

    /// What the connector is called; positions are kept under this name.
    public var name: String
    /// Absolute paths with `*`, `?` and `[…]` inside of a part, and `**` for any number of folders.
    public var paths: [String]
    /// The source to take all records for; nil to recognise it.
    public var source: String?
    /// The table whose columns the records already have; nil when they do not.
    public var table: String?
    public var encoding = TextEncoding.utf8
    /// Whether records in the slack of Windows event logs, overwritten or of other channels, are taken as well.
    public var takesRecoveredRecords = false
    /// Where files begin that are there when the connector first runs; those that appear later begin at their beginning.
    public var start = Start.beginning
    /// How many lines at a file's beginning name its fields, and are read before each part of it; nil: lines that begin
    /// with `#`, and the first line of files ending in `.csv` or `.tsv`.
    public var headerLines: Int?
    /// How often folders are looked through, for file systems that do not tell of changes.
    public var pollInterval = Duration.seconds(5)
    /// After how long without a change an unfinished last line, or a packed file that ends too early, is taken as it is.
    public var settleTime = Duration.seconds(60)
    /// About how much is delivered at a time, in bytes.
    public var partBytes = 4 << 20
    /// The longest line or document, in bytes.
    public var lineBytes = 16 << 20

    public init(name: String, paths: [String]) {
        self.name = name
        self.paths = paths
    }
}

/// How the text of files is encoded.
public enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case latin1 = "iso-8859-1"

    /// The bytes of a line's end.
    var newline: [UInt8] {
        switch self {
        case .utf8, .latin1: [0x0A]
        case .utf16LittleEndian: [0x0A, 0]
        case .utf16BigEndian: [0, 0x0A]
        }
    }

    /// The same text in UTF-8, without a byte order mark.
    func utf8(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .utf8: return bytes
        case .latin1:
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count + bytes.count / 8)
            for byte in bytes {
                if byte < 0x80 { output.append(byte) } else { output += [0xC0 | byte >> 6, 0x80 | byte & 0x3F] }
            }
            return output
        case .utf16LittleEndian, .utf16BigEndian:
            let high = self == .utf16BigEndian ? 0 : 1
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
                UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + 1 - high])
            }
            return Array(String(decoding: units.first == 0xFEFF ? units.dropFirst() : units[...], as: UTF16.self).utf8)
        }
    }
}

/// Some whole records of a followed file, or why some cannot be read.
public struct FilePart: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// Whole lines or documents, in UTF-8, after the header lines that belong to them.
        case records([UInt8])
        /// What is not readable, in words.
        case fault(String)
    }

    /// The file's path.
    public var path: String
    /// Where the part begins in the file's (unpacked) content, in bytes.
    public var offset: Int
    /// The same for the same part, however often it is delivered, and for no other.
    public var delivery: String
    public var content: Content
}

/// Stores a part; when it returns, the part is durable. A part stored before, by its `delivery`, is not stored again.
public typealias FilePartSink = @Sendable (FilePart) async throws -> Void
