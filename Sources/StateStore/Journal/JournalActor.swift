/// Who made a change: a person, a client program, or a part of Tocsin.
public struct JournalActor: Sendable, Hashable {
    /// What kind of party it is; the raw values are stored.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case user = "User"
        case application = "Application"
        case automationRule = "AutomationRule"
        case playbook = "Playbook"
        case alertGrouping = "AlertGrouping"
        /// A room of Tocsin acting by itself, such as detection or prioritisation.
        case system = "System"
    }

    public var kind: Kind
    /// The stable identifier within the kind: a user's object id, an automation rule's id, a room's name.
    public var id: String
    /// The name that people read.
    public var name: String

    public init(kind: Kind, id: String, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    /// A room of Tocsin acting by itself.
    public static func room(_ name: String) -> JournalActor {
        JournalActor(kind: .system, id: name.lowercased(), name: name)
    }

    /// The grouping of alerts into incidents.
    public static let alertGrouping = JournalActor(kind: .alertGrouping, id: "alert-grouping", name: "Alert grouping")
}
