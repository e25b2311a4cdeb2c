/// Bounds of what a `RecordReader` holds at a time.
public struct ReaderLimits: Sendable {
    /// The longest line, document or element of an array, in bytes; longer ones are rejected.
    public var documentBytes = 10 << 20
    /// The deepest nesting of a document that goes over several lines.
    public var documentDepth = 100
    /// About how many records a block holds.
    public var blockRecords = 4096
    /// About how many bytes of values a block holds.
    public var blockBytes = 8 << 20
    /// How much of a rejected text is kept, in bytes.
    public var rejectedBytes = 10 << 20

    public init() {}
}

/// Some text that is no record.
public struct RejectedText: Sendable, Hashable {
    /// The line it starts in, counted from 1.
    public var line: Int
    /// Where in its first line the fault was noticed, in bytes counted from 1; nil when unknown.
    public var column: Int?
    public var reason: String
    /// The text itself, repaired where it is not UTF-8.
    public var raw: String

    public init(line: Int, column: Int? = nil, reason: String, raw: String) {
        self.line = line
        self.column = column
        self.reason = reason
        self.raw = raw
    }
}

/// The records read so far, with where they come from, and what could not be read between them.
public struct RecordBlock: Sendable {
    public var records: RecordBatch
    /// The line each record starts in, counted from 1.
    public var lines: [Int]
    public var rejects: [RejectedText]

    public init(records: RecordBatch, lines: [Int], rejects: [RejectedText]) {
        self.records = records
        self.lines = lines
        self.rejects = rejects
    }
}

/// Turns a line of text that is not JSON into one finished record of the builder.
///
/// - Returns: nil, or why the line is no record; then it must have added none.
public typealias LineDecoder = @Sendable (_ line: UnsafeBufferPointer<UInt8>, _ records: inout RecordBuilder) -> String?

/// Reads records out of a stream of bytes: one JSON object per line, JSON objects over several lines, arrays of objects,
/// and the envelopes `{"records": […]}`, `{"Records": […]}` and `{"value": […]}`; gzip of any of these is recognised.
///
/// Bytes are fed in pieces of any size and blocks are pulled out, so that the caller decides about the pace and no more
/// than a block and one document is held. A malformed line never stops the rest.
public struct RecordReader: ~Copyable, Sendable {
    private let limits: ReaderLimits
    private var lineReading: (any LineReading)?
    private var transcoder = UTF16Transcoder()
    /// Nil until enough bytes have come to tell.
    private var isCompressed: Bool?
    private var gunzip = Gunzip()
    /// The last piece inflated was as long as allowed, so that more may be ready.
    private var holdsMore = false
    /// Bytes as they came, of which the first `used` were passed on.
    private var input: [UInt8] = []
    private var used = 0
    private var isFinished = false
    /// Nothing more can come of a compressed stream.
    private var isDamaged = false
    private var framer: DocumentFramer
    private var builder = RecordBuilder()
    private var lines: [Int] = []
    private var rejects: [RejectedText] = []

    /// - Parameter decodeLine: What to do with lines that are not JSON; without it they are rejected.
    public init(limits: ReaderLimits = ReaderLimits(), decodeLine: LineDecoder? = nil) {
        self.limits = limits
        lineReading = decodeLine.map { SingleLines(decode: $0) }
        framer = DocumentFramer(limits: limits)
    }

    /// - Parameter lines: What reads the lines that are not JSON.
    public init(limits: ReaderLimits = ReaderLimits(), lines: any LineReading) {
        self.limits = limits
        lineReading = lines
        framer = DocumentFramer(limits: limits)
        framer.setVerbatim(lines.needsVerbatimLines)
    }

    /// Hands over the next bytes of the stream.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if used > 0 {
            input.removeSubrange(0..<used)
            used = 0
        }
        if input.isEmpty, isCompressed == false, transcoder.isPassing {
            framer.append { $0.append(contentsOf: bytes) }
        } else {
            input.append(contentsOf: bytes)
        }
    }

    /// Hands over the next bytes of the stream.
    public mutating func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { feed($0) }
    }

    /// Says that no more bytes will come.
    public mutating func finish() {
        isFinished = true
    }

    /// The next full block; nil when more bytes are needed or, after `finish()`, when all was given out.
    public mutating func next() -> RecordBlock? {
        while true {
            if isDamaged { skipInput() }
            let isFinal = isDamaged || (isFinished && used == input.count && !holdsMore)
            if let frame = framer.next(isFinal: isFinal) {
                take(frame)
                if builder.count >= limits.blockRecords || builder.byteCount >= limits.blockBytes
                    || rejects.count >= limits.blockRecords
                {
                    return flush()
                }
            } else if used < input.count || holdsMore {
                guard pump() else { return nil }
            } else {
                guard isFinished || isDamaged else { return nil }
                endOfInput()
                finishLines()
                return flush()
            }
        }
    }

    /// What was read so far, even if it does not fill a block; nil when that is nothing.
    public mutating func flush() -> RecordBlock? {
        guard !lines.isEmpty || !rejects.isEmpty else { return nil }
        let block = RecordBlock(records: builder.take(), lines: lines, rejects: rejects)
        lines = []
        rejects = []
        return block
    }

    // MARK: Bytes

    /// Moves some input to the framer; false when it has to wait for more.
    private mutating func pump() -> Bool {
        if isCompressed == nil {
            guard input.count >= 2 || isFinished else { return false }
            isCompressed = input.starts(with: [0x1F, 0x8B])
        }
        if isCompressed == true {
            inflate()
        } else {
            let end = min(input.count, used + RecordReader.piece)
            framer.append { transcoder.append(input[used..<end], to: &$0, isFinal: isFinished && end == input.count) }
            used = end
        }
        return true
    }

    private static var piece: Int { 1 << 18 }

    private mutating func inflate() {
        var inflated: [UInt8] = []
        let consumed = input.withUnsafeBufferPointer {
            gunzip.inflate(UnsafeBufferPointer(rebasing: $0[used...]), into: &inflated, limit: RecordReader.piece)
        }
        framer.append { transcoder.append(inflated, to: &$0) }
        holdsMore = inflated.count == RecordReader.piece
        if let consumed {
            used += consumed
        } else {
            reject("the gzip stream is damaged; its rest was left out")
            isDamaged = true
        }
    }

    private mutating func skipInput() {
        used = input.count
        holdsMore = false
    }

    private mutating func endOfInput() {
        guard isCompressed == true, !isDamaged, !gunzip.isAtEnd else { return }
        reject("the gzip stream ends too early")
        isDamaged = true
    }

    private mutating func reject(_ reason: String) {
        rejects.append(RejectedText(line: 0, reason: reason, raw: ""))
    }

    // MARK: Frames

    private mutating func take(_ frame: DocumentFramer.Frame) {
        framer.bytes.withUnsafeBufferPointer { buffer in
            let bytes = UnsafeBufferPointer(rebasing: buffer[frame.range])
            switch frame.kind {
            case .json: takeJSON(bytes, line: frame.line)
            case .text: takeText(bytes, line: frame.line)
            case .rejected(let reason): reject(bytes, line: frame.line, reason: reason)
            }
        }
        // Only a line can change how lines are read.
        guard frame.kind == .text else { return }
        let isVerbatim = lineReading?.needsVerbatimLines ?? false
        if isVerbatim != framer.isVerbatim { framer.setVerbatim(isVerbatim) }
    }

    private mutating func takeJSON(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) {
        switch builder.append(json: bytes) {
        case .success(let count): note(count, line: line)
        case .failure(let fault) where fault.kind == .invalidUTF8:
            Array(String(decoding: bytes, as: UTF8.self).utf8).withUnsafeBufferPointer { repaired in
                switch builder.append(json: repaired) {
                case .success(let count): note(count, line: line)
                case .failure(let fault): reject(bytes, line: line, fault)
                }
            }
        case .failure(let fault) where fault.kind == .trailingText:
            takeConcatenated(bytes, line: line, fault)
        case .failure(let fault): reject(bytes, line: line, fault)
        }
    }

    /// Documents one after the other without a newline between them.
    private mutating func takeConcatenated(_ bytes: UnsafeBufferPointer<UInt8>, line: Int, _ fault: JSONFault) {
        var rest = bytes
        while let first = rest.first {
            if first == 0x20 || (0x09...0x0D).contains(first) || first == UInt8(ascii: ",") {
                rest = UnsafeBufferPointer(rebasing: rest.dropFirst())
                continue
            }
            var scanner = ValueScanner(.tokens, depthLimit: limits.documentDepth)
            guard first == UInt8(ascii: "{"), case .end(let length) = scanner.scan(rest) else {
                reject(rest, line: line, fault)
                return
            }
            let document = UnsafeBufferPointer(rebasing: rest.prefix(length))
            switch builder.append(json: document) {
            case .success(let count): note(count, line: line)
            case .failure(let fault): reject(document, line: line, fault)
            }
            rest = UnsafeBufferPointer(rebasing: rest.dropFirst(length))
        }
    }

    private mutating func takeText(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) {
        guard lineReading != nil else {
            reject(bytes, line: line, reason: "the line is not a JSON object")
            return
        }
        let before = builder.count
        takeRejects(lineReading?.read(bytes, number: line, into: &builder) ?? [])
        note(builder.count - before, line: line)
    }

    private mutating func finishLines() {
        let before = builder.count
        takeRejects(lineReading?.finish(into: &builder) ?? [])
        note(builder.count - before, line: framer.line)
    }

    private mutating func takeRejects(_ rejects: [RejectedText]) {
        guard !rejects.isEmpty else { return }
        builder.dropUnfinishedRecord()
        self.rejects += rejects
    }

    private mutating func note(_ count: Int, line: Int) {
        for _ in 0..<count { lines.append(line) }
    }

    private mutating func reject(_ bytes: UnsafeBufferPointer<UInt8>, line: Int, _ fault: JSONFault) {
        let first = fault.offset.map { bytes.prefix($0) }
        let isInFirstLine = !(first?.contains(UInt8(ascii: "\n")) ?? true)
        reject(bytes, line: line, column: isInFirstLine ? fault.offset.map { $0 + 1 } : nil, reason: fault.reason)
    }

    private mutating func reject(
        _ bytes: UnsafeBufferPointer<UInt8>, line: Int, column: Int? = nil, reason: String
    ) {
        let raw = String(decoding: bytes.prefix(limits.rejectedBytes), as: UTF8.self)
        rejects.append(RejectedText(line: line, column: column, reason: reason, raw: raw))
    }
}
