extension ParserState {
    mutating func parseNamedList() throws(Unwind) -> [NamedExpression] {
        try parseList { (state) throws(Unwind) in try state.parseNamedExpression() }
    }

    mutating func parseExtend(_ lower: Int) throws(Unwind) -> ExtendOperator {
        let parameters = try parseParameters()
        let expressions = try parseNamedList()
        return ExtendOperator(parameters: parameters, expressions: expressions, span: span(from: lower))
    }

    mutating func parseProject(_ lower: Int) throws(Unwind) -> ProjectOperator {
        let parameters = try parseParameters()
        note(.expression)
        let expressions = isAtBoundary ? [] : try parseNamedList()
        return ProjectOperator(parameters: parameters, expressions: expressions, span: span(from: lower))
    }

    mutating func parseSelection(_ lower: Int) throws(Unwind) -> ProjectSelectionOperator {
        var columns: [Name] = []
        note(.name(.name))
        if !isAtBoundary {
            columns = try parseList { (state) throws(Unwind) in try state.parsePatternName("of a column") }
        }
        return ProjectSelectionOperator(columns: columns, span: span(from: lower))
    }

    mutating func parseRename(_ lower: Int) throws(Unwind) -> ProjectRenameOperator {
        var renamings: [ProjectRenameOperator.Renaming] = []
        if !isAtBoundary {
            renamings = try parseList { (state) throws(Unwind) in
                let lower = state.current.lower
                let new = try state.parseName("of the renamed column")
                try state.expect(.equal, "after the new name")
                let old = try state.parseName("of the column to rename")
                return ProjectRenameOperator.Renaming(new: new, old: old, span: state.span(from: lower))
            }
        }
        return ProjectRenameOperator(renamings: renamings, span: span(from: lower))
    }

    mutating func parseReorder(_ lower: Int) throws(Unwind) -> ProjectReorderOperator {
        var items: [ProjectReorderOperator.Item] = []
        note(.name(.name))
        if !isAtBoundary {
            items = try parseList { (state) throws(Unwind) in
                let lower = state.current.lower
                let column = try state.parsePatternName("of a column")
                let order = state.parseColumnOrder()
                return ProjectReorderOperator.Item(column: column, order: order, span: state.span(from: lower))
            }
        }
        return ProjectReorderOperator(items: items, span: span(from: lower))
    }

    private mutating func parseColumnOrder() -> ProjectReorderOperator.Order? {
        if acceptWord("asc") { return .ascending }
        if acceptWord("desc") { return .descending }
        guard atWord("granny"), at(1, .minus), at(2, .identifier) else { return nil }
        guard let order = ProjectReorderOperator.Order(rawValue: "granny-" + token(2).text) else { return nil }
        for _ in 0..<3 { advance(.keyword) }
        return order
    }

    mutating func parseByNames(_ lower: Int) throws(Unwind) -> ProjectByNamesOperator {
        let expressions = try parseList { (state) throws(Unwind) in
            state.isAtPatternName
                ? Expression.name(try state.parsePatternName("of a column")) : try state.parseExpression()
        }
        return ProjectByNamesOperator(expressions: expressions, span: span(from: lower))
    }

    mutating func parseDistinct(_ lower: Int) throws(Unwind) -> DistinctOperator {
        let parameters = try parseParameters()
        let expressions = try parseNamedList()
        return DistinctOperator(parameters: parameters, expressions: expressions, span: span(from: lower))
    }

    mutating func parseSummarize(_ lower: Int) throws(Unwind) -> SummarizeOperator {
        let parameters = try parseParameters()
        var aggregates: [NamedExpression] = []
        note(.expression)
        if !atWord("by"), !isAtBoundary { aggregates = try parseNamedList() }
        let groups = acceptWord("by") ? try parseNamedList() : nil
        if aggregates.isEmpty, groups == nil {
            throw missing("an aggregate or 'by'", "after 'summarize'")
        }
        return SummarizeOperator(
            parameters: parameters, aggregates: aggregates, groups: groups, span: span(from: lower))
    }

    // MARK: make-series

    mutating func parseMakeSeries(_ lower: Int) throws(Unwind) -> MakeSeriesOperator {
        let parameters = try parseParameters(.only(["kind"]))
        let aggregates = try parseList { (state) throws(Unwind) in try state.parseSeriesAggregate() }
        try expectWord("on", "after the aggregates of 'make-series'")
        let axis = try parseSeriesAxis()
        let window = try parseSeriesWindow()
        let groups = acceptWord("by") ? try parseNamedList() : []
        return MakeSeriesOperator(
            parameters: parameters, aggregates: aggregates, axis: axis, window: window, groups: groups,
            span: span(from: lower))
    }

    private mutating func parseSeriesAggregate() throws(Unwind) -> MakeSeriesOperator.Aggregate {
        let lower = current.lower
        let expression = try parseNamedExpression()
        var value: Expression?
        note(.word("default"))
        if atWord("default"), at(1, .equal) {
            advance(.keyword)
            advance()
            value = try parseExpression()
        }
        return MakeSeriesOperator.Aggregate(
            expression: expression, defaultValue: value, span: span(from: lower))
    }

    /// The axis ends before `in range(…)`, which is not a membership test.
    private mutating func parseSeriesAxis() throws(Unwind) -> NamedExpression {
        let lower = current.lower
        var names: [Name] = []
        let length = nameLength()
        if length > 0, at(length, .equal) {
            names = [try parseName("")]
            advance()
        }
        let value = try parseBinary(.relational)
        return NamedExpression(names: names, isTuple: false, value: value, span: span(from: lower))
    }

    private mutating func parseSeriesWindow() throws(Unwind) -> MakeSeriesOperator.Window {
        if atWord("in"), atWord(1, "range") {
            advance(.keyword)
            advance(.keyword)
            try expect(.leftParenthesis, "after 'in range'")
            let from = try parseExpression()
            try expect(.comma, "after the start of the range")
            let to = try parseExpression()
            try expect(.comma, "after the end of the range")
            let step = try parseExpression()
            try expect(.rightParenthesis, "to close 'in range('")
            return .inRange(from: from, to: to, step: step)
        }
        let from = acceptWord("from") ? try parseExpression() : nil
        let to = acceptWord("to") ? try parseExpression() : nil
        try expectWord("step", "in 'make-series'")
        return .step(from: from, to: to, step: try parseExpression())
    }

    // MARK: render, reduce

    mutating func parseRender(_ lower: Int) throws(Unwind) -> RenderOperator {
        note(.name(.option))
        let visualization = isAtName && !atWord("with") ? try parseName("", role: .option) : nil
        var properties: [OperatorParameter] = []
        if visualization != nil { note(.word("with")) }
        let usesWith = atWord("with") && at(1, .leftParenthesis)
        if usesWith {
            advance(.keyword)
            advance()
            while !at(.rightParenthesis) {
                properties.append(try parseRenderProperty())
                if !accept(.comma) { break }
            }
            try expect(.rightParenthesis, "to close the properties of 'render'")
        } else {
            while at(.identifier), at(1, .equal) || atWord("by") || atWord("with") {
                properties.append(try parseRenderProperty())
                _ = accept(.comma)
            }
        }
        return RenderOperator(
            visualization: visualization, properties: properties, usesWith: usesWith, span: span(from: lower))
    }

    /// `name = value`, where columns may be a list; the older `by a, b` has no `=`.
    private mutating func parseRenderProperty() throws(Unwind) -> OperatorParameter {
        let lower = current.lower
        let name = try parseName("of a render property", role: .option)
        if name.text != "by" && name.text != "with" { try expect(.equal, "after the name of a property") }
        if isAtName, !isAtTypedLiteral, !at(nameLength(), .leftParenthesis), !at(nameLength(), .dot) {
            return try parseRenderNames(name, lower)
        }
        let value = Self.parameterValue(try parseExpression())
        return OperatorParameter(name: name, value: value, span: span(from: lower))
    }

    private mutating func parseRenderNames(_ name: Name, _ lower: Int) throws(Unwind) -> OperatorParameter {
        let first = try parsePostfix()
        guard case .name(let firstName) = first else {
            return OperatorParameter(name: name, value: Self.parameterValue(first), span: span(from: lower))
        }
        var names = [firstName]
        while at(.comma), nameLength(at: 1) > 0, !at(1 + nameLength(at: 1), .equal) {
            advance()
            names.append(try parseName("of a column"))
        }
        let value: ParameterValue = names.count == 1 ? .name(firstName) : .names(names)
        return OperatorParameter(name: name, value: value, span: span(from: lower))
    }

    mutating func parseReduce(_ lower: Int) throws(Unwind) -> ReduceOperator {
        let parameters = try parseParameters(.only(["kind"]))
        try expectWord("by", "after 'reduce'")
        let value = try parseNamedExpression()
        var properties: [OperatorParameter] = []
        if acceptWord("with") {
            properties = try parseList { (state) throws(Unwind) in
                let lower = state.current.lower
                let name = try state.parseName("of a property", role: .option)
                try state.expect(.equal, "after the name of a property")
                let value = Self.parameterValue(try state.parseExpression())
                return OperatorParameter(name: name, value: value, span: state.span(from: lower))
            }
        }
        return ReduceOperator(
            parameters: parameters, value: value, properties: properties, span: span(from: lower))
    }
}
