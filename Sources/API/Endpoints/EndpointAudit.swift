internal import Foundation
internal import HTTPTypes
internal import Hummingbird
public import JSON
public import StateStore
internal import WebGate

/// Where calls that change something are written down: who asked for what, and what became of it.
public protocol EndpointAudit: Sendable {
    func note(_ record: AuditRecord) async
}

/// A call that changed something, or should have: the facts of a row of `SentinelAudit`.
public struct AuditRecord: Sendable, Hashable {
    public let actor: JournalActor
    public let roleName: String
    /// The endpoint's id, such as `Incidents_CreateOrUpdate`.
    public let operation: String
    /// The endpoint's summary.
    public let summary: String
    /// What the endpoint is about, such as `Incidents`.
    public let resourceType: String
    public let method: String
    /// The address's path.
    public let path: String
    /// The HTTP status of the answer.
    public let status: Int
    /// Why it was refused; empty when it was not.
    public let reason: String
    public let clientAddress: String
    public let userAgent: String
    /// The request's own identifier, when its client gave one.
    public let correlationID: String

    public var succeeded: Bool { status < 400 }

    /// What the journal keeps besides actor, time and path.
    public var json: JSON {
        var members: JSONObject = [
            "operation": .string(operation), "summary": .string(summary), "resourceType": .string(resourceType),
            "method": .string(method), "status": .int(Int64(status)), "role": .string(roleName),
        ]
        for (name, text) in [
            ("reason", reason), ("clientAddress", clientAddress), ("userAgent", userAgent),
            ("correlationId", correlationID),
        ] where !text.isEmpty {
            members[name] = .string(text)
        }
        return .object(members)
    }
}

extension AuditRecord {
    init(
        _ endpoint: Endpoint, _ request: Request, _ context: TocsinRequestContext, _ status: HTTPResponse.Status,
        _ reason: String
    ) {
        func header(_ name: String) -> String { String((request.header(name) ?? "").prefix(256)) }
        actor = context.caller?.actor ?? JournalActor(kind: .application, id: "", name: "")
        roleName = context.caller?.roleName ?? ""
        operation = endpoint.id
        summary = endpoint.summary
        resourceType = endpoint.tag.rawValue
        method = request.method.rawValue
        path = String((request.uri.path.removingPercentEncoding ?? request.uri.path).prefix(1024))
        self.status = status.code
        self.reason = String(reason.prefix(1024))
        clientAddress = context.remoteAddress?.ipAddress ?? ""
        userAgent = header("User-Agent")
        correlationID = header("x-ms-client-request-id")
    }
}

extension JournalKind {
    /// A call of the API that changed something, or was refused: an `AuditRecord`.
    public static let endpointCalled = JournalKind(room: "api", event: "called")
}
