extension ParserState {
    /// Parses the arguments of an operator; the keyword, which began at the offset, is consumed.
    typealias OperatorRule = @Sendable (inout ParserState, Int) throws(Unwind) -> TabularOperator

    /// All operators that may follow `|`, by keyword, with older and internal spellings.
    static let operators: [String: OperatorRule] =
        rowOperators
        .merging(columnOperators) { first, _ in first }
        .merging(expansionOperators) { first, _ in first }
        .merging(combiningOperators) { first, _ in first }
        .merging(graphOperators) { first, _ in first }

    private static let rowOperators: [String: OperatorRule] = [
        "where": { (state, lower) throws(Unwind) in .where(try state.parseWhere(lower)) },
        "filter": { (state, lower) throws(Unwind) in .where(try state.parseWhere(lower)) },
        "take": { (state, lower) throws(Unwind) in .take(try state.parseTake(lower)) },
        "limit": { (state, lower) throws(Unwind) in .take(try state.parseTake(lower)) },
        "sample": { (state, lower) throws(Unwind) in .sample(try state.parseSample(lower)) },
        "sample-distinct": { (state, lower) throws(Unwind) in .sampleDistinct(try state.parseSampleDistinct(lower)) },
        "sort": { (state, lower) throws(Unwind) in .sort(try state.parseSort(lower)) },
        "order": { (state, lower) throws(Unwind) in .sort(try state.parseSort(lower)) },
        "top": { (state, lower) throws(Unwind) in .top(try state.parseTop(lower)) },
        "top-hitters": { (state, lower) throws(Unwind) in .topHitters(try state.parseTopHitters(lower)) },
        "top-nested": { (state, lower) throws(Unwind) in .topNested(try state.parseTopNested(lower)) },
        "count": { (state, lower) throws(Unwind) in .count(try state.parseCount(lower)) },
        "as": { (state, lower) throws(Unwind) in .as(try state.parseAs(lower)) },
        "serialize": { (state, lower) throws(Unwind) in .serialize(try state.parseSerialize(lower)) },
        "consume": { (state, lower) throws(Unwind) in
            .consume(ConsumeOperator(parameters: try state.parseParameters(.any), span: state.span(from: lower)))
        },
        "getschema": { (state, lower) throws(Unwind) in
            .getschema(GetSchemaOperator(parameters: try state.parseParameters(.any), span: state.span(from: lower)))
        },
        "assert-schema": { (state, lower) throws(Unwind) in
            let schema = try state.parseSchema("after 'assert-schema'")
            return .assertSchema(AssertSchemaOperator(schema: schema, span: state.span(from: lower)))
        },
        "execute-and-cache": { (state, lower) throws(Unwind) in try state.parseExecuteAndCache(lower) },
        "__executeAndCache": { (state, lower) throws(Unwind) in try state.parseExecuteAndCache(lower) },
        "search": { (state, lower) throws(Unwind) in .search(try state.parseSearch(lower)) },
        "find": { (state, lower) throws(Unwind) in .find(try state.parseFind(lower)) },
    ]

    private static let columnOperators: [String: OperatorRule] = [
        "extend": { (state, lower) throws(Unwind) in .extend(try state.parseExtend(lower)) },
        "project": { (state, lower) throws(Unwind) in .project(try state.parseProject(lower)) },
        "project-away": { (state, lower) throws(Unwind) in .projectAway(try state.parseSelection(lower)) },
        "project-keep": { (state, lower) throws(Unwind) in .projectKeep(try state.parseSelection(lower)) },
        "project-rename": { (state, lower) throws(Unwind) in .projectRename(try state.parseRename(lower)) },
        "project-reorder": { (state, lower) throws(Unwind) in .projectReorder(try state.parseReorder(lower)) },
        "project-by-names": { (state, lower) throws(Unwind) in .projectByNames(try state.parseByNames(lower)) },
        "distinct": { (state, lower) throws(Unwind) in .distinct(try state.parseDistinct(lower)) },
        "summarize": { (state, lower) throws(Unwind) in .summarize(try state.parseSummarize(lower)) },
        "make-series": { (state, lower) throws(Unwind) in .makeSeries(try state.parseMakeSeries(lower)) },
        "render": { (state, lower) throws(Unwind) in .render(try state.parseRender(lower)) },
        "reduce": { (state, lower) throws(Unwind) in .reduce(try state.parseReduce(lower)) },
    ]

    private static let expansionOperators: [String: OperatorRule] = [
        "mv-expand": { (state, lower) throws(Unwind) in .mvExpand(try state.parseMvExpand(lower)) },
        "mvexpand": { (state, lower) throws(Unwind) in .mvExpand(try state.parseMvExpand(lower)) },
        "mv-apply": { (state, lower) throws(Unwind) in .mvApply(try state.parseMvApply(lower)) },
        "mvapply": { (state, lower) throws(Unwind) in .mvApply(try state.parseMvApply(lower)) },
        "parse": { (state, lower) throws(Unwind) in .parse(try state.parseParse(lower, dropsUnmatched: false)) },
        "parse-where": { (state, lower) throws(Unwind) in .parse(try state.parseParse(lower, dropsUnmatched: true)) },
        "parse-kv": { (state, lower) throws(Unwind) in .parseKV(try state.parseParseKV(lower)) },
        "evaluate": { (state, lower) throws(Unwind) in .evaluate(try state.parseEvaluate(lower)) },
        "invoke": { (state, lower) throws(Unwind) in .invoke(try state.parseInvoke(lower)) },
    ]

    private static let combiningOperators: [String: OperatorRule] = [
        "join": { (state, lower) throws(Unwind) in .join(try state.parseJoin(lower)) },
        "lookup": { (state, lower) throws(Unwind) in .lookup(try state.parseLookup(lower)) },
        "union": { (state, lower) throws(Unwind) in .union(try state.parseUnion(lower)) },
        "partition": { (state, lower) throws(Unwind) in .partition(try state.parsePartition(lower)) },
        "partition-by": { (state, lower) throws(Unwind) in .partitionBy(try state.parsePartitionBy(lower)) },
        "__partitionby": { (state, lower) throws(Unwind) in .partitionBy(try state.parsePartitionBy(lower)) },
        "fork": { (state, lower) throws(Unwind) in .fork(try state.parseFork(lower)) },
        "facet": { (state, lower) throws(Unwind) in .facet(try state.parseFacet(lower)) },
        "scan": { (state, lower) throws(Unwind) in .scan(try state.parseScan(lower)) },
        "macro-expand": { (state, lower) throws(Unwind) in .macroExpand(try state.parseMacroExpand(lower)) },
    ]

    private static let graphOperators: [String: OperatorRule] = [
        "make-graph": { (state, lower) throws(Unwind) in .makeGraph(try state.parseMakeGraph(lower)) },
        "graph-match": { (state, lower) throws(Unwind) in .graphMatch(try state.parseGraphMatch(lower)) },
        "graph-shortest-paths": { (state, lower) throws(Unwind) in
            .graphShortestPaths(try state.parseGraphMatch(lower))
        },
        "graph-to-table": { (state, lower) throws(Unwind) in .graphToTable(try state.parseGraphToTable(lower)) },
        "graph-mark-components": { (state, lower) throws(Unwind) in
            let parameters = try state.parseParameters(.any)
            return .graphMarkComponents(
                GraphMarkComponentsOperator(parameters: parameters, span: state.span(from: lower)))
        },
        "graph-where-nodes": { (state, lower) throws(Unwind) in
            .graphWhere(try state.parseGraphWhere(lower, .nodes))
        },
        "graph-where-edges": { (state, lower) throws(Unwind) in
            .graphWhere(try state.parseGraphWhere(lower, .edges))
        },
    ]
}

extension Parser {
    /// The keywords of all operators that may follow `|`, older spellings among them, in alphabetical order.
    public static let operatorNames: [String] = ParserState.operators.keys.sorted()
}
