public import Casebook
internal import JSON
public import StateStore

/// Starts playbooks by hand.
public protocol PlaybookStarter: Sendable {
    /// Starts a playbook on an incident; it goes on after this returns.
    ///
    /// - Throws: `PlaybookRefusal`.
    func start(_ playbook: PlaybookReference, on incident: IncidentID, by actor: JournalActor) async throws

    /// Starts a playbook on an entity, as of an incident when one is named.
    func start(
        _ playbook: PlaybookReference, on entity: EntityID, of incident: IncidentID?, by actor: JournalActor
    ) async throws
}

/// How a client names a playbook: by its resource id or its name.
public struct PlaybookReference: Sendable, Hashable {
    public let name: String

    public init(_ text: String) {
        name = text.split(separator: "/").last.map(String.init) ?? text
    }

    init(_ body: JSON) {
        self.init(body["logicAppsResourceId"]?.stringValue ?? "")
    }
}

/// Why a playbook was not started.
public struct PlaybookRefusal: Error, Sendable {
    public enum Reason: Sendable, Hashable {
        case unknown
        /// It is started by something else.
        case wrongTrigger
    }

    public let reason: Reason
    public let message: String

    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
