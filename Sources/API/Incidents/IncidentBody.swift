internal import Casebook
internal import Chronology
internal import JSON
internal import Vocabulary

/// What a client sends to create or replace an incident (PUT): the full resource, with its etag when it was read before.
///
/// The body has the documented form already.
struct IncidentBody {
    /// Nil when the client does not say: the last writer wins.
    let version: Int64?
    private let properties: JSON
    private let title: String
    private let severity: Severity
    private let status: IncidentStatus
    private let classification: Classification?

    init(_ body: JSON) throws {
        version = ResourceVersion.expected(in: body)
        properties = body["properties"] ?? .null
        title = properties["title"]?.stringValue ?? ""
        severity = try Self.member("severity", of: properties) { Severity(lenient: $0) }
        status = try Self.member("status", of: properties) { IncidentStatus(lenient: $0) }
        classification = try Self.classification(of: properties)
    }

    /// The incident that is made when there is none.
    func incident(_ id: IncidentID) -> NewIncident {
        var new = NewIncident(title: title, severity: severity)
        new.id = id
        new.status = status
        new.description = description
        new.classification = classification
        new.classificationComment = properties["classificationComment"]?.stringValue ?? ""
        new.owner = owner
        new.labels = labels(knownAs: [])
        new.firstActivityTime = time("firstActivityTimeUtc")
        new.lastActivityTime = time("lastActivityTimeUtc")
        return new
    }

    /// What replaces an incident: members that are missing are emptied, but for times, which its alerts give, and the
    /// verdict, which a closed incident keeps.
    func change(of known: Incident) -> IncidentChange {
        var change = IncidentChange()
        change.title = title
        change.severity = severity
        change.status = status
        change.description = description
        change.classification = classification
        change.classificationComment = properties["classificationComment"]?.stringValue
        change.owner = owner.map { .assign($0) } ?? .unassign
        change.labels = labels(knownAs: known.labels)
        change.firstActivityTime = time("firstActivityTimeUtc")
        change.lastActivityTime = time("lastActivityTimeUtc")
        return change
    }

    private var description: String { properties["description"]?.stringValue ?? "" }

    private static func member<Value>(
        _ name: String, of properties: JSON, _ read: (String) -> Value?
    ) throws(APIError) -> Value {
        guard let value = properties[name]?.stringValue.flatMap(read) else {
            throw .badRequest("'\(name)' has none of its values", target: "properties.\(name)")
        }
        return value
    }

    private func time(_ name: String) -> Instant? { properties[name]?.stringValue.flatMap { Instant(iso8601: $0) } }

    private static func classification(of properties: JSON) throws -> Classification? {
        guard let text = properties["classification"]?.stringValue, !text.isEmpty else { return nil }
        let verdict = try member("classification", of: properties) { text in
            Classification.Verdict.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
        }
        let reason = properties["classificationReason"]?.stringValue.flatMap { text in
            Classification.Reason.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
        }
        return try Classification(verdict: verdict, reason: reason)
    }

    /// Labels; those that a rule or automation gave stay theirs.
    private func labels(knownAs known: [IncidentLabel]) -> [IncidentLabel] {
        (properties["labels"]?.arrayValue ?? []).compactMap { $0["labelName"]?.stringValue }.map { name in
            known.first { $0.name == name } ?? IncidentLabel(name: name)
        }
    }

    private var owner: IncidentOwner? {
        guard let owner = properties["owner"], owner.objectValue != nil else { return nil }
        let read = IncidentOwner(
            objectID: owner["objectId"]?.stringValue ?? "",
            userPrincipalName: owner["userPrincipalName"]?.stringValue ?? "",
            email: owner["email"]?.stringValue ?? "", assignedTo: owner["assignedTo"]?.stringValue ?? "",
            kind: owner["ownerType"]?.stringValue.flatMap(IncidentOwner.Kind.init(rawValue:)) ?? .user)
        return read.displayName.isEmpty ? nil : read
    }
}

/// The version that a client expects to replace.
enum ResourceVersion {
    /// A version that nothing has: an entity tag that is none of ours is a conflict wherever there is something.
    private static let foreign: Int64 = -1

    /// The version that `etag` names; nil when the client does not say, or says `*`.
    static func expected(in body: JSON) -> Int64? {
        guard let etag = body["etag"]?.stringValue, !etag.isEmpty, etag != "*" else { return nil }
        return Incident.version(etag: etag) ?? foreign
    }
}
