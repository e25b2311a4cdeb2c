internal import Chronology
internal import Records

/// Makes blocks of records of messages.
struct MessageBlock: ~Copyable {
    private let now: Instant
    private let carried: CarriedJSON?
    private var builder = RecordBuilder()
    private var rejects: [RejectedText] = []

    init(now: Instant, carried: CarriedJSON?) {
        self.now = now
        self.carried = carried
    }

    /// Messages in the block so far.
    var count: Int { builder.count + rejects.count }

    mutating func add(_ number: Int, of packet: MessagePacket) {
        let fault = packet.faults[number]
        packet.withMessage(number) { bytes in
            guard let reason = fault ?? decode(bytes, from: packet.sender) else { return }
            builder.dropUnfinishedRecord()
            let raw = String(decoding: bytes, as: UTF8.self)
            rejects.append(RejectedText(line: 0, reason: "\(reason) (from \(packet.sender))", raw: raw))
        }
    }

    private mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, from sender: String) -> String? {
        guard bytes.first == UInt8(ascii: "{") else {
            return SyslogLine(now: now, sender: sender, carried: carried).decode(bytes, into: &builder)
        }
        if case .failure(let fault) = builder.append(json: bytes) { return fault.reason }
        return nil
    }

    /// The block so far; the next starts empty.
    mutating func take() -> RecordBlock {
        let records = builder.take()
        defer { rejects = [] }
        return RecordBlock(records: records, lines: Array(repeating: 0, count: records.count), rejects: rejects)
    }
}
