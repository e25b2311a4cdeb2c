/// The aggregation of Sigma 1 (`… | count(field) by group > 5`), which Sigma 2 replaced by correlation rules.
struct SigmaAggregation {
    struct Failure: Error {
        let reason: String
    }

    var kind: SigmaCorrelation.Kind
    var fields: [String]
    var groupBy: [String]
    var bound: SigmaCorrelation.Bound

    /// Reads what follows the bar of a condition.
    init(_ text: String) throws(Failure) {
        var words = text.replacing(",", with: " ").split(whereSeparator: \.isWhitespace).map(String.init)[...]
        guard let call = words.popFirst(), let open = call.firstIndex(of: "("), call.hasSuffix(")") else {
            throw Failure(reason: "'|' is followed by an aggregation such as 'count() by User > 5'")
        }
        let field = call[call.index(after: open)...].dropLast()
        fields = field.isEmpty ? [] : [String(field)]
        switch call[..<open].lowercased() {
        case "count": kind = field.isEmpty ? .eventCount : .valueCount
        case "sum": kind = .valueSum
        case "avg": kind = .valueAverage
        case let name:
            throw Failure(reason: "the aggregation '\(name)' has no counterpart in Sigma 2; write a correlation rule")
        }
        groupBy = []
        if words.first?.lowercased() == "by" {
            words.removeFirst()
            groupBy = words.prefix { Self.relations[$0] == nil }.map { $0 }
            words = words.dropFirst(groupBy.count)
        }
        guard words.count == 2, let relation = words.first.flatMap({ Self.relations[$0] }),
            let number = words.last.flatMap({ Double($0) }), number.isFinite
        else { throw Failure(reason: "the aggregation ends with a comparison such as '> 5'") }
        bound = .init(relation: relation, value: number)
    }

    private static let relations: [String: SigmaCorrelation.Relation] = [
        ">": .greater, ">=": .greaterOrEqual, "<": .less, "<=": .lessOrEqual, "=": .equal, "==": .equal, "!=": .unequal,
    ]
}
