public import Chronology
public import JSON
public import Vocabulary

/// Which techniques of ATT&CK the enabled rules look for, and whether they have the data for it.
public struct AttackCoverage: Sendable {
    /// A rule as coverage counts it.
    public struct Rule: Sendable, Hashable {
        public var id: String
        public var name: String
        public var kind: String
        public var isInTrial: Bool
        public var techniques: [String]
        public var tactics: [Tactic]
        /// Tables that the rule reads, with and without rows in the days looked at.
        public var present: [String]
        public var missing: [String]
        /// Whether it can find anything: all it needs is there, or one of several tables that would do.
        public var hasData: Bool

        public init(
            id: String, name: String, kind: String, isInTrial: Bool, techniques: [String], tactics: [Tactic],
            present: [String], missing: [String], hasData: Bool
        ) {
            self.id = id
            self.name = name
            self.kind = kind
            self.isInTrial = isInTrial
            self.techniques = techniques
            self.tactics = tactics
            self.present = present
            self.missing = missing
            self.hasData = hasData
        }
    }

    /// A technique with the rules that look for it or for one of its sub-techniques.
    public struct Technique: Sendable, Hashable {
        public var id: String
        public var name: String
        public var tactics: [Tactic]
        /// Positions in `rules` of the rules that name just this one.
        public var rules: [Int]
        /// Of the sub-techniques that have rules; empty for a sub-technique.
        public var subTechniques: [Technique]
        /// How many sub-techniques ATT&CK knows.
        public var subTechniqueCount: Int

        /// The rules of this technique and its sub-techniques.
        public var allRules: Set<Int> { subTechniques.reduce(into: Set(rules)) { $0.formUnion($1.rules) } }
    }

    /// A table that rules need.
    public struct DataSource: Sendable, Hashable {
        public var table: String
        /// The newest row; nil: there is none.
        public var latest: Instant?
        public var isPresent: Bool
        /// Rules that read it.
        public var rules: Int
    }

    public private(set) var rules: [Rule]
    /// The techniques of ATT&CK without sub-techniques, in order of id; those without rules too.
    public private(set) var techniques: [Technique] = []
    public private(set) var sources: [DataSource]
    public private(set) var version: String
    /// Rules that name no technique.
    public private(set) var unmapped: Int

    public init(_ rules: [Rule], sources: [DataSource], catalogue: AttackCatalogue) {
        self.rules = rules
        self.sources = sources.sorted { $0.table < $1.table }
        version = catalogue.version
        unmapped = rules.count { $0.techniques.isEmpty }
        var named: [String: [Int]] = [:]
        for (position, rule) in rules.enumerated() {
            for technique in Set(rule.techniques) { named[technique, default: []].append(position) }
        }
        var known = catalogue.techniques.filter { $0.parent == nil }
        // What rules name but ATT&CK does not list (any more) is shown under its number.
        for id in named.keys.map({ String($0.prefix(5)) }).sorted() where !known.contains(where: { $0.id == id }) {
            let tactics = Set((named.filter { $0.key.hasPrefix(id) }).flatMap(\.value).flatMap { rules[$0].tactics })
            known.append(
                AttackCatalogue.Technique(
                    id: id, name: "", tactics: tactics.sorted { $0.killChainStage < $1.killChainStage }))
        }
        var children: [String: [AttackCatalogue.Technique]] = [:]
        for technique in catalogue.techniques {
            if let parent = technique.parent { children[parent, default: []].append(technique) }
        }
        techniques = known.map { technique in
            let own = children[technique.id] ?? []
            let unlisted = named.keys.filter { id in
                id.hasPrefix(technique.id + ".") && !own.contains { $0.id == id }
            }
            let subs =
                own.filter { named[$0.id] != nil }
                + unlisted.map { AttackCatalogue.Technique(id: $0, name: "", tactics: technique.tactics) }
            return Technique(
                id: technique.id, name: technique.name, tactics: technique.tactics, rules: named[technique.id] ?? [],
                subTechniques: subs.sorted { $0.id < $1.id }.map { sub in
                    Technique(
                        id: sub.id, name: sub.name, tactics: sub.tactics, rules: named[sub.id] ?? [],
                        subTechniques: [], subTechniqueCount: 0)
                }, subTechniqueCount: own.count)
        }.sorted { $0.id < $1.id }
    }

    /// How many of some rules are active and have their data.
    public func working(_ positions: some Sequence<Int>) -> Int {
        positions.count { !rules[$0].isInTrial && rules[$0].hasData }
    }

    /// Techniques for which at least one rule works.
    public var coveredCount: Int { techniques.count { working($0.allRules) > 0 } }

    /// A layer for the ATT&CK Navigator (format 4.5): the score is the number of working rules.
    public func navigatorLayer(name: String) -> JSON {
        let listed = techniques.flatMap { [$0] + $0.subTechniques }.filter { !$0.allRules.isEmpty }
        let scored = listed.map { technique -> JSON in
            let positions = technique.allRules.sorted()
            let names = positions.map { "\(rules[$0].name)\(rules[$0].hasData ? "" : " (no data)")" }
            return [
                "techniqueID": .string(technique.id), "score": .int(Int64(working(positions))),
                "comment": .string(names.joined(separator: "\n")), "enabled": true,
                "showSubtechniques": .bool(!technique.subTechniques.isEmpty),
            ]
        }
        let most = listed.map { working($0.allRules) }.max() ?? 1
        return [
            "name": .string(name), "domain": "enterprise-attack",
            "versions": [
                "attack": .string(String(version.prefix { $0 != "." })), "navigator": "5.1.0", "layer": "4.5",
            ],
            "description": "Enabled rules per technique that have their data.",
            "gradient": [
                "colors": ["#f4d7d5", "#cfe8d8", "#12683a"], "minValue": 0, "maxValue": .int(Int64(max(1, most))),
            ],
            "techniques": .array(scored),
        ]
    }
}
