extension PrinterState {
    mutating func layout(_ query: Query) -> Layout {
        .joined(list(query.statements, ";", \.span) { state, statement in state.layout(statement) }, .hardline)
    }

    mutating func layout(_ statement: Statement) -> Layout {
        switch statement {
        case .let(let node): return layout(node)
        case .tabular(let node): return layout(node)
        case .set(let node):
            let value = node.value.map { " = " + layout($0) } ?? .empty
            return "set \(Self.text(node.name))" + value
        case .declareQueryParameters(let node): return "declare query_parameters" + layout(node.parameters)
        case .declarePattern(let node): return layout(node)
        case .alias(let node): return "alias database \(Self.text(node.name)) = " + layout(node.value)
        case .restrictAccess(let node):
            let targets = list(node.targets, ",", \.span) { state, target in state.layout(target) }
            return "restrict access to " + .bracketed("(", .joined(targets, .line), ")")
        case .error: return .empty
        }
    }

    private mutating func layout(_ node: LetStatement) -> Layout {
        let head = "let \(Self.text(node.name)) ="
        switch node.value {
        case .function(let function): return head + " " + layout(function)
        case .result(.tabular(let pipeline)):
            let body = leadingComments(before: pipeline.span.lower) + layout(pipeline)
            return pipeline.operators.isEmpty ? head + " " + body : head + .nest(.hardline + body)
        case .result(let result): return head + " " + layout(result)
        }
    }

    private mutating func layout(_ node: FunctionDeclaration) -> Layout {
        let head = node.isView ? "view " : ""
        return head + layout(node.parameters) + " " + layout(node.body)
    }

    mutating func layout(_ body: FunctionBody) -> Layout {
        "{" + layout(inside: body) + "}"
    }

    /// The statements and the result on lines of their own, between brackets that the caller writes.
    mutating func layout(inside body: FunctionBody) -> Layout {
        var parts: [Layout] = []
        var previousEnd: Int? = body.span.lower + 1
        for statement in body.statements {
            parts.append(separation(before: statement.span.lower, after: previousEnd))
            parts.append(layout(statement) + ";")
            previousEnd = statement.span.upper
        }
        if let result = body.result {
            parts.append(separation(before: result.span.lower, after: previousEnd))
            parts.append(layout(result))
            previousEnd = result.span.upper
        }
        let (trailing, own) = takeComments(before: body.span.upper, after: previousEnd)
        parts += trailing.map { Layout.comment("  " + $0) } + own.map { Layout.hardline + Layout.comment($0) }
        return .nest(.concat(parts)) + Layout.hardline
    }

    /// A line end with the comments that stand around it.
    mutating func separation(before offset: Int, after previousEnd: Int?) -> Layout {
        let (trailing, own) = takeComments(before: offset, after: previousEnd)
        return .concat(
            trailing.map { Layout.comment("  " + $0) } + own.map { Layout.hardline + Layout.comment($0) }
                + [.hardline])
    }

    mutating func layout(_ parameters: [FunctionParameter]) -> Layout {
        let items = list(parameters, ",", \.span) { state, parameter in state.layout(parameter) }
        return items.isEmpty ? .text("()") : .bracketed("(", .joined(items, .line), ")")
    }

    private mutating func layout(_ parameter: FunctionParameter) -> Layout {
        let kind: Layout =
            switch parameter.kind {
            case .scalar(let type): .text(type.type.rawValue)
            case .tabular(let schema): layout(schema)
            }
        let value = parameter.defaultValue.map { " = " + layout($0) } ?? .empty
        return "\(Self.text(parameter.name)): " + kind + value
    }

    private mutating func layout(_ node: PatternStatement) -> Layout {
        let head = "declare pattern \(Self.text(node.name))"
        guard !node.parameters.isEmpty else { return .text(head) }
        let path = node.path.map { "[\(Self.text($0.name)): \($0.type.type.rawValue)]" } ?? ""
        let parameters = layout(node.parameters)
        let cases = node.cases.map { item in
            let values = layout(list: item.values, "(", ")")
            let path = item.path.map { ".[" + layout($0) + "]" } ?? .empty
            return Layout.hardline + values + path + " = " + layout(item.body) + ";"
        }
        return head + " = " + parameters + (path + " {") + .nest(.concat(cases)) + .hardline + "}"
    }
}
