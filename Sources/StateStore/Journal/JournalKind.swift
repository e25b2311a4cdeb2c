/// What a journal entry tells; each room declares its own as constants, `casebook.incidentCreated` for example.
public struct JournalKind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// `room.event`, in lower camel case.
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(room: String, event: String) {
        rawValue = "\(room).\(event)"
    }

    public var description: String { rawValue }
}
