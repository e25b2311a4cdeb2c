internal import Foundation

/// Cuts a stream of bytes into JSON documents and lines of text.
///
/// It knows one document per line, documents over several lines, and arrays and envelopes of objects, of which it gives
/// each element as a document of its own, so that only one element is held at a time.
struct DocumentFramer {
    struct Frame: Equatable {
        enum Kind: Equatable {
            case json, text
            case rejected(String)
        }
        var kind: Kind
        /// Where the frame lies in `bytes`.
        var range: Range<Int>
        /// The line of its first byte, counted from 1.
        var line: Int
    }

    private enum Mode {
        case lines
        /// A document that goes on after its first line, which ends at `firstLineEnd` (counted from `head`).
        case document(ValueScanner, firstLineEnd: Int)
        case elements(isEnvelope: Bool)
        case element(ValueScanner, isEnvelope: Bool)
        case envelopeEnd(ValueScanner)
        case skippingLine
    }

    /// Bytes not yet framed, and before `head` some that were.
    private(set) var bytes: [UInt8] = []
    private var head = 0
    private var searched = 0
    /// The line of the next byte, counted from 1.
    private(set) var line = 1
    /// Whether lines are given out as they are: with all their blanks, empty ones too, none taken for JSON.
    private(set) var isVerbatim = false
    private var isAtStart = true
    private var mode = Mode.lines
    private let limits: ReaderLimits

    init(limits: ReaderLimits) {
        self.limits = limits
    }

    /// Changes how lines are given out, from the next one on.
    mutating func setVerbatim(_ isVerbatim: Bool) {
        self.isVerbatim = isVerbatim
        // The newline of the line before was left as a blank.
        if isVerbatim, head > 0, head < bytes.count, bytes[head] == UInt8(ascii: "\n") { advance(by: 1) }
    }

    /// Lets `body` add bytes at the end of the buffer.
    mutating func append<Result>(_ body: (inout [UInt8]) -> Result) -> Result {
        if head > 0, head == bytes.count || head >= 1 << 18 {
            bytes.removeSubrange(0..<head)
            searched = max(0, searched - head)
            head = 0
        }
        return body(&bytes)
    }

    /// The next frame; nil when more bytes are needed or, with `isFinal`, when there are none left.
    mutating func next(isFinal: Bool) -> Frame? {
        while true {
            let step: Step
            switch mode {
            case .lines: step = nextLine(isFinal: isFinal)
            case .document(let scanner, let end): step = goOn(scanner, firstLineEnd: end, isFinal: isFinal)
            case .elements(let isEnvelope): step = nextElement(isEnvelope: isEnvelope, isFinal: isFinal)
            case .element(let scanner, let isEnvelope):
                step = goOn(scanner, isEnvelope: isEnvelope, isFinal: isFinal)
            case .envelopeEnd(let scanner): step = endEnvelope(scanner, isFinal: isFinal)
            case .skippingLine: step = skipLine()
            }
            switch step {
            case .frame(let frame): return frame
            case .needsMore: return nil
            case .again: continue
            }
        }
    }

    private enum Step {
        case frame(Frame), needsMore, again
    }

    // MARK: Lines

    private mutating func nextLine(isFinal: Bool) -> Step {
        if isVerbatim { return nextVerbatimLine(isFinal: isFinal) }
        skipBlanks(andCommas: false)
        guard head < bytes.count else { return .needsMore }
        let first = bytes[head]
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            switch opening(isFinal: isFinal) {
            case .undecided: return .needsMore
            case .array:
                advance(by: 1)
                mode = .elements(isEnvelope: false)
                return .again
            case .envelope(let length) where searchNewline() == nil && bytes.count - head > limits.documentBytes:
                advance(by: length)
                mode = .elements(isEnvelope: true)
                return .again
            case .envelope, .other: break
            }
        }
        guard let end = searchNewline() ?? (isFinal ? bytes.count : nil) else { return waitForNewline() }
        return frameLine(to: end, isFinal: isFinal)
    }

    private mutating func nextVerbatimLine(isFinal: Bool) -> Step {
        skipMark()
        guard head < bytes.count else { return .needsMore }
        guard let end = searchNewline() ?? (isFinal ? bytes.count : nil) else { return waitForNewline() }
        if end - head > limits.documentBytes { return reject(to: end, tooLong) }
        return frame(.text, to: end, next: min(end + 1, bytes.count))
    }

    private mutating func frameLine(to lineEnd: Int, isFinal: Bool) -> Step {
        var end = lineEnd
        while end > head, isBlank(bytes[end - 1]) { end -= 1 }
        if end - head > limits.documentBytes { return reject(to: lineEnd, tooLong) }
        guard bytes[head] == UInt8(ascii: "{") else { return frame(.text, to: end, next: lineEnd) }
        if bytes[end - 1] == UInt8(ascii: "}") {
            defer { head = lineEnd }  // There is no newline to count on the way.
            return .frame(Frame(kind: .json, range: head..<end, line: line))
        }
        if case .envelope(let length) = opening(isFinal: isFinal) {
            advance(by: length)
            mode = .elements(isEnvelope: true)
        } else {
            let scanner = ValueScanner(.tokens, depthLimit: limits.documentDepth)
            mode = .document(scanner, firstLineEnd: lineEnd - head)
        }
        return .again
    }

    private mutating func waitForNewline() -> Step {
        if bytes.count - head <= limits.documentBytes { return .needsMore }
        mode = .skippingLine
        return reject(to: bytes.count, tooLong)
    }

    private mutating func skipLine() -> Step {
        guard let end = searchNewline() else {
            head = bytes.count
            searched = head
            return .needsMore
        }
        head = end
        mode = .lines
        return .again
    }

    // MARK: Documents of several lines

    private mutating func goOn(_ old: ValueScanner, firstLineEnd: Int, isFinal: Bool) -> Step {
        var scanner = old
        let outcome = withRest { scanner.scan($0) }
        switch outcome {
        case .end(let length):
            mode = .lines
            if length > limits.documentBytes { return reject(to: head + length, tooLong) }
            return frame(.json, to: head + length, next: afterDocument(head + length))
        case .needsMore where !isFinal && bytes.count - head <= limits.documentBytes:
            mode = .document(scanner, firstLineEnd: firstLineEnd)
            return .needsMore
        case .needsMore, .malformed:
            // Only the first line is at fault: the parser says why, and what follows is read anew.
            mode = .lines
            return frame(.json, to: head + firstLineEnd, next: head + firstLineEnd)
        }
    }

    /// A comma after a document belongs to an array whose start was not seen.
    private func afterDocument(_ end: Int) -> Int {
        end < bytes.count && bytes[end] == UInt8(ascii: ",") ? end + 1 : end
    }

    // MARK: Arrays and envelopes

    private mutating func nextElement(isEnvelope: Bool, isFinal: Bool) -> Step {
        skipBlanks(andCommas: true)
        guard head < bytes.count else {
            guard isFinal else { return .needsMore }
            mode = .lines
            return reject(to: head, "the input ends inside of an array of records")
        }
        switch bytes[head] {
        case UInt8(ascii: "]"):
            advance(by: 1)
            mode =
                isEnvelope
                ? .envelopeEnd(ValueScanner(.lines, depthLimit: limits.documentDepth, depth: 1)) : .lines
            return .again
        case UInt8(ascii: "{"):
            let scanner = ValueScanner(.lines)
            mode = .element(scanner, isEnvelope: isEnvelope)
            return .again
        default:
            let stops: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "\n"), UInt8(ascii: "{")]
            guard
                let end = bytes[(head + 1)...].firstIndex(where: { stops.contains($0) })
                    ?? (isFinal ? bytes.count : nil)
            else { return bytes.count - head > limits.documentBytes ? waitForNewline() : .needsMore }
            return reject(to: end, "an element of the array is not an object with fields")
        }
    }

    private mutating func goOn(_ old: ValueScanner, isEnvelope: Bool, isFinal: Bool) -> Step {
        var scanner = old
        let outcome = withRest { scanner.scan($0) }
        switch outcome {
        case .end(let length):
            mode = .elements(isEnvelope: isEnvelope)
            if length > limits.documentBytes { return reject(to: head + length, tooLong) }
            return frame(.json, to: head + length, next: head + length)
        case .needsMore where !isFinal && bytes.count - head <= limits.documentBytes:
            mode = .element(scanner, isEnvelope: isEnvelope)
            return .needsMore
        case .needsMore where !isFinal:
            mode = .skippingLine
            return reject(to: bytes.count, tooLong)
        case .needsMore:
            mode = .lines
            return frame(.json, to: bytes.count, next: bytes.count)
        case .malformed:
            mode = .elements(isEnvelope: isEnvelope)
            return frame(.json, to: head + scanner.position, next: head + scanner.position)
        }
    }

    private mutating func endEnvelope(_ old: ValueScanner, isFinal: Bool) -> Step {
        var scanner = old
        let outcome = withRest { scanner.scan($0) }
        switch outcome {
        case .end(let length):
            mode = .lines
            let rest = String(decoding: bytes[head..<(head + length - 1)], as: UTF8.self)
            let isAnnotation = ["\"@odata.", "\"nextLink\"", "\"count\""].contains { rest.contains($0) }
            if isAnnotation || rest.utf8.allSatisfy(isBlank) {
                advance(by: length)
                return .again
            }
            return reject(to: head + length, "these members beside the array of records belong to no record")
        case .needsMore where !isFinal && bytes.count - head <= limits.documentBytes:
            mode = .envelopeEnd(scanner)
            return .needsMore
        case .needsMore, .malformed:
            mode = .lines
            // The input may have ended right behind the array.
            let end = min(head + max(1, scanner.position), bytes.count)
            return reject(to: end, "the object around the records is not closed")
        }
    }

    // MARK: Openings

    private enum Opening {
        case array
        /// With the number of bytes before the first element.
        case envelope(Int)
        case other
        case undecided
    }

    private func opening(isFinal: Bool) -> Opening {
        var reader = Lookahead(bytes: bytes, position: head, isFinal: isFinal)
        if reader.skip("[") {
            guard let next = reader.peek() else { return reader.isFinal ? .array : .undecided }
            return next == UInt8(ascii: "{") || next == UInt8(ascii: "]") ? .array : .other
        }
        _ = reader.skip("{")
        guard reader.skip("\"") else { return reader.ranOut ? .undecided : .other }
        guard reader.skipWord(["records", "Records", "value"]), reader.skip("\""), reader.skip(":"), reader.skip("[")
        else { return reader.ranOut ? .undecided : .other }
        let length = reader.position - head
        guard let next = reader.peek() else { return reader.isFinal ? .other : .undecided }
        return next == UInt8(ascii: "{") ? .envelope(length) : .other
    }

    // MARK: Moving on

    private var tooLong: String { "longer than \(limits.documentBytes) bytes" }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private mutating func skipBlanks(andCommas: Bool) {
        skipMark()
        while head < bytes.count, isBlank(bytes[head]) || (andCommas && bytes[head] == UInt8(ascii: ",")) {
            if bytes[head] == UInt8(ascii: "\n") { line += 1 }
            head += 1
        }
    }

    /// Skips the byte order mark of UTF-8.
    private mutating func skipMark() {
        guard isAtStart, head < bytes.count else { return }
        isAtStart = false
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { head = 3 }
    }

    private mutating func advance(by count: Int) {
        for byte in bytes[head..<(head + count)] where byte == UInt8(ascii: "\n") { line += 1 }
        head += count
    }

    private mutating func frame(_ kind: Frame.Kind, to end: Int, next: Int) -> Step {
        let frame = Frame(kind: kind, range: head..<end, line: line)
        advance(by: next - head)
        return .frame(frame)
    }

    private mutating func reject(to end: Int, _ reason: String) -> Step {
        frame(.rejected(reason), to: end, next: end)
    }

    /// The next newline at or after `head`, where each byte is looked at once.
    private mutating func searchNewline() -> Int? {
        let from = max(head, searched)
        let found = bytes.withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress, from < buffer.count,
                let hit = memchr(base + from, 0x0A, buffer.count - from)
            else { return nil }
            return UnsafeRawPointer(hit) - base
        }
        searched = found ?? bytes.count
        return found
    }

    private func withRest<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[head...])) }
    }
}
