internal import Crypto
internal import Foundation
internal import JSON
internal import OrderedCollections

/// One record of a sender, before it is known what it is.
struct ParcelRecord {
    /// A JSON object or a text, without a newline; nil when it can only be a row of `table`.
    var line: [UInt8]?
    /// The host it comes from.
    var host: String?
    /// The source that the sender names; nil: it is recognised.
    var source: String?
    /// The table that takes the record when no source is known for it, and the row it is there.
    var table: String
    var row: JSON
}

extension ParcelRecord {
    /// A text as a line that can be recognised; nil when it has several lines, or begins like JSON and is no object.
    static func line(of text: String) -> [UInt8]? {
        guard !text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }),
            let first = text.utf8.first(where: { $0 != 0x20 && $0 != 0x09 })
        else { return nil }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return Array(text.utf8) }
        // Text that is no JSON is kept as the text it is.
        guard first == UInt8(ascii: "{"), let json = try? JSON(parsing: text) else { return nil }
        return Array(json.description.utf8)
    }
}

/// Records of one request, sorted by what is to be done with them and given on together.
struct IntakeParcel {
    /// What is done alike with records.
    struct Kind: Hashable {
        var source: String?
        var table: String?
        var host: String?
    }

    /// Lines by kind, in the order in which the kinds came first.
    private(set) var lines: OrderedDictionary<Kind, [UInt8]> = [:]

    mutating func add(_ line: some Sequence<UInt8>, as kind: Kind) {
        lines[kind, default: []].append(contentsOf: line)
        lines[kind, default: []].append(UInt8(ascii: "\n"))
    }

    /// Sorts records: to the source they name, else to the one that is recognised, else to the table they fall to.
    init(_ records: [ParcelRecord], _ intake: some EventIntake) {
        var unsure: [Int] = []
        for (index, record) in records.enumerated() where record.source == nil && record.line != nil {
            unsure.append(index)
        }
        let isKnown = intake.recognise(unsure.map { records[$0].line ?? [] }, sender: nil)
        var recognised: Set<Int> = []
        for (index, isKnown) in zip(unsure, isKnown) where isKnown { recognised.insert(index) }
        for (index, record) in records.enumerated() {
            if let line = record.line, record.source != nil || recognised.contains(index) {
                add(line, as: Kind(source: record.source, host: record.host))
            } else {
                add(record.row.description.utf8, as: Kind(table: record.table))
            }
        }
    }

    init() {}

    /// Stores all records.
    ///
    /// - Parameter delivery: the sender's name for the request, which tells a repetition from a new one.
    func take(_ intake: some EventIntake, from sender: String, delivery: String?) async throws -> IntakeReceipt {
        var receipt = IntakeReceipt()
        for (number, (kind, bytes)) in lines.enumerated() {
            receipt += try await take(
                bytes, as: kind, intake, from: sender, delivery: delivery.map { "\($0)/\(number)" })
        }
        return receipt
    }

    /// Stores the records of one kind.
    func take(
        _ bytes: [UInt8], as kind: Kind, _ intake: some EventIntake, from sender: String, delivery: String?
    ) async throws -> IntakeReceipt {
        var description = IntakeDescription(
            format: kind.source, table: kind.table, source: sender, delivery: delivery)
        description.host = kind.host
        return try await intake.take(WholeBody(bytes), as: description)
    }
}

/// Bytes that are there as a whole, as a sequence of one piece.
struct WholeBody: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: [UInt8]?

        mutating func next() async throws -> [UInt8]? {
            defer { rest = nil }
            return rest
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes) }
}

/// Names content by its hash.
enum ContentHash {
    /// SHA-256 in hexadecimal digits.
    static func of(_ bytes: some DataProtocol) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
