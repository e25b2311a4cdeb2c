/// A filter (Sigma specification 2.1): a condition that many rules' events must not satisfy.
public struct SigmaFilter: Sendable {
    public var header: SigmaHeader
    /// Rules outside this log source are left alone.
    public var logSource: SigmaLogSource
    /// Ids or names of rules; empty: all of the log source.
    public var rules: [String]
    public var detections: [SigmaNamedDetection]
    public var condition: SigmaCondition

    func concerns(_ rule: SigmaRule) -> Bool {
        func fits(_ own: String?, _ other: String?) -> Bool { own == nil || own == other }
        guard fits(logSource.product, rule.logSource.product), fits(logSource.category, rule.logSource.category),
            fits(logSource.service, rule.logSource.service)
        else { return false }
        return rules.isEmpty || rules.contains(rule.id) || rule.name.map { rules.contains($0) } ?? false
    }

    /// What must hold besides the rule's own condition, over detections named with that prefix.
    ///
    /// A filter says either what to leave out (`condition: selection`, as in the specification) or what must hold
    /// (`condition: not selection`, as in pySigma).
    func requirement(prefix: String) -> SigmaCondition {
        let renamed = condition.renamed(prefix: prefix)
        return condition.hasNegation ? renamed : .not(renamed)
    }
}

extension SigmaCondition {
    var hasNegation: Bool {
        switch self {
        case .not: true
        case .all(let parts), .any(let parts): parts.contains { $0.hasNegation }
        case .detection, .quantified: false
        }
    }

    func renamed(prefix: String) -> SigmaCondition {
        switch self {
        case .detection(let name): .detection(prefix + name)
        case .all(let parts): .all(parts.map { $0.renamed(prefix: prefix) })
        case .any(let parts): .any(parts.map { $0.renamed(prefix: prefix) })
        case .not(let inner): .not(inner.renamed(prefix: prefix))
        case .quantified(let count, .them): .quantified(count: count, of: .names(prefix + "*"))
        case .quantified(let count, .names(let pattern)): .quantified(count: count, of: .names(prefix + pattern))
        }
    }
}
