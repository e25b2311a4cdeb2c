/// What decides how sensitive assets are: rules, naming conventions with their words, and how sensitivity is handed on.
public struct AssetPolicy: Sendable, Hashable {
    public var rules: [AssetRule]
    public var conventions: [NamingConvention]
    public var vocabularies: Vocabularies
    /// How many levels sensitivity loses when it is handed on along a relation; a relation that is not among them hands
    /// nothing on.
    public var inheritance: [AssetRelation: Int]

    public init(
        rules: [AssetRule] = [], conventions: [NamingConvention] = [], vocabularies: Vocabularies = Vocabularies(),
        inheritance: [AssetRelation: Int] = AssetPolicy.standardInheritance
    ) {
        self.rules = rules
        self.conventions = conventions
        self.vocabularies = vocabularies
        self.inheritance = inheritance
    }

    /// Whole along every relation.
    public static let standardInheritance = Dictionary(
        uniqueKeysWithValues: AssetRelation.allCases.map { ($0, 0) })

    /// The watchlists that rules ask for.
    public var watchlists: Set<String> {
        var names: Set<String> = []
        for case .watchlist(let lists) in rules.flatMap(\.conditions) { names.formUnion(lists) }
        return names
    }

    /// This policy with what another adds; where both say something, the other one's word counts.
    public func merging(_ other: AssetPolicy) -> AssetPolicy {
        let replaced = Set(other.rules.map(\.name))
        let renamed = Set(other.conventions.map(\.name))
        return AssetPolicy(
            rules: rules.filter { !replaced.contains($0.name) } + other.rules,
            conventions: conventions.filter { !renamed.contains($0.name) } + other.conventions,
            vocabularies: vocabularies.merging(other.vocabularies),
            inheritance: other.inheritance == AssetPolicy.standardInheritance ? inheritance : other.inheritance)
    }
}

/// Who and what stands on watchlists, by the lists' names: VIP accounts, crown jewels.
public struct AssetWatchlists: Sendable, Hashable {
    private var lists: [String: Set<String>] = [:]

    public init() {}

    /// - Parameter items: names or identifiers of accounts, hosts, addresses, resources.
    public mutating func set(_ list: String, items: some Sequence<String>) {
        lists[list] = Set(items.map { $0.lowercased() })
    }

    /// The lists that hold one of these names.
    func holding(_ names: [String]) -> [String] {
        guard !lists.isEmpty else { return [] }
        let names = Set(names.map { $0.lowercased() })
        return lists.filter { !$0.value.isDisjoint(with: names) }.keys.sorted()
    }
}
