public import Chronology
public import JSON

/// One change of state, as it was written down together with the change.
public struct JournalEntry: Sendable, Hashable {
    /// The place in the journal: 1, 2, 3… without gaps.
    public let sequence: Int64
    public let time: Instant
    public let kind: JournalKind
    /// What was changed: an incident's id, a user's id…; empty when nothing in particular.
    public let subject: String
    public let actor: JournalActor
    /// The change in detail; its form depends on the kind.
    public let payload: JSON
    /// The hash of the entry before; 32 zero bytes for the first.
    public let previousHash: JournalHash
    /// SHA-256 over the entry's canonical bytes, which include `previousHash`.
    public let hash: JournalHash
}

/// A change that is to be written down.
public struct JournalDraft: Sendable, Hashable {
    public var time: Instant
    public var kind: JournalKind
    public var subject: String
    public var actor: JournalActor
    public var payload: JSON

    public init(time: Instant, kind: JournalKind, subject: String, actor: JournalActor, payload: JSON) {
        self.time = time
        self.kind = kind
        self.subject = subject
        self.actor = actor
        self.payload = payload
    }
}
