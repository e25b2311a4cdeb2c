internal import Sigma

/// How rules are fitted to a store's tables and columns, in the vocabulary of pySigma's processing pipelines: steps that
/// rename fields, add conditions, and say (`set_state`) in which table the events are.
public struct ProcessingPipeline: Sendable {
    /// One step: what is done, and to which rules and fields.
    struct Step: Sendable {
        var id: String?
        var transformation: Transformation
        var ruleConditions: ConditionSet<RuleCondition>
        var fieldConditions: ConditionSet<FieldCondition>
        var position: SigmaPosition
    }

    public var name: String
    /// Pipelines of a lower number are applied first.
    public var priority: Int
    var steps: [Step]
}

/// Conditions joined as their step says.
struct ConditionSet<Condition: Sendable>: Sendable {
    var conditions: [Condition] = []
    /// One of them is enough.
    var isAny = false
    var isNegated = false

    func holds(_ test: (Condition) -> Bool) -> Bool {
        if conditions.isEmpty { return true }
        return (isAny ? conditions.contains(where: test) : conditions.allSatisfy(test)) != isNegated
    }
}

/// What a step asks of a rule.
enum RuleCondition: Sendable {
    case logSource(SigmaLogSource)
    case containsField(String)
    case state(key: String, value: String)
    case applied(String)
    case tag(String)
    case correlation(Bool)

    func holds(_ run: PipelineRun) -> Bool {
        switch self {
        case .logSource(let wanted):
            func fits(_ own: String?, _ other: String?) -> Bool { own == nil || own == other }
            let source = run.rule.logSource
            return fits(wanted.category, source.category) && fits(wanted.product, source.product)
                && fits(wanted.service, source.service)
        case .containsField(let name): return SigmaPredicate(run.rule).fields.contains(name)
        case .state(let key, let value): return run.state[key]?.contains(value) ?? false
        case .applied(let id): return run.applied.contains(id)
        case .tag(let tag): return run.rule.tags.contains(tag)
        case .correlation(let isWanted): return !isWanted
        }
    }
}

/// What a step asks of a field's name; nil stands for keywords.
enum FieldCondition: Sendable {
    case include(Set<String>)
    case exclude(Set<String>)
    case state(key: String, value: String)

    func holds(_ field: String?, _ run: PipelineRun) -> Bool {
        switch self {
        case .include(let names): field.map { names.contains($0) } ?? false
        case .exclude(let names): field.map { !names.contains($0) } ?? true
        case .state(let key, let value): run.state[key]?.contains(value) ?? false
        }
    }
}

/// What a step does.
enum Transformation: Sendable {
    /// From a rule's field to the table's, to several of which one must match, or to a KQL expression.
    case mapFields([String: [String]])
    /// The beginnings of names.
    case mapPrefixes([(from: String, to: [String])])
    case addPrefix(String)
    case addSuffix(String)
    case dropItems
    /// Fields that must have one of the values besides the rule's own condition.
    case addCondition([(field: String, values: [String])], isNegated: Bool)
    /// The channels, event ids and field names that the matcher of the stream knows for the rule's log source.
    case routeWindows(SigmaPipeline, channel: String, eventID: String)
    case changeLogSource(SigmaLogSource)
    case replaceText(pattern: String, replacement: String)
    case mapText([String: [String]])
    /// `Hashes` holding `SHA1=…` becomes a field for each algorithm, of that prefix.
    case splitHashes(algorithms: [String], prefix: String, dropsName: Bool)
    case setState(key: String, values: [String])
    case fail(String)
    case failItems(String)
}
