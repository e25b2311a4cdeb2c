extension ParserState {
    mutating func parseWhere(_ lower: Int) throws(Unwind) -> WhereOperator {
        let parameters = try parseParameters()
        var name: Name?
        let length = nameLength()
        if length > 0, at(length, .equal) {
            name = try parseName("")
            report(
                Diagnostic(
                    .assignmentInCondition, "'=' compares nothing: the value alone decides", at: advance().span,
                    severity: .warning, hint: "use '==' to compare", replacement: "=="))
        }
        let predicate = try parseExpression()
        return WhereOperator(
            parameters: parameters, ignoredName: name, predicate: predicate, span: span(from: lower))
    }

    mutating func parseTake(_ lower: Int) throws(Unwind) -> TakeOperator {
        let parameters = try parseParameters()
        let count = try parseExpression()
        return TakeOperator(parameters: parameters, count: count, span: span(from: lower))
    }

    mutating func parseSample(_ lower: Int) throws(Unwind) -> SampleOperator {
        let parameters = try parseParameters()
        let count = try parseExpression()
        return SampleOperator(parameters: parameters, count: count, span: span(from: lower))
    }

    mutating func parseSampleDistinct(_ lower: Int) throws(Unwind) -> SampleDistinctOperator {
        let parameters = try parseParameters()
        let count = try parseExpression()
        try expectWord("of", "after the count of 'sample-distinct'")
        let column = try parseExpression()
        return SampleDistinctOperator(
            parameters: parameters, count: count, column: column, span: span(from: lower))
    }

    mutating func parseSort(_ lower: Int) throws(Unwind) -> SortOperator {
        let parameters = try parseParameters()
        try expectWord("by", "after '\(tokens[index - 1].text)'")
        let keys = try parseOrderedList()
        return SortOperator(parameters: parameters, keys: keys, span: span(from: lower))
    }

    mutating func parseTop(_ lower: Int) throws(Unwind) -> TopOperator {
        let parameters = try parseParameters()
        let count = try parseExpression()
        try expectWord("by", "after the count of 'top'")
        let keys = try parseOrderedList()
        return TopOperator(parameters: parameters, count: count, keys: keys, span: span(from: lower))
    }

    mutating func parseOrderedList() throws(Unwind) -> [OrderedExpression] {
        try parseList { (state) throws(Unwind) in try state.parseOrdered() }
    }

    /// `x asc nulls first`
    mutating func parseOrdered() throws(Unwind) -> OrderedExpression {
        let lower = current.lower
        let expression = try parseNamedExpression()
        var direction: OrderedExpression.Direction?
        if acceptWord("asc") { direction = .ascending } else if acceptWord("desc") { direction = .descending }
        var nulls: OrderedExpression.Nulls?
        if acceptWord("nulls") {
            if acceptWord("first") {
                nulls = .first
            } else {
                try expectWord("last", "(or 'first') after 'nulls'")
                nulls = .last
            }
        }
        return OrderedExpression(
            expression: expression, direction: direction, nulls: nulls, span: span(from: lower))
    }

    mutating func parseTopHitters(_ lower: Int) throws(Unwind) -> TopHittersOperator {
        let parameters = try parseParameters()
        let count = try parseExpression()
        try expectWord("of", "after the count of 'top-hitters'")
        let value = try parseNamedExpression()
        let weight = acceptWord("by") ? try parseNamedExpression() : nil
        return TopHittersOperator(
            parameters: parameters, count: count, value: value, weight: weight, span: span(from: lower))
    }

    mutating func parseTopNested(_ lower: Int) throws(Unwind) -> TopNestedOperator {
        var levels = [try parseTopNestedLevel(lower)]
        while at(.comma), operatorWord(after: 1) == "top-nested" {
            advance()
            let lower = current.lower
            for _ in 0..<3 { advance(.keyword) }
            levels.append(try parseTopNestedLevel(lower))
        }
        return TopNestedOperator(levels: levels, span: span(from: lower))
    }

    private func operatorWord(after distance: Int) -> String {
        guard at(distance, .identifier), at(distance + 1, .minus), at(distance + 2, .identifier) else { return "" }
        return token(distance).text + "-" + token(distance + 2).text
    }

    private mutating func parseTopNestedLevel(_ lower: Int) throws(Unwind) -> TopNestedOperator.Level {
        let count = atWord("of") ? nil : try parseExpression()
        try expectWord("of", "in 'top-nested'")
        let value = try parseNamedExpression()
        var others: Expression?
        if acceptWord("with") {
            try expectWord("others", "after 'with'")
            try expect(.equal, "after 'others'")
            others = try parseExpression()
        }
        try expectWord("by", "in 'top-nested'")
        let aggregate = try parseOrdered()
        return TopNestedOperator.Level(
            count: count, value: value, others: others, aggregate: aggregate, span: span(from: lower))
    }

    mutating func parseCount(_ lower: Int) throws(Unwind) -> CountOperator {
        let parameters = try parseParameters(.any)
        let alias = acceptWord("as") ? try parseName("after 'as'") : nil
        return CountOperator(parameters: parameters, alias: alias, span: span(from: lower))
    }

    mutating func parseAs(_ lower: Int) throws(Unwind) -> AsOperator {
        let parameters = try parseParameters(.any)
        let name = try parseName("after 'as'", role: .table)
        return AsOperator(parameters: parameters, name: name, span: span(from: lower))
    }

    mutating func parseSerialize(_ lower: Int) throws(Unwind) -> SerializeOperator {
        let parameters = try parseParameters()
        var expressions: [NamedExpression] = []
        note(.expression)
        if !isAtBoundary {
            expressions = try parseList { (state) throws(Unwind) in try state.parseNamedExpression() }
        }
        return SerializeOperator(parameters: parameters, expressions: expressions, span: span(from: lower))
    }

    mutating func parseExecuteAndCache(_ lower: Int) throws(Unwind) -> TabularOperator {
        let parameters = try parseParameters(.any)
        return .executeAndCache(ExecuteAndCacheOperator(parameters: parameters, span: span(from: lower)))
    }
}
