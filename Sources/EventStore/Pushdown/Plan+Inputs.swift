import KQL

extension Plan {
    /// Whether a stored table is read somewhere below.
    var readsStore: Bool {
        if case .scan = self { return true }
        return inputs.contains { $0.readsStore }
    }

    /// This operator over other inputs. The bodies of `mv-apply` and `partition`, which run per row or key, stay.
    func mapInputs(_ transform: (Plan) -> Plan) -> Plan {
        switch self {
        case .scan, .values, .range, .placeholder, .external, .pushed: self
        case .filter(let node): .filter(node.changing(\.input, transform))
        case .project(let node): .project(node.changing(\.input, transform))
        case .aggregate(let node): .aggregate(node.changing(\.input, transform))
        case .sort(let node): .sort(node.changing(\.input, transform))
        case .top(let node): .top(node.changing(\.input, transform))
        case .take(let node): .take(node.changing(\.input, transform))
        case .distinct(let node): .distinct(node.changing(\.input, transform))
        case .sample(let node): .sample(node.changing(\.input, transform))
        case .serialize(let node): .serialize(node.changing(\.input, transform))
        case .mvExpand(let node): .mvExpand(node.changing(\.input, transform))
        case .partition(let node): .partition(node.changing(\.input, transform))
        case .parse(let node): .parse(node.changing(\.input, transform))
        case .parseKeyValue(let node): .parseKeyValue(node.changing(\.input, transform))
        case .makeSeries(let node): .makeSeries(node.changing(\.input, transform))
        case .topNested(let node): .topNested(node.changing(\.input, transform))
        case .scanSteps(let node): .scanSteps(node.changing(\.input, transform))
        case .reduce(let node): .reduce(node.changing(\.input, transform))
        case .checked(let node): .checked(node.changing(\.input, transform))
        case .materialized(let node): .materialized(node.changing(\.input, transform))
        case .mvApply(let node): .mvApply(node.changing(\.expand.input, transform))
        case .join(let node): .join(node.changing(\.left, transform).changing(\.right, transform))
        case .union(let node): .union(node.changing(\.inputs) { $0.map { $0.changing(\.plan, transform) } })
        case .graph(let node):
            .graph(
                node.changing(\.graph.edges, transform).changing(\.graph.nodeTables) { tables in
                    tables.map { $0.changing(\.plan, transform) }
                })
        case .plugin(let node):
            .plugin(
                node.changing(\.input, transform).changing(\.arguments) { arguments in
                    arguments.map { if case .table(let plan) = $0 { .table(transform(plan)) } else { $0 } }
                })
        }
    }
}

/// Operators that can be copied with another value of a property.
private protocol Changing {}

extension Changing {
    fileprivate func changing<Property>(
        _ property: WritableKeyPath<Self, Property>, _ transform: (Property) -> Property
    ) -> Self {
        var copy = self
        copy[keyPath: property] = transform(copy[keyPath: property])
        return copy
    }
}

extension Filter: Changing {}
extension Project: Changing {}
extension Aggregate: Changing {}
extension Sort: Changing {}
extension Top: Changing {}
extension Take: Changing {}
extension Distinct: Changing {}
extension Sample: Changing {}
extension Serialize: Changing {}
extension MvExpand: Changing {}
extension Partition: Changing {}
extension Parse: Changing {}
extension ParseKeyValue: Changing {}
extension MakeSeries: Changing {}
extension TopNested: Changing {}
extension ScanSteps: Changing {}
extension Reduce: Changing {}
extension Checked: Changing {}
extension Materialized: Changing {}
extension MvApply: Changing {}
extension Join: Changing {}
extension Union: Changing {}
extension UnionInput: Changing {}
extension GraphQuery: Changing {}
extension GraphSource.NodeTable: Changing {}
extension PluginCall: Changing {}
