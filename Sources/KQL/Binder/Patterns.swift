import KQLSyntax
import KQLValues

extension Binder {
    /// The body of a pattern's case whose constants agree with a call's arguments.
    func bindPattern(
        _ pattern: PatternStatement, _ call: CallExpression, path: String?, declaredIn outer: Scope, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        var given: [Value?] = []
        for argument in call.arguments { given.append(try bindConstant(argument.value, in: scope).constantValue) }
        for item in pattern.cases {
            var wanted: [Value?] = []
            for value in item.values { wanted.append(try bindConstant(value, in: outer).constantValue) }
            guard wanted == given else { continue }
            if let written = item.path {
                guard try bindConstant(written, in: outer).constantValue == path.map({ .string($0) }) else { continue }
            }
            let function = UserFunction(
                name: pattern.name.text, parameters: [], body: item.body, scope: outer, isView: false, source: nil)
            return try expandTable(function, [], at: call.span, in: scope)
        }
        throw Diagnostic(.unknownTable, "no case of the pattern '\(pattern.name.text)' fits", at: call.span)
    }
}
