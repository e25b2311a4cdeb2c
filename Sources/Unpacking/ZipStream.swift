/// The members of a zip, read from its start on without its directory (PKWARE APPNOTE 4.3).
struct ZipStream: ~Copyable, Sendable {
    private enum Mode {
        case header
        /// A deflated member.
        case deflated
        /// This many bytes of a member that is not packed are to come.
        case stored(Int)
        /// The directory was reached: there are no further members.
        case over
    }

    private var mode = Mode.header
    private var deflate = InflatingStream(.bare)
    /// Sizes follow the member's data, 12 to 24 bytes that are searched for the next header.
    private var hasDescriptor = false

    private static let header: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    private static let headerLength = 30
    /// Headers of the directory, of its end, and of the archive's extra data.
    private static let closing: [[UInt8]] = [
        [0x50, 0x4B, 0x01, 0x02], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x06, 0x06], [0x50, 0x4B, 0x06, 0x08],
    ]

    mutating func next(
        _ input: [UInt8], _ used: inout Int, limit: Int, isFinal: Bool
    ) throws(UnpackingFault) -> Unpacker.Piece? {
        while true {
            switch mode {
            case .over:
                used = input.count
                return nil
            case .header:
                if hasDescriptor, !skipDescriptor(input, &used) { return try wait(isFinal) }
                let rest = input[used...]
                guard rest.count >= 4 else { return rest.isEmpty && isFinal ? nil : try wait(isFinal) }
                if ZipStream.closing.contains(where: { rest.starts(with: $0) }) {
                    mode = .over
                    continue
                }
                guard rest.starts(with: ZipStream.header) else { throw .damaged(.zip) }
                guard let name = try open(input, &used) else { return try wait(isFinal) }
                return .member(name)
            case .stored(let count):
                guard count > 0 else {
                    mode = .header
                    continue
                }
                let end = min(input.count, used + min(count, limit))
                guard end > used else { return try wait(isFinal) }
                defer { used = end }
                mode = .stored(count - (end - used))
                return .bytes(Array(input[used..<end]))
            case .deflated:
                let step = deflate.next(input, &used, limit: limit)
                if deflate.isAtEnd { mode = .header }
                switch step {
                case .piece(let bytes): return .bytes(bytes)
                case .end: continue
                case .damaged: throw .damaged(.zip)
                case .needsMore: return try wait(isFinal)
                }
            }
        }
    }

    private func wait(_ isFinal: Bool) throws(UnpackingFault) -> Unpacker.Piece? {
        if isFinal { throw .endsTooEarly(.zip) }
        return nil
    }

    /// Reads a local header: flags at 6, method at 8, packed size at 18, lengths of name and extra field at 26 and 28.
    ///
    /// - Returns: The member's name; nil when the header has not come as a whole.
    private mutating func open(_ input: [UInt8], _ used: inout Int) throws(UnpackingFault) -> String? {
        let bytes = input[used...]
        guard bytes.count >= ZipStream.headerLength else { return nil }
        let start = used
        func short(_ at: Int) -> Int { Int(input[start + at]) | Int(input[start + at + 1]) << 8 }
        let (nameLength, extraLength) = (short(26), short(28))
        guard bytes.count >= ZipStream.headerLength + nameLength + extraLength else { return nil }
        let nameStart = start + ZipStream.headerLength
        let name = String(decoding: input[nameStart..<(nameStart + nameLength)], as: UTF8.self)
        let (flags, method, size) = (short(6), short(8), short(18) | short(20) << 16)
        hasDescriptor = flags & 8 != 0
        used = nameStart + nameLength + extraLength
        switch method {
        case _ where flags & 1 != 0: throw .unknownMethod(member: name)
        case 0 where !hasDescriptor || name.hasSuffix("/"): mode = .stored(size)
        case 8:
            deflate.reset()
            mode = .deflated
        default: throw .unknownMethod(member: name)
        }
        return name
    }

    /// Skips a data descriptor: checksum and sizes of 4 or 8 bytes, with or without a mark before them.
    private mutating func skipDescriptor(_ input: [UInt8], _ used: inout Int) -> Bool {
        let marks = ZipStream.closing + [ZipStream.header]
        for length in [16, 12, 24, 20] where input.count - used >= length + 4 {
            if marks.contains(where: { input[(used + length)...].starts(with: $0) }) {
                used += length
                hasDescriptor = false
                return true
            }
        }
        guard input.count - used >= 28 else { return false }
        // No header where one must be: reading on finds it to be damaged.
        hasDescriptor = false
        return true
    }
}
