internal import CEvtx

/// Why a Windows event log file cannot be read.
public struct EvtxFault: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}

/// A Windows event log file (`.evtx`), read record by record as XML.
///
/// Records that Windows has overwritten or never listed, often of other channels, may still be in the file's slack. When
/// asked for, those that are whole are read after the others. A record that cannot be read does not stop the rest.
public struct EvtxFile: ~Copyable {
    /// The first bytes of every such file.
    public static let mark = Array("ElfFile\0".utf8)

    /// One record.
    public struct Record: Sendable, Hashable {
        /// The file's number for it, which an export may count anew; nil when it cannot be read.
        public var identifier: UInt64?
        /// The element `Event` in one line, or why there is none.
        public var content: Result<String, EvtxFault>
        public var isRecovered: Bool
    }

    // The file is used by one task at a time: the value cannot be copied.
    private let file: UnsafeMutablePointer<libevtx_file_t>
    private let regularCount: Int
    private let recoveredCount: Int
    private var position = 0

    /// Opens a file.
    ///
    /// - Parameter includesRecovered: Whether records in the slack are read as well.
    /// - Throws: `EvtxFault` when it is not there, or no event log.
    public init(path: String, includesRecovered: Bool = false) throws(EvtxFault) {
        var file: UnsafeMutablePointer<libevtx_file_t>?
        var error: UnsafeMutablePointer<libevtx_error_t>?
        guard libevtx_file_initialize(&file, &error) == 1, let opened = file else {
            throw EvtxFile.fault("cannot be opened", &error)
        }
        guard libevtx_file_open(opened, path, Int32(LIBEVTX_ACCESS_FLAG_READ.rawValue), &error) == 1 else {
            let fault = EvtxFile.fault("is no Windows event log file, or cannot be read", &error)
            libevtx_file_free(&file, nil)
            throw fault
        }
        var count: Int32 = 0
        regularCount = libevtx_file_get_number_of_records(opened, &count, nil) == 1 ? Int(count) : 0
        recoveredCount =
            includesRecovered && libevtx_file_get_number_of_recovered_records(opened, &count, nil) == 1 ? Int(count) : 0
        self.file = opened
    }

    deinit {
        var closing: UnsafeMutablePointer<libevtx_file_t>? = file
        libevtx_file_close(file, nil)
        libevtx_file_free(&closing, nil)
    }

    /// Number of records, fragments of recovered ones among them.
    public var count: Int { regularCount + recoveredCount }

    /// The next record; nil after the last.
    public mutating func next() -> Record? {
        while position < count {
            let record = read()
            position += 1
            // Fragments of records are no loss.
            if case .failure = record.content, record.isRecovered { continue }
            return record
        }
        return nil
    }

    private func read() -> Record {
        let isRecovered = position >= regularCount
        var record: UnsafeMutablePointer<libevtx_record_t>?
        var error: UnsafeMutablePointer<libevtx_error_t>?
        let outcome =
            isRecovered
            ? libevtx_file_get_recovered_record_by_index(file, Int32(position - regularCount), &record, &error)
            : libevtx_file_get_record_by_index(file, Int32(position), &record, &error)
        defer { libevtx_record_free(&record, nil) }
        guard outcome == 1, let record else {
            let fault = EvtxFile.fault("record \(position + 1) cannot be read", &error)
            return Record(identifier: nil, content: .failure(fault), isRecovered: isRecovered)
        }
        var number: UInt64 = 0
        let identifier = libevtx_record_get_identifier(record, &number, nil) == 1 ? number : nil
        return Record(identifier: identifier, content: xml(of: record), isRecovered: isRecovered)
    }

    private func xml(of record: UnsafeMutablePointer<libevtx_record_t>) -> Result<String, EvtxFault> {
        var error: UnsafeMutablePointer<libevtx_error_t>?
        var size = 0
        guard libevtx_record_get_utf8_xml_string_size(record, &size, &error) == 1, size > 0 else {
            return .failure(EvtxFile.fault("record \(position + 1) has no readable XML", &error))
        }
        var isRead = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            isRead = libevtx_record_get_utf8_xml_string(record, buffer.baseAddress, size, &error) == 1
            count = isRead ? size : 0
        }
        guard isRead else {
            return .failure(EvtxFile.fault("record \(position + 1) has no readable XML", &error))
        }
        // The last byte is NUL.
        return .success(EvtxFile.oneLine(bytes.dropLast()))
    }

    /// Takes out the indentation between elements; line ends inside of values become references.
    static func oneLine(_ xml: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(xml.count)
        var index = xml.startIndex
        while index < xml.endIndex {
            let byte = xml[index]
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                output.append(byte)
                index += 1
                continue
            }
            let rest = xml[index...].drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
            if output.isEmpty || output.last == UInt8(ascii: ">"), rest.first == UInt8(ascii: "<") || rest.isEmpty {
                index = rest.startIndex
            } else {
                output.append(contentsOf: byte == UInt8(ascii: "\n") ? Array("&#10;".utf8) : Array("&#13;".utf8))
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func fault(_ what: String, _ error: inout UnsafeMutablePointer<libevtx_error_t>?) -> EvtxFault {
        defer { libevtx_error_free(&error) }
        guard let error else { return EvtxFault(description: what) }
        var text = [CChar](repeating: 0, count: 512)
        libevtx_error_sprint(error, &text, text.count)
        let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return EvtxFault(description: "\(what): \(reason)")
    }
}
