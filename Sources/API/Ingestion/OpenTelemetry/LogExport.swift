internal import Chronology
internal import JSON

/// The log records of an OTLP export request (opentelemetry-proto, `collector/logs/v1`), of either encoding.
struct LogExport {
    /// What all records of one scope share.
    struct Origin {
        var resource = JSONObject()
        var scopeName = ""
        var scopeVersion = ""
        var scopeAttributes = JSONObject()
    }

    struct Record {
        var time: UInt64 = 0
        var observedTime: UInt64 = 0
        var severityNumber: Int64 = 0
        var severityText = ""
        var body = JSON.null
        var attributes = JSONObject()
        var flags: Int64 = 0
        /// In hexadecimal digits.
        var traceID = ""
        var spanID = ""
        var eventName = ""
    }

    var records: [(origin: Origin, record: Record)] = []

    /// The deepest nesting of a value; deeper ones are refused.
    static let depth = 64
}

/// Why an export request cannot be read.
struct LogExportFault: Error {
    let reason: String
}

extension LogExport.Record {
    /// The column values of the record in `OTelLogs_CL`.
    func row(_ origin: LogExport.Origin) -> JSON {
        var row = JSONObject()
        let time = time > 0 ? time : observedTime
        row["TimeGenerated"] = Self.text(time)
        row["ObservedTime"] = Self.text(observedTime)
        if severityNumber != 0 { row["SeverityNumber"] = .int(severityNumber) }
        let strings = [
            ("SeverityText", severityText), ("EventName", eventName), ("ServiceName", origin.serviceName),
            ("ScopeName", origin.scopeName), ("ScopeVersion", origin.scopeVersion), ("TraceId", traceID),
            ("SpanId", spanID),
        ]
        for (name, value) in strings where !value.isEmpty { row[name] = .string(value) }
        if !body.isNull { row["Body"] = .string(body.stringValue ?? body.description) }
        let objects = [
            ("Attributes", attributes), ("ResourceAttributes", origin.resource),
            ("ScopeAttributes", origin.scopeAttributes),
        ]
        for (name, members) in objects where !members.isEmpty { row[name] = .object(members) }
        if flags != 0 { row["Flags"] = .int(flags) }
        return .object(row)
    }

    /// Nanoseconds since 1970 as ISO 8601; nil for 0, which means unknown.
    private static func text(_ nanoseconds: UInt64) -> JSON? {
        guard nanoseconds > 0 else { return nil }
        let instant = Instant(ticks: Instant.unixEpoch.ticks + Int64(nanoseconds / 100))
        return .string(instant.description)
    }
}

extension LogExport.Origin {
    var serviceName: String { resource["service.name"]?.stringValue ?? "" }
    var hostName: String? { resource["host.name"]?.stringValue }
}
