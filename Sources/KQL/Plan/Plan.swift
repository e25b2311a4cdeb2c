public import KQLValues

/// A bound query: a tree of operators, each with the schema of its result.
public indirect enum Plan: Sendable {
    // Leaves.
    case scan(Scan)
    case values(Table)
    case range(RangeRows)
    case placeholder(Placeholder)
    case external(ExternalData)
    case pushed(PushedQuery)
    // One input.
    case filter(Filter)
    case project(Project)
    case aggregate(Aggregate)
    case sort(Sort)
    case top(Top)
    case take(Take)
    case distinct(Distinct)
    case sample(Sample)
    case serialize(Serialize)
    case mvExpand(MvExpand)
    case mvApply(MvApply)
    case partition(Partition)
    case parse(Parse)
    case parseKeyValue(ParseKeyValue)
    case makeSeries(MakeSeries)
    case topNested(TopNested)
    case scanSteps(ScanSteps)
    case reduce(Reduce)
    case plugin(PluginCall)
    case checked(Checked)
    case materialized(Materialized)
    // Several inputs.
    case join(Join)
    case union(Union)
    case graph(GraphQuery)

    /// The columns of the result.
    public var schema: TableSchema {
        switch self {
        case .scan(let node): node.schema
        case .values(let table): table.schema
        case .range(let node): node.schema
        case .placeholder(let node): node.schema
        case .external(let node): node.schema
        case .pushed(let node): node.schema
        case .filter(let node): node.input.schema
        case .project(let node): node.schema
        case .aggregate(let node): node.schema
        case .sort(let node): node.input.schema
        case .top(let node): node.input.schema
        case .take(let node): node.input.schema
        case .distinct(let node): node.input.schema
        case .sample(let node): node.input.schema
        case .serialize(let node): node.input.schema
        case .mvExpand(let node): node.schema
        case .mvApply(let node): node.schema
        case .partition(let node): node.schema
        case .parse(let node): node.schema
        case .parseKeyValue(let node): node.schema
        case .makeSeries(let node): node.schema
        case .topNested(let node): node.schema
        case .scanSteps(let node): node.schema
        case .reduce(let node): node.schema
        case .plugin(let node): node.schema
        case .checked(let node): node.input.schema
        case .materialized(let node): node.input.schema
        case .join(let node): node.schema
        case .union(let node): node.schema
        case .graph(let node): node.schema
        }
    }
}
