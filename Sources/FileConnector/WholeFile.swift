internal import Unpacking

/// A file that is read once from its beginning to its end, in parts of whole records.
public struct WholeFile {
    private let content: FileContent
    private let cutter = PartCutter(encoding: .utf8, limit: 16 << 20)
    private var offset = 0
    private var layout = FileLayout.lines

    private static let partBytes = 64 << 20

    /// Opens a file, which may be packed or a Windows event log.
    ///
    /// - Parameter takesRecoveredRecords: Whether records in the slack of an event log are read as well.
    /// - Throws: an error in words, when the file cannot be read.
    public init(path: String, takesRecoveredRecords: Bool = false) throws {
        content = try FileContent(OpenFile(path), takesRecovered: takesRecoveredRecords)
    }

    /// Whether the server reads the bytes of the file as they are: not packed, or gzip of text.
    public var isReadableAsIs: Bool { content.kind == .plain || (content.kind == .packed && content.packing == .gzip) }

    /// Why the content is not readable to its end; known once all parts were read.
    public var fault: String? { content.fault }

    /// The next part, in lines or documents; nil after the last.
    public mutating func next() throws -> [UInt8]? {
        while true {
            let bytes = try content.read(at: offset, WholeFile.partBytes)
            let isAll = bytes.count < WholeFile.partBytes
            guard
                case .part(let length, let skipped, let next) = cutter.cut(
                    bytes, layout, isAll: isAll, isSettled: isAll)
            else { return nil }
            offset += length
            layout = next
            if skipped < length {
                let body = bytes[skipped..<length]
                return next == .array ? JSONExtent.objects(body) : Array(body)
            }
        }
    }
}
