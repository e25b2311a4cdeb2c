public import Vocabulary

/// How much damage an asset's loss would do.
public enum Sensitivity: String, Sendable, Hashable, CaseIterable, Comparable {
    case low
    case medium
    case high
    case critical

    /// Reads a sensitivity in any letter case.
    public init?(lenient text: some StringProtocol) {
        self.init(rawValue: text.lowercased())
    }

    public static func < (left: Sensitivity, right: Sensitivity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}

/// A machine, account, address or other thing of the organisation that an inventory lists.
public struct Asset: Sendable, Hashable {
    public var kind: EntityKind
    /// All names and identifiers under which events may name it; the first is the one to show.
    public var names: [String]
    public var tags: [String]
    /// Nil: what the rules of the inventory say, else nothing.
    public var sensitivity: Sensitivity?
    public var owner: String

    public init(
        kind: EntityKind,
        names: [String],
        tags: [String] = [],
        sensitivity: Sensitivity? = nil,
        owner: String = ""
    ) {
        self.kind = kind
        self.names = names
        self.tags = tags
        self.sensitivity = sensitivity
        self.owner = owner
    }
}

/// What an inventory says about all things whose name or tags fit.
public struct AssetRule: Sendable, Hashable {
    /// What the rule is called in explanations.
    public var name: String
    public var kind: EntityKind?
    /// A name with `*` for any characters and `?` for one, in any letter case.
    public var namePattern: String?
    /// A tag that the asset must carry.
    public var tag: String?
    /// Tags that the asset gets.
    public var tags: [String]
    public var sensitivity: Sensitivity?
    public var owner: String

    public init(
        name: String,
        kind: EntityKind? = nil,
        namePattern: String? = nil,
        tag: String? = nil,
        tags: [String] = [],
        sensitivity: Sensitivity? = nil,
        owner: String = ""
    ) {
        self.name = name
        self.kind = kind
        self.namePattern = namePattern
        self.tag = tag
        self.tags = tags
        self.sensitivity = sensitivity
        self.owner = owner
    }
}

/// What is known about an entity of an incident.
public struct AssetProfile: Sendable, Hashable {
    public let name: String
    public let sensitivity: Sensitivity?
    public let tags: [String]
    public let owner: String
}
