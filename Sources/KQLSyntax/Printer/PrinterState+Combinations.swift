extension PrinterState {
    mutating func expansionLayout(_ step: TabularOperator) -> Layout {
        switch step {
        case .mvExpand(let node):
            let head = expansion("mv-expand", node.parameters, node.items)
            return head + (node.limit.map { " limit " + layout($0) } ?? .empty)
        case .mvApply(let node):
            let head = expansion("mv-apply", node.parameters, node.items)
            let limit = node.limit.map { " limit " + layout($0) } ?? .empty
            let id = node.contextId.map { " id " + layout($0) } ?? .empty
            return head + limit + id + " on " + block(node.subquery)
        case .parse(let node):
            let head = (node.dropsUnmatched ? "parse-where" : "parse") + spaced(node.parameters) + " "
            let input = layout(node.input)
            let items = node.items.map { item in layout(item) }
            return .group(head + input + " with " + .nest(.fill(items)))
        case .parseKV(let node):
            let head = "parse-kv" + spaced(node.parameters) + " " + layout(node.input) + " as "
            return head + layout(node.schema) + withClause(node.properties)
        case .evaluate(let node): return layout(node)
        case .invoke(let node):
            var parts = [Layout.text("invoke ")]
            for qualifier in node.qualifiers { parts.append(layout(qualifier) + ".") }
            return .concat(parts) + layout(node.call)
        default: return .empty
        }
    }

    private mutating func expansion(
        _ keyword: String, _ parameters: [OperatorParameter], _ list: [ExpansionItem]
    ) -> Layout {
        items(keyword + spaced(parameters), list, \.span) { state, item in
            state.layout(item.expression) + (item.type.map { " to typeof(\($0.type.rawValue))" } ?? "")
        }
    }

    private func layout(_ item: ParseOperator.Item) -> Layout {
        switch item {
        case .text(let literal): .text(literal.text)
        case .star: .text("*")
        case .column(let name, let type):
            .text(Self.text(name) + (type.map { ": \($0.type.rawValue)" } ?? ""))
        }
    }

    mutating func layout(_ node: EvaluateOperator) -> Layout {
        let head = "evaluate" + spaced(node.parameters) + " " + layout(node.call)
        return head + (node.schema.map { " : " + layout($0) } ?? .empty)
    }

    mutating func combiningLayout(_ step: TabularOperator) -> Layout {
        switch step {
        case .join(let node):
            let head = "join" + spaced(node.parameters) + " " + operand(node.right)
            if let predicate = node.predicate { return head + " where " + layout(predicate) }
            return node.conditions.isEmpty ? head : items(head + " on", node.conditions, \.span, Self.condition)
        case .lookup(let node):
            let head = "lookup" + spaced(node.parameters) + " " + operand(node.right)
            return items(head + " on", node.conditions, \.span, Self.condition)
        case .union(let node): return layout(node)
        case .partition(let node):
            let head = "partition" + spaced(node.parameters) + " by " + layout(node.column) + " "
            return node.isLegacy ? head + block(node.subquery, "{", "}") : head + block(node.subquery)
        case .partitionBy(let node):
            let id = node.contextId.map { " id " + layout($0) } ?? .empty
            return "partition-by" + spaced(node.parameters) + " " + layout(node.column) + id + " "
                + block(node.subquery)
        case .fork(let node):
            let branches = node.branches.map { branch in
                (branch.name.map { Self.text($0) + "=" } ?? "") + block(branch.subquery)
            }
            return "fork" + .nest(.concat(branches.map { .hardline + $0 }))
        case .facet(let node):
            let columns = items("facet by", node.columns, \.span) { state, item in state.layout(item) }
            return columns + (node.subquery.map { " with " + block($0) } ?? .empty)
        case .scan(let node): return layout(node)
        case .macroExpand(let node): return layout(node)
        default: return .empty
        }
    }

    private static func condition(_ state: inout PrinterState, _ condition: JoinCondition) -> Layout {
        switch condition {
        case .column(let name): .text(text(name))
        case .expression(let expression): state.layout(expression)
        }
    }

    /// The right side of a join: it has no operators outside parentheses.
    private mutating func operand(_ node: TabularExpression) -> Layout { layout(node.source) }

    mutating func layout(_ node: UnionOperator) -> Layout {
        items("union" + spaced(node.parameters), node.tables, \.span) { state, table in state.layout(table) }
    }

    private mutating func layout(_ node: ScanOperator) -> Layout {
        var head = "scan" + spaced(node.parameters)
        if !node.order.isEmpty { head = ordered(head + " order by", node.order) }
        if !node.partition.isEmpty { head = head + " " + named("partition by", [], node.partition) }
        if !node.declarations.isEmpty { head = head + " declare " + layout(node.declarations) }
        var previousEnd: Int?
        var steps: [Layout] = []
        for step in node.steps {
            steps.append(separation(before: step.span.lower, after: previousEnd))
            steps.append(layout(step))
            previousEnd = step.span.upper
        }
        return head + " with (" + .nest(.concat(steps)) + .hardline + ")"
    }

    private mutating func layout(_ step: ScanOperator.Step) -> Layout {
        let output = step.output.map { " output=\($0.rawValue)" } ?? ""
        let head = "step \(Self.text(step.name))\(step.isOptional ? " optional" : "")\(output): "
        let condition = layout(step.condition)
        guard !step.assignments.isEmpty else { return head + condition + ";" }
        let assignments = list(step.assignments, ",", \.span) { state, item in state.layout(item) }
        return .group(head + condition + " =>" + .nest(.line + .joined(assignments, .line))) + ";"
    }

    // MARK: Graphs

    mutating func graphLayout(_ step: TabularOperator) -> Layout {
        switch step {
        case .makeGraph(let node): return layout(node)
        case .graphMatch(let node): return layout("graph-match", node)
        case .graphShortestPaths(let node): return layout("graph-shortest-paths", node)
        case .graphToTable(let node):
            return items("graph-to-table", node.outputs, \.span) { state, item in
                let alias = item.alias.map { " as \(Self.text($0))" } ?? ""
                return (item.part.rawValue + alias) + state.spaced(item.parameters)
            }
        case .graphMarkComponents(let node): return "graph-mark-components" + spaced(node.parameters)
        case .graphWhere(let node): return "graph-where-\(node.part.rawValue) " + .nest(layout(node.predicate))
        default: return .empty
        }
    }

    private mutating func layout(_ node: MakeGraphOperator) -> Layout {
        let arrow = node.isDirected ? "-->" : "--"
        let edge = "\(Self.text(node.source)) \(arrow) \(Self.text(node.target))"
        var layout = "make-graph" + spaced(node.parameters) + " " + .text(edge)
        if !node.nodeTables.isEmpty {
            let tables = list(node.nodeTables, ",", \.span) { state, item in
                state.operand(item.table) + " on \(Self.text(item.id))"
            }
            layout = layout + " with " + .joined(tables, .text(" "))
        }
        if let id = node.nodeId { layout = layout + " with_node_id=\(Self.text(id))" }
        if let partition = node.partition {
            layout = layout + " partitioned-by \(Self.text(partition.column)) " + block(partition.subquery)
        }
        return layout
    }

    private mutating func layout(_ keyword: String, _ node: GraphMatchOperator) -> Layout {
        let patterns = items(keyword + spaced(node.parameters), node.patterns, \.span) { state, pattern in
            .concat(pattern.elements.map { element in state.layout(element) })
        }
        var clauses = [patterns]
        if let predicate = node.predicate { clauses.append("where " + .nest(layout(predicate))) }
        if let projection = node.projection { clauses.append(named("project", [], projection)) }
        return .group(.nest(.joined(clauses, .line)))
    }

    private mutating func layout(_ element: GraphPattern.Element) -> Layout {
        switch element {
        case .node(let name, _): return .text("(\(name.map(Self.text) ?? ""))")
        case .edge(let edge):
            let open = edge.direction == .backward ? "<-" : "-"
            let close = edge.direction == .forward ? "->" : "-"
            guard edge.name != nil || edge.range != nil else { return .text(open + close) }
            let range = edge.range.map { "*" + layout($0.low) + ".." + layout($0.high) } ?? .empty
            return .text("\(open)[\(edge.name.map(Self.text) ?? "")") + range + "]\(close)"
        }
    }
}
