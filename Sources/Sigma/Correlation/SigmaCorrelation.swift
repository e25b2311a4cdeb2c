/// A correlation rule (Sigma specification 2.1): what several matches of rules mean together.
public struct SigmaCorrelation: Sendable {
    /// What is counted or compared.
    public enum Kind: String, Sendable, CaseIterable {
        case eventCount = "event_count"
        case valueCount = "value_count"
        case temporal
        case temporalOrdered = "temporal_ordered"
        case valueSum = "value_sum"
        case valueAverage = "value_avg"
        case valuePercentile = "value_percentile"
        case valueMedian = "value_median"

        /// Looks at the values of a field.
        public var needsField: Bool {
            switch self {
            case .eventCount, .temporal, .temporalOrdered: false
            case .valueCount, .valueSum, .valueAverage, .valuePercentile, .valueMedian: true
            }
        }
    }

    /// `gt`, `gte`, `lt`, `lte`, `eq`, `neq`.
    public enum Relation: String, Sendable, CaseIterable {
        case greater = "gt"
        case greaterOrEqual = "gte"
        case less = "lt"
        case lessOrEqual = "lte"
        case equal = "eq"
        case unequal = "neq"

        public func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .greater: left > right
            case .greaterOrEqual: left >= right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .equal: left == right
            case .unequal: left != right
            }
        }
    }

    /// One bound of the condition.
    public struct Bound: Sendable, Hashable {
        public var relation: Relation
        public var value: Double
    }

    public var header: SigmaHeader
    public var kind: Kind
    /// The ids or names of the rules and correlations that it joins, in their order.
    public var rules: [String]
    /// Fields or aliases whose values must be equal.
    public var groupBy: [String]
    /// Seconds.
    public var timespan: Int64
    /// All must hold.
    public var bounds: [Bound]
    /// The fields whose values are counted or computed with.
    public var fields: [String]
    /// The percentile that is compared, 0 to 100.
    public var percentile = 50.0
    /// By alias and rule (id or name as in `rules`) the field of that rule's events.
    public var aliases: [String: [String: String]]
    /// The rules that it joins make alerts of their own, too.
    public var generates: Bool

    /// The field of a rule's events that a name in `groupBy` or `fields` means.
    public func field(_ name: String, of rule: String) -> String { aliases[name]?[rule] ?? name }

    public func accepts(_ value: Double) -> Bool { bounds.allSatisfy { $0.relation.holds(value, $0.value) } }

    /// Whether more events can only bring it nearer to matching, so that it can be told before the time is over.
    var isMonotone: Bool {
        switch kind {
        case .eventCount, .valueCount, .valueSum, .temporal, .temporalOrdered:
            bounds.allSatisfy { $0.relation == .greater || $0.relation == .greaterOrEqual }
        case .valueAverage, .valuePercentile, .valueMedian: false
        }
    }
}
