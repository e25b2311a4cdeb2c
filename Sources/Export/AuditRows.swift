internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import StateStore

/// Rows of `SentinelAudit`, as Azure Monitor documents the table: one for each call of the API that changed something or
/// was refused, and for each change of access and of content.
struct AuditRows {
    /// What the API notes of a call.
    private static let call = JournalKind(room: "api", event: "called")
    /// The rooms whose changes are told, besides the API's calls.
    private static let rooms = ["access", "datacollection", "watchlists"]

    private(set) var builder = RowBuilder([
        "TimeGenerated": .datetime, "TenantId": .string, "OperationName": .string, "SentinelResourceId": .string,
        "SentinelResourceName": .string, "SentinelResourceType": .string, "SentinelResourceKind": .string,
        "Status": .string, "Description": .string, "CorrelationId": .string, "WorkspaceId": .string,
        "ExtendedProperties": .dynamic, "SourceSystem": .string, "Type": .string,
    ])

    /// Adds a row for an entry that is to be told of.
    mutating func add(_ entry: JournalEntry) {
        let payload = entry.payload
        let room = String(entry.kind.rawValue.prefix { $0 != "." })
        if entry.kind == Self.call {
            let status = payload["status"]?.intValue ?? 0
            add(
                entry, operation: payload["summary"]?.stringValue ?? "",
                type: payload["resourceType"]?.stringValue ?? "",
                status: status < 400 ? "Success" : "Failure", description: payload["reason"]?.stringValue ?? "",
                correlation: payload["correlationId"]?.stringValue ?? "")
        } else if Self.rooms.contains(room) {
            add(
                entry, operation: entry.kind.rawValue, type: room, status: "Success", description: "", correlation: "")
        }
    }

    private mutating func add(
        _ entry: JournalEntry, operation: String, type: String, status: String, description: String, correlation: String
    ) {
        var properties: JSONObject = [
            "CallerName": .string(entry.actor.name), "CallerId": .string(entry.actor.id),
            "CallerType": .string(entry.actor.kind.rawValue), "JournalSequence": .int(entry.sequence),
        ]
        if let address = entry.payload["clientAddress"] { properties["CallerIpAddress"] = address }
        properties["Details"] = entry.payload
        builder.add([
            "TimeGenerated": .datetime(entry.time), "OperationName": .string(operation),
            "SentinelResourceId": .string(entry.subject),
            "SentinelResourceName": .string(entry.subject.split(separator: "/").last.map(String.init) ?? entry.subject),
            "SentinelResourceType": .string(type), "SentinelResourceKind": .string(entry.kind.rawValue),
            "Status": .string(status), "Description": .string(description), "CorrelationId": .string(correlation),
            "ExtendedProperties": .dynamic(.object(properties)), "SourceSystem": .string("Tocsin"),
            "Type": .string("SentinelAudit"),
        ])
    }
}
