import KQLSyntax
import KQLValues

/// The name under which the rows of an enclosing operator are found by a subquery without a source.
let implicitInput = "$input"

extension Binder {
    /// Binds a pipeline: its source, then operator by operator.
    func bind(_ pipeline: TabularExpression, in scope: Scope) throws(Diagnostic) -> Relation {
        try nested(at: pipeline.span) { () throws(Diagnostic) in
            var scope = scope
            if case .name(let name) = pipeline.source, case .graph(let graph)? = scope.lookup(name.text) {
                return try bind(pipeline.operators[...], over: graph, at: pipeline.span, in: scope)
            }
            var relation = try bindSource(of: pipeline, in: scope)
            for (index, step) in pipeline.operators.enumerated() {
                try countOperator(at: step.span)
                recorder?.begin(
                    .operator, at: step.span, next: pipeline.beginning(ofOperator: index + 1),
                    pipelineEnd: pipeline.span.upper, input: relation)
                if case .makeGraph(let node) = step, let partition = node.partition {
                    relation = try bindPartitioned(node, partition, relation, in: scope)
                    continue
                }
                if case .makeGraph(let node) = step {
                    let graph = try bindGraph(node, relation, in: scope)
                    return try bind(pipeline.operators[(index + 1)...], over: graph, at: node.span, in: scope)
                }
                do throws(Diagnostic) {
                    relation = try bind(step, relation, in: scope)
                    recorder?.finish(step.span, output: relation)
                } catch {
                    try recover(from: error)
                    relation.isOpen = true
                }
                if !step.keepsName { relation.name = nil }
                if case .as(let node) = step {
                    scope = Scope(parent: scope)
                    scope.define(node.name.text, as: .table(relation))
                    recorder?.define(
                        node.name, as: .table(relation), visibleIn: Span(node.span.upper, pipeline.span.upper))
                }
            }
            if relation.plan.operatorCount(upTo: Binder.maximumOperators) > Binder.maximumOperators {
                throw tooManyOperators(at: pipeline.span)
            }
            return relation
        }
    }

    private func bindSource(of pipeline: TabularExpression, in scope: Scope) throws(Diagnostic) -> Relation {
        if case .input = pipeline.source { return try bind(pipeline.source, in: scope) }
        let span = pipeline.source.span
        recorder?.begin(
            .source, at: span, next: pipeline.beginning(ofOperator: 0), pipelineEnd: pipeline.span.upper, input: nil)
        do throws(Diagnostic) {
            let relation = try bind(pipeline.source, in: scope)
            recorder?.finish(span, output: relation)
            return relation
        } catch {
            try recover(from: error)
            return .unknown
        }
    }

    /// Binds a subquery over the rows of the operator around it.
    func bind(
        _ pipeline: TabularExpression, over input: Relation, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        let inner = Scope(parent: scope)
        inner.define(implicitInput, as: .table(input))
        return try bind(pipeline, in: inner)
    }

    func bind(_ source: TabularSource, in scope: Scope) throws(Diagnostic) -> Relation {
        try countOperator(at: source.span)
        switch source {
        case .name(let name): return try bindTable(named: name, in: scope)
        case .scoped(let node): return try bind(node, in: scope)
        case .call(let node): return try bindTable(node, in: scope)
        case .parenthesized(let pipeline): return try bind(pipeline, in: scope)
        case .datatable(let node): return try bind(node, in: scope)
        case .externaldata(let node): return try bind(node, in: scope)
        case .print(let node): return try bind(node, in: scope)
        case .range(let node): return try bind(node, in: scope)
        case .union(let node): return try bind(node, nil, in: scope)
        case .search(let node): return try bind(node, nil, in: scope)
        case .find(let node): return try bind(node, nil, in: scope)
        case .evaluate(let node): return try bind(node, nil, in: scope)
        case .macroExpand(let node): return try bind(node, in: scope)
        case .input(let span):
            guard case .table(let relation)? = scope.lookup(implicitInput) else {
                throw Diagnostic(.misplaced, "a table is missing before '|'", at: span)
            }
            return relation
        case .error(let span): throw Diagnostic(.misplaced, "this is no table", at: span)
        }
    }

    /// Tables of other workspaces are taken for our own; an unknown one has no rows and any columns.
    private func bind(_ node: ScopedSource, in scope: Scope) throws(Diagnostic) -> Relation {
        if case .call(let call)? = node.qualifiers.first, case .name(let path) = node.target,
            case .pattern(let pattern, let outer)? = scope.lookup(call.name.text)
        {
            return try bindPattern(pattern, call, path: path.text, declaredIn: outer, in: scope)
        }
        do {
            return try attempt { () throws(Diagnostic) in try bind(node.target, in: scope) }
        } catch  where error.code == .unknownTable || error.code == .unknownFunction {
            warn(error.code, error.message + " here; it counts as empty", at: node.span)
            return .unknown
        }
    }

    func bind(_ step: TabularOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        switch step {
        case .where(let node): return try bind(node, input, in: scope)
        case .extend(let node): return try bind(node, input, in: scope)
        case .project(let node): return try bind(node, input, in: scope)
        case .projectAway(let node): return try bindAway(node, input)
        case .projectKeep(let node): return try bindKeep(node, input)
        case .projectRename(let node): return try bind(node, input)
        case .projectReorder(let node): return try bind(node, input)
        case .projectByNames(let node): return try bind(node, input, in: scope)
        case .summarize(let node): return try bind(node, input, in: scope)
        case .distinct(let node): return try bind(node, input, in: scope)
        case .count(let node): return try bind(node, input)
        case .sort(let node): return try bind(node, input, in: scope)
        case .top(let node): return try bind(node, input, in: scope)
        case .take(let node): return try bind(node, input, in: scope)
        case .join(let node): return try bind(node, input, in: scope)
        case .lookup(let node): return try bind(node, input, in: scope)
        case .union(let node): return try bind(node, input, in: scope)
        case .mvExpand(let node): return try bind(node, input, in: scope)
        case .mvApply(let node): return try bind(node, input, in: scope)
        case .parse(let node): return try bind(node, input, in: scope)
        case .parseKV(let node): return try bind(node, input, in: scope)
        default: return try bindOther(step, input, in: scope)
        }
    }

    private func bindOther(
        _ step: TabularOperator, _ input: Relation, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        switch step {
        case .as(let node):
            var named = input
            named.name = node.name.text
            return named
        case .consume, .executeAndCache: return input
        case .render(let node): return bind(node, input)
        case .serialize(let node): return try bind(node, input, in: scope)
        case .sample(let node): return try bind(node, input, in: scope)
        case .sampleDistinct(let node): return try bind(node, input, in: scope)
        case .getschema: return bindSchema(of: input)
        case .assertSchema(let node): return try bind(node, input)
        case .invoke(let node): return try bind(node, input, in: scope)
        case .partition(let node): return try bind(node, input, in: scope)
        case .partitionBy(let node): return try bind(node, input, in: scope)
        case .print(let node): return try bind(node, in: scope)
        case .search(let node): return try bind(node, input, in: scope)
        case .find(let node): return try bind(node, input, in: scope)
        case .makeSeries(let node): return try bind(node, input, in: scope)
        case .topHitters(let node): return try bind(node, input, in: scope)
        case .topNested(let node): return try bind(node, input, in: scope)
        case .evaluate(let node): return try bind(node, input, in: scope)
        case .fork(let node): return try bind(node, input, in: scope)
        case .facet(let node): return try bind(node, input, in: scope)
        case .scan(let node): return try bind(node, input, in: scope)
        case .reduce(let node): return try bind(node, input, in: scope)
        case .error: throw Diagnostic(.misplaced, "this is not an operator", at: step.span)
        default:
            throw Diagnostic(.notSupported, "this operator is not supported here", at: step.span)
        }
    }
}

extension TabularOperator {
    /// Whether the rows are still called what they were before.
    fileprivate var keepsName: Bool {
        switch self {
        case .as, .render, .fork, .facet: true
        default: false
        }
    }
}

extension TabularExpression {
    /// Where an operator begins; nil when there is no such operator.
    fileprivate func beginning(ofOperator index: Int) -> Int? {
        index < operators.count ? operators[index].span.lower : nil
    }
}
