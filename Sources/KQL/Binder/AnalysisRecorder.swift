import KQLSyntax
import KQLValues

/// Notes, while a query is bound, which columns and names its places have.
///
/// What is bound several times, such as the body of a function, counts as it was the first time.
final class AnalysisRecorder {
    private struct Step {
        let role: PipelineStep.Role
        let span: Span
        /// The end of the pipeline that the step stands in.
        let pipelineEnd: Int
        /// The beginning of the next operator, if there is one.
        let next: Int?
        let input: TableShape?
        var output: TableShape?
        var right: TableShape?
    }

    private struct Definition {
        let name: String
        let binding: Binding
        let visibility: Span
    }

    private var steps: [Span: Step] = [:]
    private var definitions: [Span: Definition] = [:]
    /// The functions of the query's text, in order of definition.
    private var functions: [UserFunction] = []
    /// By the spans of their bodies: the functions that were called, and the tables that they give.
    private var called: Set<Span> = []
    private var functionResults: [Span: TableShape] = [:]
    /// Above zero while text is bound that is not the query's own, or that may fail without being wrong.
    var pauses = 0

    var isActive: Bool { pauses == 0 }

    /// Notes a step before it is bound; the columns behind it may come later.
    func begin(_ role: PipelineStep.Role, at span: Span, next: Int?, pipelineEnd: Int, input: Relation?) {
        guard isActive, steps[span] == nil else { return }
        steps[span] = Step(role: role, span: span, pipelineEnd: pipelineEnd, next: next, input: input.map(\.shape))
    }

    func finish(_ span: Span, output: Relation) {
        guard isActive, steps[span]?.output == nil else { return }
        steps[span]?.output = output.shape
    }

    func right(of span: Span, is relation: Relation) {
        guard isActive, steps[span]?.right == nil else { return }
        steps[span]?.right = relation.shape
    }

    func define(_ name: Name, as binding: Binding, visibleIn visibility: Span) {
        guard isActive, definitions[name.span] == nil else { return }
        definitions[name.span] = Definition(name: name.text, binding: binding, visibility: visibility)
        if case .function(let function) = binding { functions.append(function) }
    }

    func note(callOf function: UserFunction) {
        if isActive { called.insert(function.body.span) }
    }

    func finish(_ function: UserFunction, result: Relation) {
        guard isActive, function.source == nil, functionResults[function.body.span] == nil else { return }
        functionResults[function.body.span] = result.shape
    }

    /// The functions of the text whose bodies were not bound, since nothing calls them.
    var uncalledFunctions: [UserFunction] {
        functions.filter { $0.source == nil && !called.contains($0.body.span) }
    }

    func steps(in tree: SyntaxTree) -> [PipelineStep] {
        let bytes = tree.source.bytes
        let tokens = tree.tokens.filter { $0.role != .comment }.map(\.span)
        return steps.values.sorted { ($0.span.lower, -$0.span.upper) < ($1.span.lower, -$1.span.upper) }.map { step in
            var lower = step.span.lower
            if step.role == .operator, let before = tokens.lastToken(endingBy: lower), bytes[before.lower] == pipe {
                lower = before.upper
            }
            let end: Int
            if let next = step.next, let before = tokens.lastToken(endingBy: next), bytes[before.lower] == pipe {
                end = before.lower
            } else {
                end = tokens.firstToken(from: max(step.pipelineEnd, step.span.upper))?.lower ?? bytes.count
            }
            return PipelineStep(
                role: step.role, span: step.span, reach: Span(lower, max(end, step.span.upper)), input: step.input,
                output: step.output, right: step.right)
        }
    }

    func definitions(in tree: SyntaxTree) -> [NameDefinition] {
        definitions.sorted { $0.key.lower < $1.key.lower }.map { span, definition in
            NameDefinition(
                name: definition.name, kind: kind(of: definition.binding), span: span,
                visibility: Span(definition.visibility.lower, min(definition.visibility.upper, tree.source.bytes.count))
            )
        }
    }

    private func kind(of binding: Binding) -> NameDefinition.Kind {
        switch binding {
        case .scalar(let expression, _): .scalar(expression.type)
        case .table(let relation): .table(relation.shape)
        case .function(let function):
            .function(parameters: function.parameters, result: functionResults[function.body.span])
        case .pattern: .pattern
        case .graph: .graph
        case .entityGroup, .entity: .entityGroup
        }
    }
}

private let pipe = UInt8(ascii: "|")

extension [Span] {
    /// The last of these spans in order that ends at or before an offset.
    fileprivate func lastToken(endingBy offset: Int) -> Span? {
        let index = partition { $0.upper > offset }
        return index > 0 ? self[index - 1] : nil
    }

    /// The first of these spans in order that begins at or behind an offset.
    fileprivate func firstToken(from offset: Int) -> Span? {
        let index = partition { $0.lower >= offset }
        return index < count ? self[index] : nil
    }

    /// The position of the first element for which a condition holds that then holds for all after it.
    private func partition(_ holds: (Span) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Binder {
    /// Binds the bodies of functions that nothing calls, with empty arguments, so that places in them are known too.
    func bindUncalledFunctions() {
        guard let recorder else { return }
        for function in recorder.uncalledFunctions.prefix(200) {
            let scope = Scope(parent: function.scope)
            for parameter in function.parameters {
                let binding: Binding
                switch parameter.kind {
                case .scalar(let type): binding = .scalar(.constant(.missing(KQLType(type.type))), row: nil)
                case .tabular(let declaration):
                    let schema = TableSchema(
                        declaration.columns.map { ColumnSchema($0.name.text, KQLType($0.type.type)) })
                    binding = .table(
                        Relation(
                            plan: .values(Table(empty: schema)), isOpen: declaration.isOpen || schema.columns.isEmpty))
                }
                scope.define(parameter.name.text, as: binding)
                recorder.define(parameter.name, as: binding, visibleIn: function.body.span)
            }
            silently { () throws(Diagnostic) in
                let inner = try bind(function.body.statements, in: scope, until: function.body.span.upper)
                guard case .tabular(let pipeline)? = function.body.result else { return }
                recorder.finish(function, result: try bind(pipeline, in: inner))
            }
        }
    }
}

extension Relation {
    var shape: TableShape { TableShape(schema: schema, isOpen: isOpen) }
}
