extension PrinterState {
    mutating func layout(_ expression: Expression) -> Layout {
        switch expression {
        case .literal(let literal): return layout(literal)
        case .name(let name): return .text(Self.text(name))
        case .star: return .text("*")
        case .member(let node): return layout(node.base) + ("." + Self.text(node.name))
        case .element(let node): return layout(node.base) + .text("[") + layout(node.index) + "]"
        case .unary(let node): return node.op.rawValue + layout(node.operand)
        case .binary(let node): return layout(node.left) + " \(node.op.rawValue) " + layout(node.right)
        case .logical(let node): return layout(node)
        case .membership(let node): return layout(node)
        case .between(let node): return layout(node)
        case .call(let node): return layout(node)
        case .scopedCall(let node): return layout(node.scope) + .text(".") + layout(node.call)
        case .toscalar(let node):
            let parameters = node.parameters.isEmpty ? Layout.empty : " " + layout(node.parameters) + " "
            return "toscalar" + parameters + .bracketed("(", layout(node.body), ")")
        case .parenthesized(let node): return .bracketed("(", layout(node.expression), ")")
        case .entityGroup(let node): return "entity_group " + layout(list: node.elements, "[", "]")
        case .subquery(let node): return layout(node)
        case .error: return .text("")
        }
    }

    /// The spelling; comments inside a constant such as `dynamic(…)` are part of it.
    private mutating func layout(_ literal: Literal) -> Layout {
        if case .string = literal.value {} else { dropComments(in: literal.span) }
        return .text(literal.text)
    }

    mutating func layout(_ node: ResultExpression) -> Layout {
        switch node {
        case .scalar(let expression), .undecided(let expression): layout(expression)
        case .tabular(let pipeline): layout(pipeline)
        }
    }

    private mutating func layout(_ node: LogicalExpression) -> Layout {
        var parts: [Layout] = []
        var previousEnd: Int?
        for (place, operand) in node.operands.enumerated() {
            let start = place == 0 ? operand.span.lower : node.connectiveSpans[place - 1].lower
            let (trailing, own) = takeComments(before: max(start, operand.span.lower), after: previousEnd)
            if !trailing.isEmpty { parts.append(.comment("  " + trailing.joined(separator: "  "))) }
            if place > 0 { parts.append(.line) }
            parts += own.map { Layout.comment($0) + Layout.hardline }
            if place > 0 { parts.append(.text(node.connective.rawValue + " ")) }
            parts.append(layout(operand))
            previousEnd = operand.span.upper
        }
        return .group(.concat(parts))
    }

    private mutating func layout(_ node: MembershipExpression) -> Layout {
        let left = layout(node.left)
        return left + " \(node.op.rawValue) " + layout(list: node.values, "(", ")")
    }

    private mutating func layout(_ node: BetweenExpression) -> Layout {
        let value = layout(node.value)
        let low = layout(node.low)
        let high = layout(node.high)
        return value + (node.isNegated ? " !between (" : " between (") + low + " .. " + high + ")"
    }

    mutating func layout(_ node: CallExpression) -> Layout {
        let arguments = list(node.arguments, ",", \.span) { state, argument in
            let name = argument.name.map { Self.text($0) + "=" } ?? ""
            return name + state.layout(argument.value)
        }
        guard !arguments.isEmpty else { return .text(Self.text(node.name) + "()") }
        return Self.text(node.name) + .bracketed("(", .joined(arguments, .line), ")")
    }

    /// Expressions in brackets; constants share lines.
    mutating func layout(list expressions: [Expression], _ open: String, _ close: String) -> Layout {
        let isConstant = expressions.allSatisfy { if case .literal = $0 { true } else { false } }
        let items = list(expressions, ",", \.span) { state, item in state.layout(item) }
        guard !items.isEmpty else { return .text(open + close) }
        let isDense = isConstant && !items.contains(where: \.mustBreak)
        return .bracketed(open, isDense ? .fill(items) : .joined(items, .line), close)
    }

    mutating func layout(_ node: NamedExpression) -> Layout {
        let value = layout(node.value)
        guard !node.names.isEmpty else { return value }
        let names = node.names.map(Self.text).joined(separator: ", ")
        let isChain = if case .logical = node.value { true } else { false }
        return (node.isTuple ? "(\(names)) = " : "\(names) = ") + (isChain ? .nest(value) : value)
    }

    mutating func layout(_ node: OrderedExpression) -> Layout {
        let direction = node.direction.map { " \($0.rawValue)" } ?? ""
        let nulls = node.nulls.map { " nulls \($0.rawValue)" } ?? ""
        return layout(node.expression) + (direction + nulls)
    }

    /// A name, in brackets where it was written so.
    static func text(_ name: Name) -> String {
        guard name.isBracketed else { return name.text }
        return "['" + escaped(name.text) + "']"
    }

    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": output += "\\\\"
            case "'": output += "\\'"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    // MARK: Parameters, schemas

    /// `name=value` pairs separated by blanks.
    mutating func layout(_ parameters: [OperatorParameter]) -> Layout {
        .joined(parameters.map { parameter in layout(parameter, "=") }, .text(" "))
    }

    mutating func layout(_ parameter: OperatorParameter, _ equal: String) -> Layout {
        (parameter.name.text + equal) + layout(parameter.value)
    }

    mutating func layout(_ value: ParameterValue) -> Layout {
        switch value {
        case .name(let name): .text(Self.text(name))
        case .literal(let literal): layout(literal)
        case .names(let names): .text(names.map(Self.text).joined(separator: ", "))
        case .expression(let expression): layout(expression)
        }
    }

    /// ` with (name=value, …)`, nothing when there are none.
    mutating func withClause(_ properties: [OperatorParameter]) -> Layout {
        guard !properties.isEmpty else { return .empty }
        let items = list(properties, ",", \.span) { state, item in state.layout(item, "=") }
        return " with " + .bracketed("(", .joined(items, .line), ")")
    }

    func layout(_ schema: SchemaDeclaration) -> Layout {
        var items = schema.isOpen ? ["*"] : []
        items += schema.columns.map { "\(Self.text($0.name)): \($0.type.type.rawValue)" }
        guard !items.isEmpty else { return .text("()") }
        let parts = items.enumerated().map { Layout.text($1 + ($0 < items.count - 1 ? "," : "")) }
        return .bracketed("(", .fill(parts), ")")
    }
}
