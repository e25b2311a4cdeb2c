/// Turns lines of text that are not JSON into records, with memory of the lines before: a header line names the fields of
/// those that follow, several lines make one record.
///
/// No line may be lost: each ends up in a record, in a rejected text, or is a part of the format itself such as a header.
public protocol LineReading: Sendable {
    /// Whether lines must come as they are: with leading and trailing blanks, empty ones too, none taken for JSON.
    var needsVerbatimLines: Bool { get }

    /// Reads one line, without its newline. Adds finished records.
    ///
    /// - Parameter number: Of the line, counted from 1.
    /// - Returns: what could not be read, of this line or of earlier ones that were held back.
    mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText]

    /// Gives out what was held back, at the end of the input.
    mutating func finish(into records: inout RecordBuilder) -> [RejectedText]
}

/// Lines that a function reads one by one.
struct SingleLines: LineReading {
    let decode: LineDecoder

    var needsVerbatimLines: Bool { false }

    mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        guard let reason = decode(line, &records) else { return [] }
        return [RejectedText(line: number, reason: reason, raw: String(decoding: line, as: UTF8.self))]
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] { [] }
}
