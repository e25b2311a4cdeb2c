internal import Casebook
internal import Chronology
internal import JSON
internal import Vocabulary

/// What a client sends to create or replace an incident (PUT): the full resource, with its etag when it was read before.
struct IncidentBody {
    let version: Int64?
    let title: String
    let severity: Severity
    let status: IncidentStatus
    var change = IncidentChange()

    init(_ json: JSON) throws(APIError) {
        guard let properties = json["properties"], properties.objectValue != nil else {
            throw .badRequest("the body has no 'properties' object", target: "properties")
        }
        version = json["etag"]?.stringValue.flatMap(Incident.version(etag:))
        guard let title = properties["title"]?.stringValue, !title.isEmpty else {
            throw .badRequest("'title' is required", target: "properties.title")
        }
        self.title = title
        severity = try IncidentBody.member("severity", of: properties) { Severity(lenient: $0) }
        status = try IncidentBody.member("status", of: properties) { IncidentStatus(lenient: $0) }
        change.title = title
        change.severity = severity
        change.status = status
        change.description = properties["description"]?.stringValue
        change.classification = try IncidentBody.classification(of: properties)
        change.classificationComment = properties["classificationComment"]?.stringValue
        change.owner = IncidentBody.owner(of: properties)
        change.labels = properties["labels"]?.arrayValue.map { labels in
            labels.compactMap { $0["labelName"]?.stringValue }.map { IncidentLabel(name: $0) }
        }
        change.firstActivityTime = try IncidentBody.time("firstActivityTimeUtc", of: properties)
        change.lastActivityTime = try IncidentBody.time("lastActivityTimeUtc", of: properties)
    }

    private static func member<Value>(
        _ name: String, of properties: JSON, _ read: (String) -> Value?
    ) throws(APIError) -> Value {
        guard let text = properties[name]?.stringValue, let value = read(text) else {
            throw .badRequest(
                "'\(name)' is required and must be one of its documented values", target: "properties.\(name)")
        }
        return value
    }

    private static func time(_ name: String, of properties: JSON) throws(APIError) -> Instant? {
        guard let text = properties[name]?.stringValue else { return nil }
        guard let instant = Instant(iso8601: text) else {
            throw .badRequest("'\(name)' is not an ISO 8601 time", target: "properties.\(name)")
        }
        return instant
    }

    private static func classification(of properties: JSON) throws(APIError) -> Classification? {
        guard let text = properties["classification"]?.stringValue, !text.isEmpty else { return nil }
        guard let verdict = Classification.Verdict(rawValue: text) else {
            throw .badRequest("'\(text)' is no classification", target: "properties.classification")
        }
        let reason = properties["classificationReason"]?.stringValue.flatMap(Classification.Reason.init(rawValue:))
        do {
            return try Classification(verdict: verdict, reason: reason)
        } catch {
            throw APIError(error)
        }
    }

    private static func owner(of properties: JSON) -> IncidentChange.OwnerChange? {
        guard let owner = properties["owner"], owner.objectValue != nil else { return nil }
        let read = IncidentOwner(
            objectID: owner["objectId"]?.stringValue ?? "",
            userPrincipalName: owner["userPrincipalName"]?.stringValue ?? "",
            email: owner["email"]?.stringValue ?? "", assignedTo: owner["assignedTo"]?.stringValue ?? "")
        return read.displayName.isEmpty ? .unassign : .assign(read)
    }
}
