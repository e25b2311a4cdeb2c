internal import Chronology
internal import Detection
internal import Vocabulary

/// The matrix of ATT&CK: a column per tactic, shaded by how many rules work.
struct CoveragePage: Page {
    let frame: Frame
    let tabs: [RuleTab]
    let summary: String
    let version: String
    let days: Int
    let isNarrowed: Bool
    let otherPath: String
    let otherName: String
    let columns: [Column]
    let sources: [SourceRow]

    var template: TemplateName { .coverage }

    struct Column: Sendable {
        let name: String
        let covered: String
        let techniques: [Cell]
    }

    struct Cell: Sendable {
        let id: String
        let name: String
        /// `none`, `idle` (rules, but in trial or without data), `some`, `good`, `many`.
        let level: String
        let count: String
        let rules: [RuleLine]
        let subTechniques: [SubTechnique]
        let hasDetail: Bool
    }

    struct RuleLine: Sendable {
        let name: String
        let path: String
        let note: String?
    }

    struct SubTechnique: Sendable {
        let id: String
        let name: String
        let rules: [RuleLine]
    }

    struct SourceRow: Sendable {
        let name: String
        let state: String
        let stateClass: String
        let latest: String
        let rules: Int
    }

    init(_ coverage: AttackCoverage, frame: Frame, days: Int, isNarrowed: Bool, now: Instant) {
        self.frame = frame
        self.days = days
        self.isNarrowed = isNarrowed
        tabs = RuleTab.all(at: .coverage)
        version = coverage.version
        summary = "\(coverage.coveredCount) of \(coverage.techniques.count) techniques have a working rule"
        otherPath = isNarrowed ? PortalURL.ruleCoverage.path : PortalURL.ruleCoverage.path + "?show=rules"
        otherName = isNarrowed ? "Show all techniques" : "Show only techniques with rules"
        let tactics = Tactic.allCases.filter { tactic in
            tactic != .preAttack && coverage.techniques.contains { $0.tactics.contains(tactic) }
        }
        columns = tactics.map { tactic in
            let techniques = coverage.techniques.filter { $0.tactics.contains(tactic) }
            let covered = techniques.count { coverage.working($0.allRules) > 0 }
            return Column(
                name: tactic.words, covered: "\(covered) of \(techniques.count)",
                techniques: techniques.filter { !isNarrowed || !$0.allRules.isEmpty }.map { Cell($0, coverage) })
        }
        sources = coverage.sources.map { SourceRow($0, now: now) }
    }
}

extension CoveragePage.Cell {
    init(_ technique: AttackCoverage.Technique, _ coverage: AttackCoverage) {
        id = technique.id
        name = technique.name
        let all = technique.allRules
        let working = coverage.working(all)
        level =
            switch working {
            case 0: all.isEmpty ? "none" : "idle"
            case 1: "some"
            case 2...3: "good"
            default: "many"
            }
        count = all.isEmpty ? "" : working == all.count ? "\(working)" : "\(working)/\(all.count)"
        rules = technique.rules.map { CoveragePage.RuleLine(coverage.rules[$0]) }
        subTechniques = technique.subTechniques.map { sub in
            CoveragePage.SubTechnique(
                id: sub.id, name: sub.name, rules: sub.rules.map { CoveragePage.RuleLine(coverage.rules[$0]) })
        }
        hasDetail = !all.isEmpty
    }
}

extension CoveragePage.RuleLine {
    init(_ rule: AttackCoverage.Rule) {
        name = rule.name
        path = PortalURL.rule(rule.id).path
        note =
            rule.isInTrial ? "in trial" : rule.hasData ? nil : "no rows in \(rule.missing.joined(separator: ", "))"
    }
}

extension CoveragePage.SourceRow {
    init(_ source: AttackCoverage.DataSource, now: Instant) {
        name = source.table
        state = source.isPresent ? "Present" : "Missing"
        stateClass = source.isPresent ? "good" : "bad"
        latest = source.latest.map { ShownTime($0, now: now).relative } ?? "never"
        rules = source.rules
    }
}

extension Tactic {
    /// The name with its words apart: `Lateral Movement`.
    fileprivate var words: String {
        rawValue.reduce(into: "") { text, character in
            if character.isUppercase, !text.isEmpty { text += " " }
            text.append(character)
        }
    }
}
