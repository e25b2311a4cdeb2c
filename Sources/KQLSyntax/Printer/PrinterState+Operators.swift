extension PrinterState {
    mutating func layout(_ step: TabularOperator) -> Layout {
        switch step {
        case .where, .take, .sample, .sampleDistinct, .sort, .top, .topHitters, .topNested, .count, .as, .serialize,
            .consume, .getschema, .assertSchema, .executeAndCache, .search, .find:
            rowLayout(step)
        case .extend, .project, .projectAway, .projectKeep, .projectRename, .projectReorder, .projectByNames,
            .distinct, .summarize, .makeSeries, .render, .reduce, .print:
            columnLayout(step)
        case .mvExpand, .mvApply, .parse, .parseKV, .evaluate, .invoke:
            expansionLayout(step)
        case .join, .lookup, .union, .partition, .partitionBy, .fork, .facet, .scan, .macroExpand:
            combiningLayout(step)
        case .makeGraph, .graphMatch, .graphShortestPaths, .graphToTable, .graphMarkComponents, .graphWhere:
            graphLayout(step)
        case .error: .empty
        }
    }

    /// `keyword name=value … `, ending in a blank.
    private mutating func head(_ keyword: String, _ parameters: [OperatorParameter]) -> Layout {
        keyword + spaced(parameters) + " "
    }

    mutating func named(
        _ keyword: String, _ parameters: [OperatorParameter], _ expressions: [NamedExpression]
    ) -> Layout {
        items(keyword + spaced(parameters), expressions, \.span) { state, item in state.layout(item) }
    }

    mutating func ordered(
        _ keyword: Layout, _ keys: [OrderedExpression]
    ) -> Layout {
        items(keyword, keys, \.span) { state, item in state.layout(item) }
    }

    // MARK: Rows

    private mutating func rowLayout(_ step: TabularOperator) -> Layout {
        switch step {
        case .where(let node):
            let name = node.ignoredName.map { Self.text($0) + " = " } ?? ""
            return head("where", node.parameters) + name + .nest(layout(node.predicate))
        case .take(let node): return head("take", node.parameters) + layout(node.count)
        case .sample(let node): return head("sample", node.parameters) + layout(node.count)
        case .sampleDistinct(let node):
            return head("sample-distinct", node.parameters) + layout(node.count) + " of " + layout(node.column)
        case .sort(let node): return ordered("sort" + spaced(node.parameters) + " by", node.keys)
        case .top(let node):
            return ordered(head("top", node.parameters) + layout(node.count) + " by", node.keys)
        case .topHitters(let node):
            let value = head("top-hitters", node.parameters) + layout(node.count) + " of " + layout(node.value)
            return value + (node.weight.map { " by " + layout($0) } ?? .empty)
        case .topNested(let node): return layout(node)
        case .count(let node):
            return "count" + spaced(node.parameters) + (node.alias.map { " as \(Self.text($0))" } ?? "")
        case .as(let node): return head("as", node.parameters) + Self.text(node.name)
        case .serialize(let node): return named("serialize", node.parameters, node.expressions)
        case .consume(let node): return "consume" + spaced(node.parameters)
        case .getschema(let node): return "getschema" + spaced(node.parameters)
        case .assertSchema(let node): return "assert-schema " + layout(node.schema)
        case .executeAndCache(let node): return "execute-and-cache" + spaced(node.parameters)
        case .search(let node): return layout(node)
        case .find(let node): return layout(node)
        default: return .empty
        }
    }

    private mutating func layout(_ node: TopNestedOperator) -> Layout {
        let levels = list(node.levels, ",", \.span) { state, level in
            let count = level.count.map { state.layout($0) + " " } ?? .empty
            let value = "top-nested " + count + "of " + state.layout(level.value)
            let others = level.others.map { " with others = " + state.layout($0) } ?? .empty
            return value + others + " by " + state.layout(level.aggregate)
        }
        return .group(.nest(.joined(levels, .line)))
    }

    mutating func layout(_ node: SearchOperator) -> Layout {
        head("search", node.parameters) + scope(node.tables) + .nest(layout(node.predicate))
    }

    private mutating func scope(_ tables: [TabularSource]) -> Layout {
        guard !tables.isEmpty else { return .empty }
        let parts = list(tables, ",", \.span) { state, table in state.layout(table) }
        return "in " + .bracketed("(", .joined(parts, .line), ") ")
    }

    mutating func layout(_ node: FindOperator) -> Layout {
        let keyword = head("find", node.parameters) + scope(node.tables)
        let needsWhere = !node.parameters.isEmpty || !node.tables.isEmpty
        let condition = (needsWhere ? "where " : "") + Layout.nest(layout(node.predicate))
        guard node.isProjectionWritten else { return keyword + condition }
        switch node.projection {
        case .smart: return keyword + condition + " project-smart"
        case .project(let columns): return keyword + condition + " project " + layout(columns)
        case .projectAway(let columns): return keyword + condition + " project-away " + layout(columns)
        }
    }

    private mutating func layout(_ columns: [FindOperator.Column]) -> Layout {
        let parts = list(columns, ",", \.span) { state, column in
            switch column.form {
            case .column(let expression): state.layout(expression)
            case .typedColumn(let node): .text("\(Self.text(node.name)): \(node.type.type.rawValue)")
            case .packAll: .text("pack(*)")
            case .star: .text("*")
            }
        }
        return .joined(parts, .text(" "))
    }

    // MARK: Columns

    private mutating func columnLayout(_ step: TabularOperator) -> Layout {
        switch step {
        case .extend(let node): return named("extend", node.parameters, node.expressions)
        case .project(let node): return named("project", node.parameters, node.expressions)
        case .distinct(let node): return named("distinct", node.parameters, node.expressions)
        case .projectAway(let node): return names("project-away", node.columns)
        case .projectKeep(let node): return names("project-keep", node.columns)
        case .projectRename(let node):
            return items("project-rename", node.renamings, \.span) { _, item in
                .text("\(Self.text(item.new)) = \(Self.text(item.old))")
            }
        case .projectReorder(let node):
            return items("project-reorder", node.items, \.span) { _, item in
                .text(Self.text(item.column) + (item.order.map { " \($0.rawValue)" } ?? ""))
            }
        case .projectByNames(let node):
            return items("project-by-names", node.expressions, \.span) { state, item in state.layout(item) }
        case .summarize(let node): return layout(node)
        case .makeSeries(let node): return layout(node)
        case .render(let node): return layout(node)
        case .reduce(let node): return layout(node)
        case .print(let node): return layout(node)
        default: return .empty
        }
    }

    private mutating func names(_ keyword: String, _ columns: [Name]) -> Layout {
        items(keyword, columns, \.span) { _, item in .text(Self.text(item)) }
    }

    private mutating func layout(_ node: SummarizeOperator) -> Layout {
        let head = "summarize" + spaced(node.parameters)
        let aggregates = list(node.aggregates, ",", \.span) { state, item in state.layout(item) }
        let by = node.groups.map { groups in items("by", groups, \.span) { state, item in state.layout(item) } }
        guard !aggregates.isEmpty else { return head + " " + (by ?? .empty) }
        let groups = by.map { Layout.line + $0 } ?? .empty
        return .group(head + .nest(.line + .joined(aggregates, .line) + groups))
    }

    private mutating func layout(_ node: MakeSeriesOperator) -> Layout {
        let aggregates = items("make-series" + spaced(node.parameters), node.aggregates, \.span) { state, item in
            let value = item.defaultValue.map { " default=" + state.layout($0) } ?? .empty
            return state.layout(item.expression) + value
        }
        var clauses = [aggregates, "on " + layout(node.axis)]
        switch node.window {
        case .step(let from, let to, let step):
            let from = from.map { "from " + layout($0) + " " } ?? .empty
            let to = to.map { "to " + layout($0) + " " } ?? .empty
            clauses.append(from + to + "step " + layout(step))
        case .inRange(let from, let to, let step):
            let from = layout(from)
            let to = layout(to)
            clauses.append("in range(" + from + ", " + to + ", " + layout(step) + ")")
        }
        if !node.groups.isEmpty { clauses.append(named("by", [], node.groups)) }
        return .group(.nest(.joined(clauses, .line)))
    }

    private mutating func layout(_ node: RenderOperator) -> Layout {
        let head = "render" + (node.visualization.map { " " + Self.text($0) } ?? "")
        if node.usesWith {
            let items = list(node.properties, ",", \.span) { state, item in state.layout(item, "=") }
            return head + " with " + .bracketed("(", .joined(items, .line), ")")
        }
        let parts = node.properties.map { item in
            " " + layout(item, ["by", "with"].contains(item.name.text) ? " " : "=")
        }
        return head + .concat(parts)
    }

    private mutating func layout(_ node: ReduceOperator) -> Layout {
        let head = head("reduce", node.parameters) + "by " + layout(node.value)
        guard !node.properties.isEmpty else { return head }
        let items = list(node.properties, ",", \.span) { state, item in state.layout(item, "=") }
        return head + " with " + .joined(items, .text(" "))
    }
}
