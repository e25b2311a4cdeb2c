extension ParserState {
    mutating func parseJoin(_ lower: Int) throws(Unwind) -> JoinOperator {
        let parameters = try parseParameters(.any)
        let kind = joinKind(in: parameters)
        let right = try parseTableOperand("on the right side of 'join'")
        var conditions: [JoinCondition] = []
        var predicate: Expression?
        if acceptWord("on") {
            conditions = parseJoinConditions()
        } else if acceptWord("where") {
            predicate = try parseExpression()
        }
        return JoinOperator(
            parameters: parameters, kind: kind, right: right, conditions: conditions, predicate: predicate,
            span: span(from: lower))
    }

    mutating func parseLookup(_ lower: Int) throws(Unwind) -> LookupOperator {
        let parameters = try parseParameters(.any)
        let kind = joinKind(in: parameters)
        let right = try parseTableOperand("on the right side of 'lookup'")
        var conditions: [JoinCondition] = []
        if acceptWord("on") {
            conditions = parseJoinConditions()
        } else {
            _ = missing("'on'", "after the right side of 'lookup'")
        }
        return LookupOperator(
            parameters: parameters, kind: kind, right: right, conditions: conditions, span: span(from: lower))
    }

    private mutating func joinKind(in parameters: [OperatorParameter]) -> JoinKind? {
        guard let parameter = parameters.last(where: { $0.name.text == "kind" }) else { return nil }
        let word = parameter.value.text ?? ""
        if let kind = JoinKind(synonym: word) { return kind }
        let nearest = Suggestion.nearest(to: word, among: JoinKind.allCases.map(\.rawValue))
        report(
            Diagnostic(
                .unknownKeyword, "unknown join kind '\(word)'", at: parameter.span,
                hint: nearest.map { "did you mean '\($0)'?" } ?? "the kinds are "
                    + JoinKind.allCases.map(\.rawValue).joined(separator: ", ")))
        return nil
    }

    /// The conditions after `on`; what is wrong in them does not hide the tables before them.
    private mutating func parseJoinConditions() -> [JoinCondition] {
        do {
            return try parseList { (state) throws(Unwind) in
                switch try state.parseExpression() {
                case .name(let name): JoinCondition.column(name)
                case let expression: JoinCondition.expression(expression)
                }
            }
        } catch {
            skipToBoundary()
            return []
        }
    }

    mutating func parseUnion(_ lower: Int) throws(Unwind) -> UnionOperator {
        let parameters = try parseParameters(.any)
        let tables = try parseList { (state) throws(Unwind) in try state.parseTableReference() }
        return UnionOperator(parameters: parameters, tables: tables, span: span(from: lower))
    }

    mutating func parsePartition(_ lower: Int) throws(Unwind) -> PartitionOperator {
        let parameters = try parseParameters(.any)
        try expectWord("by", "after 'partition'")
        let column = Expression.name(try parseName("of the partition column"))
        let isLegacy = at(.leftBrace)
        try expect(isLegacy ? .leftBrace : .leftParenthesis, "before the subquery of 'partition'")
        let close: Token.Kind = isLegacy ? .rightBrace : .rightParenthesis
        let subquery = try parseSubquery(close, "in the subquery of 'partition'")
        return PartitionOperator(
            parameters: parameters, column: column, subquery: subquery, isLegacy: isLegacy, span: span(from: lower))
    }

    mutating func parsePartitionBy(_ lower: Int) throws(Unwind) -> PartitionByOperator {
        let parameters = try parseParameters(.any)
        let column = Expression.name(try parseName("of the partition column"))
        let contextId = acceptWord("id") ? try parseExpression() : nil
        try expect(.leftParenthesis, "before the subquery")
        let subquery = try parseSubquery(.rightParenthesis, "in the subquery")
        return PartitionByOperator(
            parameters: parameters, column: column, contextId: contextId, subquery: subquery,
            span: span(from: lower))
    }

    mutating func parseFork(_ lower: Int) throws(Unwind) -> ForkOperator {
        var branches: [ForkOperator.Branch] = []
        repeat {
            let lower = current.lower
            var name: Name?
            if nameLength() > 0 {
                name = try parseName("of a branch")
                try expect(.equal, "after the name of a branch")
            }
            try expect(.leftParenthesis, "before a branch of 'fork'")
            let subquery = try parseSubquery(.rightParenthesis, "in a branch of 'fork'")
            branches.append(ForkOperator.Branch(name: name, subquery: subquery, span: span(from: lower)))
        } while !isAtBoundary
        return ForkOperator(branches: branches, span: span(from: lower))
    }

    mutating func parseFacet(_ lower: Int) throws(Unwind) -> FacetOperator {
        try expectWord("by", "after 'facet'")
        let columns = try parseList { (state) throws(Unwind) in try state.parseExpression() }
        var subquery: TabularExpression?
        if acceptWord("with") {
            if accept(.leftParenthesis) {
                subquery = try parseSubquery(.rightParenthesis, "in the subquery of 'facet'")
            } else {
                let start = current.lower
                let step = parseOperator()
                subquery = TabularExpression(
                    source: .input(.point(start)), operators: [step], span: span(from: start))
            }
        }
        return FacetOperator(columns: columns, subquery: subquery, span: span(from: lower))
    }
}
