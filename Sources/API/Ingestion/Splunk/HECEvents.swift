internal import Chronology
internal import Foundation
internal import JSON
internal import Records

/// What a sender says of its events besides the events themselves.
struct HECMetadata: Sendable {
    var time: Instant?
    var host: String?
    var source: String?
    var sourcetype: String?
    var index: String?

    /// The members of a row that tell it.
    var members: JSONObject {
        var members = JSONObject()
        members["TimeGenerated"] = time.map { .string($0.description) }
        members["Host"] = host.map(JSON.string)
        members["Source"] = source.map(JSON.string)
        members["SourceType"] = sourcetype.map(JSON.string)
        members["Index"] = index.map(JSON.string)
        return members
    }

    /// Seconds since 1970, with a fraction, as a number or a text; a count of milliseconds or microseconds is known by its
    /// size. Nil when it is neither.
    static func time(_ value: JSON) -> Instant? {
        guard var seconds = value.doubleValue ?? value.stringValue.flatMap(Double.init), seconds.isFinite, seconds >= 0
        else { return nil }
        if seconds >= 1e14 { seconds /= 1e6 } else if seconds >= 1e11 { seconds /= 1e3 }
        return seconds < 2.5e11 ? Instant(unixMicroseconds: Int64((seconds * 1e6).rounded())) : nil
    }
}

/// The events of a request to Splunk's HTTP Event Collector.
struct HECEvents {
    /// The table of events that no source is known for.
    static let table = "HECEvents_CL"

    private(set) var records: [ParcelRecord] = []
    /// Whether every event tells its time, so that the same request again can only be the same events again.
    private(set) var areTimed = true
    private let intake: any EventIntake

    /// Reads objects `{"event": …, "time"?, "host"?, "source"?, "sourcetype"?, "index"?, "fields"?}`, one after the other
    /// with or without blanks between.
    init(objects bytes: [UInt8], _ intake: any EventIntake) throws(HECFault) {
        self.intake = intake
        var number = 0
        var documents = ConcatenatedJSON(bytes)
        while let document = documents.next() {
            guard let json = try? JSON(parsing: document), let members = json.objectValue else {
                // Which text is no JSON object is told by its number; why, the sender's own JSON tools tell better.
                throw HECFault(.invalidDataFormat, event: number)
            }
            try add(members, number)
            number += 1
        }
        guard number > 0 else { throw HECFault(.noData) }
    }

    /// Reads lines of text, each an event.
    init(lines bytes: [UInt8], _ metadata: HECMetadata, _ intake: any EventIntake) throws(HECFault) {
        self.intake = intake
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where !line.allSatisfy({ $0 == 0x20 }) {
            add(text: String(decoding: line, as: UTF8.self), metadata, fields: nil)
        }
        guard !records.isEmpty else { throw HECFault(.noData) }
        areTimed = false
    }

    private mutating func add(_ members: JSONObject, _ number: Int) throws(HECFault) {
        guard let event = members["event"], !event.isNull else { throw HECFault(.eventRequired, event: number) }
        var metadata = HECMetadata()
        if let time = members["time"], !time.isNull {
            guard let instant = HECMetadata.time(time) else { throw HECFault(.invalidDataFormat, event: number) }
            metadata.time = instant
        } else {
            areTimed = false
        }
        metadata.host = members["host"]?.stringValue
        metadata.source = members["source"]?.stringValue
        metadata.sourcetype = members["sourcetype"]?.stringValue
        metadata.index = members["index"]?.stringValue
        let fields = try fields(members["fields"], number)
        switch event {
        case .string(let text):
            guard !text.isEmpty else { throw HECFault(.eventBlank, event: number) }
            add(text: text, metadata, fields: fields)
        case .object(let members):
            guard !members.isEmpty else { throw HECFault(.eventBlank, event: number) }
            add(event, line: Array(event.description.utf8), metadata, fields: fields)
        default: add(event, line: nil, metadata, fields: fields)
        }
    }

    /// Indexed fields are flat: names to texts, numbers, or lists of these.
    private func fields(_ value: JSON?, _ number: Int) throws(HECFault) -> JSON? {
        guard let value, !value.isNull else { return nil }
        guard let members = value.objectValue,
            members.values.allSatisfy({ member in
                member.objectValue == nil
                    && (member.arrayValue ?? []).allSatisfy { $0.arrayValue == nil && $0.objectValue == nil }
            })
        else { throw HECFault(.invalidFields, event: number) }
        return members.isEmpty ? nil : value
    }

    private mutating func add(text: String, _ metadata: HECMetadata, fields: JSON?) {
        add(.string(text), line: ParcelRecord.line(of: text), metadata, fields: fields)
    }

    private mutating func add(_ event: JSON, line: [UInt8]?, _ metadata: HECMetadata, fields: JSON?) {
        var row = metadata.members
        row["Event"] = .string(event.stringValue ?? event.description)
        row["Fields"] = fields
        var source: String?
        if let sourcetype = metadata.sourcetype, case .source(let name) = intake.meaning(of: sourcetype) {
            source = name
        }
        records.append(
            ParcelRecord(line: line, host: metadata.host, source: source, table: HECEvents.table, row: .object(row)))
    }
}

/// Cuts JSON objects apart that follow each other without anything, or with blanks or commas, between them.
struct ConcatenatedJSON {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next object, or what stands where one should begin; nil at the end.
    mutating func next() -> ArraySlice<UInt8>? {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
        guard position < bytes.count else { return nil }
        let start = position
        position += ValueScanner.length(bytes[start...]) ?? bytes.count - start
        return bytes[start..<position]
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || byte == UInt8(ascii: ",")
    }
}
