extension Plan {
    /// The operator's name as the language writes it.
    public var name: String {
        switch self {
        case .scan: "table"
        case .values: "datatable"
        case .range: "range"
        case .placeholder: "rows of the outer operator"
        case .external: "externaldata"
        case .pushed: "store"
        case .filter: "where"
        case .project: "project"
        case .aggregate: "summarize"
        case .sort: "sort"
        case .top: "top"
        case .take: "take"
        case .distinct: "distinct"
        case .sample: "sample"
        case .serialize: "serialize"
        case .mvExpand: "mv-expand"
        case .mvApply: "mv-apply"
        case .partition: "partition"
        case .parse(let node): node.dropsMisses ? "parse-where" : "parse"
        case .parseKeyValue: "parse-kv"
        case .makeSeries: "make-series"
        case .topNested: "top-nested"
        case .scanSteps: "scan"
        case .reduce: "reduce"
        case .plugin(let node): "evaluate \(node.name)"
        case .checked: "assert-schema"
        case .materialized: "materialize"
        case .join: "join"
        case .union: "union"
        case .graph: "graph"
        }
    }

    /// The plans whose rows this operator takes.
    public var inputs: [Plan] {
        switch self {
        case .scan, .values, .range, .placeholder, .external, .pushed: []
        case .filter(let node): [node.input]
        case .project(let node): [node.input]
        case .aggregate(let node): [node.input]
        case .sort(let node): [node.input]
        case .top(let node): [node.input]
        case .take(let node): [node.input]
        case .distinct(let node): [node.input]
        case .sample(let node): [node.input]
        case .serialize(let node): [node.input]
        case .mvExpand(let node): [node.input]
        case .mvApply(let node): [node.expand.input, node.body]
        case .partition(let node): [node.input, node.body]
        case .parse(let node): [node.input]
        case .parseKeyValue(let node): [node.input]
        case .makeSeries(let node): [node.input]
        case .topNested(let node): [node.input]
        case .scanSteps(let node): [node.input]
        case .reduce(let node): [node.input]
        case .plugin(let node):
            [node.input] + node.arguments.compactMap { if case .table(let plan) = $0 { plan } else { nil } }
        case .checked(let node): [node.input]
        case .materialized(let node): [node.input]
        case .join(let node): [node.left, node.right]
        case .union(let node): node.inputs.map(\.plan)
        case .graph(let node): [node.graph.edges] + node.graph.nodeTables.map(\.plan)
        }
    }
}
