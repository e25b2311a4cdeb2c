extension PrinterState {
    mutating func layout(_ node: TabularExpression) -> Layout {
        var parts: [Layout] = []
        var previousEnd = node.source.span.upper
        var isFirst = true
        if case .input = node.source {
        } else {
            parts.append(layout(node.source))
            isFirst = false
        }
        for step in node.operators {
            if isFirst {
                parts.append(layout(step))
            } else {
                parts.append(separation(before: step.span.lower, after: previousEnd))
                parts.append("| " + layout(step))
            }
            isFirst = false
            previousEnd = step.span.upper
        }
        return .concat(parts)
    }

    mutating func layout(_ source: TabularSource) -> Layout {
        switch source {
        case .name(let name): return .text(Self.text(name))
        case .scoped(let node):
            var parts: [Layout] = []
            for qualifier in node.qualifiers { parts.append(layout(qualifier) + ".") }
            return .concat(parts) + layout(node.target)
        case .call(let call): return layout(call)
        case .parenthesized(let node): return block(node)
        case .datatable(let node): return layout(node)
        case .externaldata(let node):
            let locations = layout(list: node.locations, "[", "]")
            return "externaldata " + layout(node.schema) + " " + locations + withClause(node.properties)
        case .print(let node): return layout(node)
        case .range(let node):
            let from = layout(node.from)
            let to = layout(node.to)
            return "range \(Self.text(node.column)) from " + from + " to " + to + " step " + layout(node.step)
        case .union(let node): return layout(node)
        case .search(let node): return layout(node)
        case .find(let node): return layout(node)
        case .evaluate(let node): return layout(node)
        case .macroExpand(let node): return layout(node)
        case .input, .error: return .empty
        }
    }

    /// A pipeline in parentheses, on lines of its own when it has operators.
    mutating func block(_ node: TabularExpression, _ open: String = "(", _ close: String = ")") -> Layout {
        let body = leadingComments(before: node.source.span.lower) + layout(node)
        if node.operators.isEmpty { return .bracketed(open, body, close) }
        return open + .nest(.hardline + body) + .hardline + close
    }

    /// One row a line.
    private mutating func layout(_ node: DatatableSource) -> Layout {
        let values = list(node.values, ",", \.span) { state, value in state.layout(value) }
        let head = "datatable " + layout(node.schema) + " "
        guard !values.isEmpty else { return head + "[]" }
        let width = max(node.schema.columns.count, 1)
        let rows = stride(from: 0, to: values.count, by: width).map { start in
            Layout.group(.joined(Array(values[start..<min(start + width, values.count)]), .line))
        }
        if rows.count == 1 { return head + .bracketed("[", rows[0], "]") }
        return head + "[" + .nest(.hardline + .joined(rows, .hardline)) + .hardline + "]"
    }

    mutating func layout(_ node: PrintSource) -> Layout {
        items("print", node.expressions, \.span) { state, item in state.layout(item) }
    }

    mutating func layout(_ node: MacroExpandSource) -> Layout {
        let parameters = spaced(node.parameters)
        let group =
            node.groupName.map { Layout.text(Self.text($0)) } ?? "entity_group " + layout(list: node.entities, "[", "]")
        let scope = node.scopeName.map { " as \(Self.text($0)) " } ?? " "
        return "macro-expand" + parameters + " " + group + (scope + "(") + layout(inside: node.body) + ")"
    }

    /// ` name=value …` after a keyword.
    mutating func spaced(_ parameters: [OperatorParameter]) -> Layout {
        parameters.isEmpty ? .empty : " " + layout(parameters)
    }

    /// A keyword (or more) and a list: on one line when it fits, else an item a line.
    mutating func items<Item>(
        _ head: Layout, _ items: [Item], _ span: (Item) -> Span, _ layout: (inout PrinterState, Item) -> Layout
    ) -> Layout {
        let parts = list(items, ",", span, layout)
        guard !parts.isEmpty else { return head }
        return head + .group(.nest(.line + .joined(parts, .line)))
    }

    mutating func items<Item>(
        _ head: String, _ items: [Item], _ span: (Item) -> Span, _ layout: (inout PrinterState, Item) -> Layout
    ) -> Layout {
        self.items(.text(head), items, span, layout)
    }
}
