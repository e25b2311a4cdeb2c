import Chronology
import KQLFunctions
import KQLValues

/// Gives scans the range of `TimeGenerated` that the filters above them ask for; the filters stay.
func extractingTimeRanges(_ plan: Plan) -> Plan {
    guard case .filter = plan else { return plan.mapInputs(extractingTimeRanges) }
    var bounds = TimeBounds()
    var filters: [BoundExpression] = []
    var input = plan
    while case .filter(let node) = input {
        filters.append(node.predicate)
        for condition in node.predicate.conjuncts { bounds = bounds.intersection(timeBounds(of: condition)) }
        input = node.input
    }
    guard case .scan(var scan) = input else {
        return filters.reversed().reduce(extractingTimeRanges(input)) { .filter(Filter(input: $0, predicate: $1)) }
    }
    if bounds != TimeBounds() { scan.timeRange = scan.timeRange?.intersection(bounds) ?? bounds }
    return filters.reversed().reduce(.scan(scan)) { .filter(Filter(input: $0, predicate: $1)) }
}

/// What a condition says of `TimeGenerated`; open when it says nothing.
private func timeBounds(of condition: BoundExpression) -> TimeBounds {
    guard case .call(let call) = condition else { return TimeBounds() }
    let instants = call.arguments.map { argument -> Instant? in
        if case .constant(.datetime(let instant)) = argument { instant } else { nil }
    }
    let isTime = call.arguments.map { argument -> Bool in
        if case .column(let column) = argument {
            column.name == "TimeGenerated" && column.type == .datetime
        } else {
            false
        }
    }
    switch (call.function.name, call.arguments.count) {
    case (">=", 2), (">", 2):
        if isTime[0] { return TimeBounds(lower: instants[1]) }
        return isTime[1] ? TimeBounds(upper: instants[0]) : TimeBounds()
    case ("<=", 2), ("<", 2):
        if isTime[0] { return TimeBounds(upper: instants[1]) }
        return isTime[1] ? TimeBounds(lower: instants[0]) : TimeBounds()
    case ("==", 2) where isTime[0]: return TimeBounds(lower: instants[1], upper: instants[1])
    case ("between", 3) where isTime[0]:
        if case .constant(.timespan(let span)) = call.arguments[2] {
            return TimeBounds(lower: instants[1], upper: instants[1].map { $0 + span })
        }
        return TimeBounds(lower: instants[1], upper: instants[2])
    default: return TimeBounds()
    }
}
