internal import EvtxReader
internal import Unpacking

/// The content of a file as one row of bytes, unpacked and, for a Windows event log, as lines of XML.
///
/// Offsets count the bytes of the content. Reading onwards is cheap; going back in a packed file unpacks it anew.
final class FileContent {
    enum Kind: Equatable {
        case plain
        case packed
        case eventLog
    }

    let kind: Kind
    /// How the file as a whole is packed.
    let packing: Packing
    private let file: OpenFile
    private var unpacker: Unpacker
    private var eventLog: EventLogLines?
    private var eventLogPath: String?
    private var unpackedEventLog: UnpackedEventLog?
    /// How much of the file was fed to the unpacker.
    private var fed = 0
    /// What was unpacked from `bufferStart` on, and not yet passed.
    private var buffer: [UInt8] = []
    private var bufferStart = 0
    /// The start of the content, which is wanted again and again.
    private var head: [UInt8] = []
    private static let headLength = 1 << 16
    /// Set when no more can come.
    private var isOver = false
    /// Why the content ends before it should.
    private(set) var fault: String?

    private static let step = 1 << 18

    private let takesRecovered: Bool

    /// - Parameter takesRecovered: Whether records in the slack of an event log are part of its content.
    init(_ file: OpenFile, takesRecovered: Bool = false) throws {
        self.file = file
        self.takesRecovered = takesRecovered
        unpacker = Unpacker()
        let mark = try file.read(at: 0, EvtxFile.mark.count)
        packing = Packing(startingWith: mark)
        if mark == EvtxFile.mark {
            kind = .eventLog
            eventLogPath = file.path
        } else if packing == .none {
            kind = .plain
        } else if let unpacked = try UnpackedEventLog(file) {
            kind = .eventLog
            eventLogPath = unpacked.path
            unpackedEventLog = unpacked
            fault = unpacked.fault
        } else {
            kind = .packed
        }
        restart()
    }

    /// The content from `offset` on, at most `count` bytes; fewer only where it ends for now.
    func read(at offset: Int, _ count: Int) throws -> [UInt8] {
        if kind == .plain { return try file.read(at: offset, count) }
        if offset + count <= head.count { return Array(head[offset..<(offset + count)]) }
        if offset < bufferStart { restart() }
        while bufferStart + buffer.count < offset + count, try more() {
            // Before the wanted bytes nothing is kept.
            if bufferStart + buffer.count <= offset { drop(buffer.count) }
        }
        drop(min(buffer.count, max(0, offset - bufferStart)))
        return bufferStart == offset ? Array(buffer.prefix(count)) : []
    }

    private func drop(_ count: Int) {
        buffer.removeFirst(count)
        bufferStart += count
    }

    private func restart() {
        unpacker = Unpacker()
        if let eventLogPath { eventLog = EventLogLines(path: eventLogPath, takesRecovered) }
        (fed, bufferStart, buffer, isOver, fault) = (0, 0, [], false, unpackedEventLog?.fault)
    }

    private func more() throws -> Bool {
        let before = buffer.count
        let isMore = try unpackMore()
        if bufferStart + before == head.count, head.count < FileContent.headLength {
            head += buffer[before...].prefix(FileContent.headLength - head.count)
        }
        return isMore
    }

    /// Adds to the buffer; false when the content ends for now.
    private func unpackMore() throws -> Bool {
        if isOver { return false }
        if kind == .eventLog {
            guard let line = eventLog?.next() else {
                isOver = true
                fault = fault ?? eventLog?.fault
                return false
            }
            buffer += line
            return true
        }
        do {
            while true {
                if let piece = try unpacker.next() {
                    // Members of a zip are separate texts.
                    switch piece {
                    case .bytes(let bytes): buffer += bytes
                    case .member: if let last = buffer.last, last != 0x0A { buffer.append(0x0A) }
                    }
                    return true
                }
                let bytes = try file.read(at: fed, FileContent.step)
                if bytes.isEmpty {
                    if isOver { return false }
                    isOver = true
                    unpacker.finish()
                } else {
                    unpacker.feed(bytes)
                    fed += bytes.count
                }
            }
        } catch let damage as UnpackingFault {
            isOver = true
            fault = damage.description
            return false
        }
    }
}

/// The records of a Windows event log, each as a line of XML.
private final class EventLogLines {
    private var file: EvtxFile?
    private(set) var fault: String?

    init(path: String, _ takesRecovered: Bool) {
        do throws(EvtxFault) {
            file = try EvtxFile(path: path, includesRecovered: takesRecovered)
        } catch {
            file = nil
            fault = error.description
        }
    }

    func next() -> [UInt8]? {
        while let record = file?.next() {
            switch record.content {
            case .success(let xml): return Array(xml.utf8) + [0x0A]
            case .failure(let reason): fault = reason.description
            }
        }
        return nil
    }
}
