import KQL
import KQLFunctions
import KQLSyntax
import KQLValues

extension SignatureHelp {
    /// The help for the innermost call around a caret; nil where there is none, or where the function is not known.
    init?(_ caret: Caret, in environment: EditingEnvironment) {
        guard let call = caret.enclosingCall, !caret.isInComment else { return nil }
        let known = KnownFunction(
            call.name, isPlugin: caret.isPlugin(call), analysis: caret.analysis, at: caret.start, in: environment)
        guard let known else { return nil }
        let signatures = known.forms.map { form in
            Signature(label: form.label(of: call.name), parameters: form.parameters)
        }
        // The shortest form that still has room for the argument.
        let active =
            known.forms.indices.first { known.forms[$0].takes(call.argument) } ?? known.forms.indices.last ?? 0
        self.init(
            function: call.name, summary: known.summary, signatures: signatures, activeSignature: active,
            activeParameter: known.forms.indices.contains(active)
                ? known.forms[active].parameter(at: call.argument, named: call.argumentName) : nil)
    }
}

/// What is known about how to call a function, wherever it is defined.
struct KnownFunction {
    struct Form {
        let names: [String]
        let parameters: [String]
        let result: String?
        var lastRepeats = false
        /// How many of the last parameters repeat together.
        var repeated = 1

        func label(of function: String) -> String {
            "\(function)(\(parameters.joined(separator: ", ")))" + (result.map { " → \($0)" } ?? "")
        }

        func takes(_ argument: Int) -> Bool { argument < parameters.count || lastRepeats }

        func parameter(at argument: Int, named name: String?) -> Int? {
            if let name, let index = names.firstIndex(of: name) { return index }
            if argument < parameters.count { return argument }
            guard lastRepeats, repeated > 0 else { return nil }
            return parameters.count - repeated + (argument - parameters.count) % repeated
        }
    }

    let summary: String
    let forms: [Form]

    init?(
        _ name: String, isPlugin: Bool, analysis: QueryAnalysis, at offset: Int, in environment: EditingEnvironment
    ) {
        if isPlugin, let plugin = PluginDescription.all.first(where: { $0.name == name }) {
            summary = plugin.summary
            forms = [Form(plugin.parameters, result: nil)]
            return
        }
        let local = analysis.definitions(at: offset).first { $0.name == name }
        if case .function(let parameters, let result)? = local?.kind {
            summary = "A function of this query."
            let texts = parameters.map { $0.text(in: analysis.tree.source) }
            let shape = result.map { "table of \($0.schema.columns.count) columns" }
            forms = [Form(names: parameters.map(\.name.text), parameters: texts, result: shape)]
            return
        }
        let described = environment.query.catalogue.descriptions(of: name)
        if let first = described.first {
            summary = first.summary
            forms = described.flatMap { item in item.signatures.map { Form($0.parameters, result: $0.result.text) } }
            return
        }
        guard let saved = environment.query.functions[name] else { return nil }
        summary = "A saved function."
        forms = [
            Form(
                names: saved.parameters.map(\.name),
                parameters: saved.parameters.map { parameter in
                    "\(parameter.name): \(parameter.type)" + (parameter.defaultValue.map { " = \($0)" } ?? "")
                }, result: nil)
        ]
    }
}

extension KnownFunction.Form {
    init(_ parameters: [Parameter], result: String?) {
        let repeated = parameters.reversed().prefix { $0.arity == .repeated }.count
        self.init(
            names: parameters.map(\.name), parameters: parameters.map(\.text), result: result,
            lastRepeats: repeated > 0, repeated: max(repeated, 1))
    }
}

extension Caret {
    /// Whether a call is that of a plugin: `evaluate pivot(`.
    func isPlugin(_ call: OpenCall) -> Bool {
        let opener = frames[call.frame].opener
        return opener > 1 && lexemes[opener - 2].role != .operation && isAfterEvaluate(opener - 1)
    }

    private func isAfterEvaluate(_ name: Int) -> Bool {
        for index in stride(from: name - 1, through: 0, by: -1) {
            switch lexemes[index].text {
            case "evaluate": return lexemes[index].role == .keyword
            case "|", ";", "(", ")": return false
            default: continue
            }
        }
        return false
    }
}
