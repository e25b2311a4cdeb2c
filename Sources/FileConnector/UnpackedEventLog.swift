internal import EvtxReader
internal import Foundation
internal import Unpacking

/// A Windows event log out of a packed file, in a temporary file for as long as it is read.
final class UnpackedEventLog {
    let path: String
    /// Why the packed file was not readable to its end.
    let fault: String?

    /// Nil when the packed file holds something else.
    init?(_ file: OpenFile) throws {
        var pieces = UnpackedPieces(file)
        var start: [UInt8] = []
        while start.count < EvtxFile.mark.count, let piece = try pieces.next() { start += piece }
        guard start.starts(with: EvtxFile.mark) else { return nil }
        let url = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString).evtx")
        guard FileManager.default.createFile(atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw FileFault(url.path, "cannot be written") }
        path = url.path
        let target = try FileHandle(forWritingTo: url)
        try target.write(contentsOf: Data(start))
        while let piece = try pieces.next() { try target.write(contentsOf: Data(piece)) }
        try target.close()
        fault = pieces.fault
    }

    deinit {
        // A file that is left behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// The unpacked content of a file, piece by piece, up to its end or a fault.
private struct UnpackedPieces: ~Copyable {
    private let file: OpenFile
    private var unpacker = Unpacker()
    private var fed = 0
    private var isFinished = false
    private(set) var fault: String?

    init(_ file: OpenFile) {
        self.file = file
    }

    mutating func next() throws -> [UInt8]? {
        do {
            while true {
                if let piece = try unpacker.next() {
                    if case .bytes(let bytes) = piece { return bytes }
                    continue
                }
                if isFinished { return nil }
                let bytes = try file.read(at: fed, 1 << 18)
                fed += bytes.count
                unpacker.feed(bytes)
                if bytes.isEmpty {
                    isFinished = true
                    unpacker.finish()
                }
            }
        } catch let damage as UnpackingFault {
            fault = damage.description
            return nil
        }
    }
}
