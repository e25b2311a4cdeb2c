/// Turns a stream of UTF-16 that starts with a byte order mark into UTF-8; any other stream passes as it is.
struct UTF16Transcoder: Sendable {
    private enum Order: Sendable { case undecided, none, little, big }

    private var order = Order.undecided
    /// Bytes whose character is not complete.
    private var held: [UInt8] = []

    /// Whether all that comes passes as it is.
    var isPassing: Bool { order == .none }

    /// Appends the UTF-8 of the next bytes.
    mutating func append(_ bytes: some Collection<UInt8>, to output: inout [UInt8], isFinal: Bool = false) {
        if order == .none {
            output.append(contentsOf: bytes)
            return
        }
        held.append(contentsOf: bytes)
        if order == .undecided {
            guard held.count >= 2 || isFinal else { return }
            order = held.starts(with: [0xFF, 0xFE]) ? .little : held.starts(with: [0xFE, 0xFF]) ? .big : .none
            if order == .none {
                output.append(contentsOf: held)
                held = []
                return
            }
            held.removeFirst(2)
        }
        transcode(to: &output, isFinal: isFinal)
    }

    private mutating func transcode(to output: inout [UInt8], isFinal: Bool) {
        var units: [UInt16] = []
        units.reserveCapacity(held.count / 2)
        for index in stride(from: 0, to: held.count - 1, by: 2) {
            let (low, high) = order == .little ? (held[index], held[index + 1]) : (held[index + 1], held[index])
            units.append(UInt16(high) << 8 | UInt16(low))
        }
        // The first half of a pair waits for the second.
        if !isFinal, let last = units.last, UTF16.isLeadSurrogate(last) { units.removeLast() }
        held.removeFirst(units.count * 2)
        output.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
        if isFinal, !held.isEmpty {
            output.append(contentsOf: "\u{FFFD}".utf8)
            held = []
        }
    }
}
