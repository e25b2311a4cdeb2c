internal import JSON

extension LogExport {
    /// Reads the JSON encoding: names in lower camel case, 64-bit numbers as texts or numbers, identifiers in hexadecimal.
    init(json: JSON) throws(LogExportFault) {
        guard json.objectValue != nil else { throw LogExportFault(reason: "the body is no object") }
        for resourceLogs in try Self.list(json["resourceLogs"], "resourceLogs") {
            var origin = Origin()
            origin.resource = try Self.attributes(resourceLogs["resource"]?["attributes"])
            for scopeLogs in try Self.list(resourceLogs["scopeLogs"], "scopeLogs") {
                let scope = scopeLogs["scope"]
                origin.scopeName = scope?["name"]?.stringValue ?? ""
                origin.scopeVersion = scope?["version"]?.stringValue ?? ""
                origin.scopeAttributes = try Self.attributes(scope?["attributes"])
                for record in try Self.list(scopeLogs["logRecords"], "logRecords") {
                    records.append((origin, try Record(json: record)))
                }
            }
        }
    }

    fileprivate static func list(_ json: JSON?, _ name: String) throws(LogExportFault) -> [JSON] {
        guard let json, !json.isNull else { return [] }
        guard let list = json.arrayValue else { throw LogExportFault(reason: "'\(name)' is no array") }
        return list
    }

    fileprivate static func attributes(_ json: JSON?, depth: Int = LogExport.depth) throws(LogExportFault) -> JSONObject
    {
        var members = JSONObject()
        for attribute in try list(json, "attributes") {
            guard let key = attribute["key"]?.stringValue else {
                throw LogExportFault(reason: "an attribute has no 'key'")
            }
            members[key] = try value(attribute["value"], depth: depth)
        }
        return members
    }

    /// The plain value of an `AnyValue`.
    fileprivate static func value(_ json: JSON?, depth: Int) throws(LogExportFault) -> JSON {
        guard depth > 0 else { throw LogExportFault(reason: "a value is nested too deeply") }
        guard let members = json?.objectValue, let (kind, content) = members.elements.first else { return .null }
        switch kind {
        case "stringValue", "boolValue", "doubleValue", "bytesValue": return content
        case "intValue": return content.stringValue.flatMap { Int64($0) }.map { .int($0) } ?? content
        case "arrayValue":
            var values: [JSON] = []
            for element in try list(content["values"], "values") { values.append(try value(element, depth: depth - 1)) }
            return .array(values)
        case "kvlistValue": return .object(try attributes(content["values"], depth: depth - 1))
        default: return .null
        }
    }
}

extension LogExport.Record {
    fileprivate init(json: JSON) throws(LogExportFault) {
        guard json.objectValue != nil else { throw LogExportFault(reason: "a log record is no object") }
        time = try Self.nanoseconds(json["timeUnixNano"])
        observedTime = try Self.nanoseconds(json["observedTimeUnixNano"])
        severityNumber = json["severityNumber"]?.intValue ?? 0
        severityText = json["severityText"]?.stringValue ?? ""
        body = try LogExport.value(json["body"], depth: LogExport.depth)
        attributes = try LogExport.attributes(json["attributes"])
        flags = json["flags"]?.intValue ?? 0
        traceID = json["traceId"]?.stringValue?.lowercased() ?? ""
        spanID = json["spanId"]?.stringValue?.lowercased() ?? ""
        eventName = json["eventName"]?.stringValue ?? ""
    }

    private static func nanoseconds(_ json: JSON?) throws(LogExportFault) -> UInt64 {
        guard let json, !json.isNull else { return 0 }
        let value = json.stringValue.map { UInt64($0) } ?? json.intValue.flatMap { UInt64(exactly: $0) }
        guard let value, value <= UInt64(Int64.max) else {
            throw LogExportFault(reason: "\(json) is no time in nanoseconds")
        }
        return value
    }
}
