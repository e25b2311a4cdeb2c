/// One step of a pipeline.
public indirect enum TabularOperator: Hashable, Sendable {
    case `as`(AsOperator)
    case assertSchema(AssertSchemaOperator)
    case consume(ConsumeOperator)
    case count(CountOperator)
    case distinct(DistinctOperator)
    case evaluate(EvaluateOperator)
    case executeAndCache(ExecuteAndCacheOperator)
    case extend(ExtendOperator)
    case facet(FacetOperator)
    case find(FindOperator)
    case fork(ForkOperator)
    case getschema(GetSchemaOperator)
    case graphMarkComponents(GraphMarkComponentsOperator)
    case graphMatch(GraphMatchOperator)
    case graphShortestPaths(GraphMatchOperator)
    case graphToTable(GraphToTableOperator)
    case graphWhere(GraphWhereOperator)
    case invoke(InvokeOperator)
    case join(JoinOperator)
    case lookup(LookupOperator)
    case macroExpand(MacroExpandSource)
    case makeGraph(MakeGraphOperator)
    case makeSeries(MakeSeriesOperator)
    case mvApply(MvApplyOperator)
    case mvExpand(MvExpandOperator)
    case parse(ParseOperator)
    case parseKV(ParseKVOperator)
    case partition(PartitionOperator)
    case partitionBy(PartitionByOperator)
    case print(PrintSource)
    case project(ProjectOperator)
    case projectAway(ProjectSelectionOperator)
    case projectByNames(ProjectByNamesOperator)
    case projectKeep(ProjectSelectionOperator)
    case projectRename(ProjectRenameOperator)
    case projectReorder(ProjectReorderOperator)
    case reduce(ReduceOperator)
    case render(RenderOperator)
    case sample(SampleOperator)
    case sampleDistinct(SampleDistinctOperator)
    case scan(ScanOperator)
    case search(SearchOperator)
    case serialize(SerializeOperator)
    case sort(SortOperator)
    case summarize(SummarizeOperator)
    case take(TakeOperator)
    case top(TopOperator)
    case topHitters(TopHittersOperator)
    case topNested(TopNestedOperator)
    case union(UnionOperator)
    case `where`(WhereOperator)
    /// Something that could not be parsed; a diagnostic was given.
    case error(Span)
}

extension TabularOperator {
    /// From the keyword to the end of the last argument; the pipe is not part of it.
    public var span: Span {
        switch self {
        case .as(let node): node.span
        case .assertSchema(let node): node.span
        case .consume(let node): node.span
        case .count(let node): node.span
        case .distinct(let node): node.span
        case .evaluate(let node): node.span
        case .executeAndCache(let node): node.span
        case .extend(let node): node.span
        case .facet(let node): node.span
        case .find(let node): node.span
        case .fork(let node): node.span
        case .getschema(let node): node.span
        case .graphMarkComponents(let node): node.span
        case .graphMatch(let node): node.span
        case .graphShortestPaths(let node): node.span
        case .graphToTable(let node): node.span
        case .graphWhere(let node): node.span
        case .invoke(let node): node.span
        case .join(let node): node.span
        case .lookup(let node): node.span
        case .macroExpand(let node): node.span
        case .makeGraph(let node): node.span
        case .makeSeries(let node): node.span
        case .mvApply(let node): node.span
        case .mvExpand(let node): node.span
        case .parse(let node): node.span
        case .parseKV(let node): node.span
        case .partition(let node): node.span
        case .partitionBy(let node): node.span
        case .print(let node): node.span
        case .project(let node): node.span
        case .projectAway(let node): node.span
        case .projectByNames(let node): node.span
        case .projectKeep(let node): node.span
        case .projectRename(let node): node.span
        case .projectReorder(let node): node.span
        case .reduce(let node): node.span
        case .render(let node): node.span
        case .sample(let node): node.span
        case .sampleDistinct(let node): node.span
        case .scan(let node): node.span
        case .search(let node): node.span
        case .serialize(let node): node.span
        case .sort(let node): node.span
        case .summarize(let node): node.span
        case .take(let node): node.span
        case .top(let node): node.span
        case .topHitters(let node): node.span
        case .topNested(let node): node.span
        case .union(let node): node.span
        case .where(let node): node.span
        case .error(let span): span
        }
    }
}
