public import Vocabulary

/// What an inventory says about all things that fit.
public struct AssetRule: Sendable, Hashable {
    /// What the rule is called in explanations.
    public var name: String
    /// All of these must hold.
    public var conditions: [Condition]
    /// Tags that the asset gets.
    public var tags: [String]
    public var sensitivity: Sensitivity?
    public var owner: String

    /// Holds when one of its values fits; all disregard letter case.
    public enum Condition: Sendable, Hashable {
        case kind(Set<EntityKind>)
        /// A name with `*` for any characters and `?` for one.
        case name([String])
        /// A tag, `env=prod`, with `*` and `?`; without `=` the name of a tag.
        case tag([String])
        case type([String])
        case location([String])
        /// The name of a group that it is a direct member of.
        case group([String])
        /// Stands on one of these watchlists.
        case watchlist([String])
        /// A part of its name by a naming convention: as written or as the vocabulary spells it out.
        case part(String, [String])
    }

    public init(
        name: String, conditions: [Condition], tags: [String] = [], sensitivity: Sensitivity? = nil, owner: String = ""
    ) {
        self.name = name
        self.conditions = conditions
        self.tags = tags
        self.sensitivity = sensitivity
        self.owner = owner
    }
}

/// What rules look at.
struct RuleSubject {
    var kind: EntityKind
    var names: [String]
    var tags: [String]
    var type = ""
    var location = ""
    var groups: [String] = []
    var parts: NameParts?
    /// The watchlists that it stands on.
    var watchlists: [String] = []
}

/// A rule with its patterns made ready.
struct PreparedRule: Sendable {
    let rule: AssetRule
    private let conditions: [(condition: AssetRule.Condition, patterns: [Wildcard])]

    init(_ rule: AssetRule) {
        self.rule = rule
        conditions = rule.conditions.map { condition in
            (condition, condition.patternTexts.map { Wildcard($0, ignoresCase: true, hasSingles: true) })
        }
    }

    /// What fits, in words: `tag env=prod, name sql-07`; nil when a condition does not hold.
    func evidence(for subject: RuleSubject) -> String? {
        var words: [String] = []
        for (condition, patterns) in conditions {
            guard let fit = PreparedRule.fit(condition, patterns, subject) else { return nil }
            words.append(fit)
        }
        return conditions.isEmpty ? nil : words.joined(separator: ", ")
    }

    private static func fit(
        _ condition: AssetRule.Condition, _ patterns: [Wildcard], _ subject: RuleSubject
    ) -> String? {
        func first(_ texts: [String], _ word: String) -> String? {
            texts.first { text in patterns.contains { $0.matches(text) } }.map { "\(word) \($0)" }
        }
        switch condition {
        case .kind(let kinds): return kinds.contains(subject.kind) ? "kind \(subject.kind.rawValue)" : nil
        case .name: return first(subject.names, "name")
        case .tag:
            return subject.tags.first { tag in
                patterns.contains { $0.matches(tag) || (!$0.names("=") && $0.matches(tag.prefix { $0 != "=" })) }
            }.map { "tag \($0)" }
        case .type: return first([subject.type], "type")
        case .location: return first([subject.location], "location")
        case .group: return first(subject.groups, "group")
        case .watchlist: return first(subject.watchlists, "watchlist")
        case .part(let part, _):
            guard let value = subject.parts?.values.first(where: { $0.part == part }) else { return nil }
            return first([value.text, value.meaning ?? value.text], part)
        }
    }
}

extension AssetRule.Condition {
    fileprivate var patternTexts: [String] {
        switch self {
        case .kind: []
        case .name(let texts), .tag(let texts), .type(let texts), .location(let texts), .group(let texts),
            .watchlist(let texts), .part(_, let texts):
            texts
        }
    }
}
