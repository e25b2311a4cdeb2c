import KQLSyntax
import KQLValues

extension Binder {
    /// Binds a whole query; problems go to `diagnostics`.
    func bindQuery(_ query: Query) -> [CompiledResult] {
        var scope = Scope()
        var results: [CompiledResult] = []
        for statement in query.statements {
            do {
                switch statement {
                case .tabular(let pipeline):
                    results += try bindResults(pipeline, in: scope)
                    if case .as(let node)? = pipeline.operators.last {
                        let next = Scope(parent: scope)
                        next.define(node.name.text, as: .table(try bind(pipeline, in: scope)))
                        scope = next
                    }
                default: scope = try bind([statement], in: scope, until: query.span.upper)
                }
            } catch {
                report(error)
                guard recorder != nil else { return [] }
            }
        }
        bindUncalledFunctions()
        if results.isEmpty {
            report(
                Diagnostic(
                    .emptyQuery, "the query has no tabular expression", at: .point(query.span.upper),
                    hint: "end it with a table name or print"))
        }
        return results
    }

    private func bindResults(_ pipeline: TabularExpression, in scope: Scope) throws(Diagnostic) -> [CompiledResult] {
        // A lone name or call may be a scalar too, which a query may not end with.
        let relation = try bind(pipeline, in: scope)
        return ([relation] + relation.siblings).map { part in
            CompiledResult(name: part.name, plan: part.plan, visualization: part.visualization, isOpen: part.isOpen)
        }
    }
}
