import KQL
import KQLFunctions
import KQLSyntax
import KQLValues

extension CompletionSite {
    /// What may begin an operand.
    var operands: [Completion] {
        if caret.lexemes.last?.text == "." { return [] }
        return comparedValues + spans + columns(100) + localValues + functions + constants + joinSides
    }

    /// Scalars and tables alike.
    var results: [Completion] {
        let inCall = caret.frames.last?.function
        let prefersTables = rows == nil || inCall.map { ["toscalar", "materialize", "view"].contains($0) } ?? false
        return tables(prefersTables ? 95 : 10) + localTables(prefersTables ? 110 : 50)
    }

    /// The columns in scope, those of the type that is wanted here first.
    func columns(_ weight: Int) -> [Completion] {
        let wanted = wantedType
        return (rows?.columns ?? []).enumerated().map { place, column in
            Completion(
                .column, column.name, insertion: column.name.asName, detail: column.type.rawValue,
                documentation: rows?.table.map { "Column of \($0)." },
                weight: weight - min(place / 20, 9) + (column.type == wanted ? 12 : 0))
        }
    }

    /// The type of the argument at the caret, or of what it is compared with; nil when any will do.
    private var wantedType: KQLType? {
        if let last = caret.lexemes.last, last.role == .operation, Self.comparing.contains(last.text) {
            return caret.lexemes.dropLast().last.flatMap { rows?.column($0.text)?.type }
        }
        guard let call = caret.enclosingCall, call.frame == caret.frames.count - 1,
            let parameters = environment.query.catalogue.descriptions(of: call.name).first?.signatures.first?
                .parameters,
            call.argument < parameters.count, case .exactly(let type) = parameters[call.argument].type
        else { return nil }
        return type
    }

    private var localValues: [Completion] {
        locals.compactMap { local in
            guard case .scalar(let type) = local.kind else { return nil }
            return Completion(
                .variable, local.name, insertion: local.name.asName, detail: type.rawValue,
                documentation: caret.analysis.text(of: local), weight: 95)
        } + environment.query.parameters.keys.map { Completion(.variable, $0, detail: "parameter", weight: 94) }
    }

    private var functions: [Completion] {
        let allowsAggregates = allowsAggregates
        let isInside = caret.frames.last?.function != nil
        return environment.functions.flatMap { item -> [Completion] in
            if item.kind.isOperator, item.name != "not" { return [] }
            var weight = 50
            var kind = Completion.Kind.function
            if item.kind == .aggregate {
                guard allowsAggregates else { return [] }
                kind = .aggregate
                weight = isInside ? 45 : 105
            }
            return ([item.name] + item.aliases).enumerated().map { place, name in
                let popularity = Popularity.functions.contains(name) ? 20 : 0
                return function(
                    name, item.signatures, item.summary, kind, weight + popularity - (place > 0 ? 10 : 0))
            }
        }
    }

    private var allowsAggregates: Bool {
        switch operatorName {
        case "summarize": clause != "by"
        case "make-series": clause != "on" && clause != "by" && clause != "step"
        case "top-nested": clause == "by"
        case "evaluate": true
        default: false
        }
    }

    private var constants: [Completion] {
        let words = ["true", "false"].map { Completion(.value, $0, detail: "bool", weight: 30) }
        let literals = ["datetime", "timespan", "dynamic", "guid", "long", "int", "real", "decimal", "bool", "typeof"]
        return words
            + literals.map { name in
                Completion(
                    .keyword, name, insertion: name + "()", caret: name.utf8.count + 1,
                    detail: name == "typeof" ? "type" : "constant of type \(name)", weight: 35)
            }
    }

    /// `$left` and `$right` after `on`.
    private var joinSides: [Completion] {
        guard caret.isInJoinCondition else { return [] }
        return [("$left", "the rows before the join"), ("$right", "the rows of the joined table")].map { name, detail in
            Completion(.keyword, name, insertion: name + ".", detail: detail, weight: 90)
        }
    }

    /// The usual sizes of bins and spans of time.
    private var spans: [Completion] {
        guard let call = caret.enclosingCall else { return [] }
        return ArgumentValues.spans(of: call.name, at: call.argument).enumerated().map { place, span in
            Completion(.value, span, detail: "timespan", weight: 130 - place)
        }
    }

    // MARK: Operators between operands

    var comparisons: [Completion] {
        let type = leftType
        return environment.query.catalogue.scalars.filter { item in
            let words: Set<FunctionFamily> = [.comparison, .logical, .stringOperator, .arithmetic]
            return words.contains(item.family) && item.name != "not" && !item.name.hasPrefix("$")
                && Self.isInfix(item.name)
        }.flatMap { item -> [Completion] in
            let fits = type.map { type in item.signatures.contains { $0.accepts(type) } } ?? true
            let isLogical = item.family == .logical
            let isOlder = item.name.hasPrefix("!") || item.name.hasSuffix("_cs")
            let weight = (isLogical ? 90 : fits ? 100 : 20) - (isOlder ? 15 : 0)
            return ([item.name] + item.aliases).enumerated().map { place, name in
                Completion(
                    .comparison, name, insertion: Self.insertion(of: name), caret: Self.caret(of: name),
                    detail: item.family == .stringOperator ? "string operator" : nil, documentation: item.summary,
                    weight: weight + (Popularity.comparisons[name] ?? 0) - (place > 0 ? 60 : 0))
            }
        }
    }

    private static func isInfix(_ name: String) -> Bool {
        let infix = BinaryOperator.allCases.map(\.rawValue) + MembershipExpression.Operator.allCases.map(\.rawValue)
        return infix.contains(name) || ["and", "or", "between", "!between"].contains(name)
    }

    private static func insertion(of name: String) -> String {
        if name.hasSuffix("between") { return name + " ( .. )" }
        return takesList(name) ? name + " ()" : name + " "
    }

    private static func caret(of name: String) -> Int? {
        name.hasSuffix("between") || takesList(name) ? name.utf8.count + 2 : nil
    }

    private static func takesList(_ name: String) -> Bool {
        ["in", "in~", "!in", "!in~", "has_any", "has_all"].contains(name)
    }

    /// The type of the operand before the caret, when it can be told.
    private var leftType: KQLType? {
        guard let last = caret.lexemes.last else { return nil }
        switch last.role {
        case .string: return .string
        case .number: return .long
        case .timespan: return .timespan
        default: break
        }
        if last.text == ")" { return resultType(ofCallEndingAt: caret.lexemes.count - 1) }
        let isMember = caret.lexemes.dropLast().last?.text == "."
        return isMember ? .dynamic : rows?.column(last.text)?.type
    }

    private func resultType(ofCallEndingAt end: Int) -> KQLType? {
        guard let opener = caret.lexemes.opener(of: end), opener > 0 else { return nil }
        let name = caret.lexemes[opener - 1].text
        guard let signature = environment.query.catalogue.scalar(name)?.signatures.first else { return nil }
        if case .type(let type) = signature.result { return type }
        return nil
    }
}

extension Signature {
    /// Whether the first argument may be of a type.
    fileprivate func accepts(_ type: KQLType) -> Bool {
        guard let first = parameters.first else { return false }
        switch first.type {
        case .exactly(let wanted): return wanted == type || type == .dynamic || wanted.isNumeric && type.isNumeric
        case .oneOf(let types): return types.contains(type)
        case .number: return type.isNumeric || type == .dynamic
        case .any, .common: return true
        }
    }
}
