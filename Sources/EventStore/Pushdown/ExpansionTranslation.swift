import KQL
import KQLFunctions
import KQLValues

extension PlanTranslation {
    /// `mv-expand` of dynamic values, side by side as `unnest` does it too.
    func mvExpand(_ node: MvExpand) throws(Decline) -> Relation {
        guard host != nil else { throw Decline(operation: "mv-expand", reason: "has no SQL form") }
        let input = try relation(node.input)
        let limit = try node.rowLimit.map { limit throws(Decline) in try count(limit, of: "mv-expand") }
        var lists: [SQLExpression] = []
        var terms = passedOn(input, count: node.schema.columns.count)
        for expansion in node.expansions {
            guard expansion.type == .dynamic, expansion.source.type == .dynamic else {
                throw Decline(
                    operation: "mv-expand",
                    reason: "has a SQL form only for dynamic values, not \(expansion.source.type) to \(expansion.type)")
            }
            let value = try translator(over: input).term(expansion.source, of: "mv-expand").expression
            let elements = "\(HostedFunction.elements(bagsAsArrays: node.bagsAsArrays))($1)"
            let list = SQLExpression.template(limit.map { "list_slice(\(elements), 1, \($0))" } ?? elements, [value])
            lists.append(list)
            terms[expansion.output] = SQLTerm(.template("unnest($1)", [list]), .dynamic)
        }
        if let position = node.indexColumn {
            let lengths = lists.indices.map { "len($\($0 + 1))" }.joined(separator: ", ")
            terms[position] = SQLTerm(
                .template("unnest(range(greatest(\(lengths))))", lists), .long, isNullable: false)
        }
        return Relation(
            input.base.selecting(terms.map { input.base.rebased($0.expression) }), terms.map(RelationColumn.init),
            steps: input.steps + ["mv-expand"])
    }

    /// `parse` into strings: one regular expression, of which each column takes a group.
    func parse(_ node: Parse) throws(Decline) -> Relation {
        guard node.mode == .simple, !node.dropsMisses, node.regexFlags.isEmpty, let regex = ParseRegex(node.pattern)
        else {
            throw Decline(operation: "parse", reason: "has a SQL form only for kind=simple into strings")
        }
        let input = try relation(node.input)
        let source = try translator(over: input).term(node.source, of: "parse").expression
        var terms = passedOn(input, count: node.schema.columns.count)
        if dialect == .clickHouse {
            let groups = "extractGroups($1, \(dialect.literal(regex.text)))"
            for (position, output) in regex.outputs.enumerated() {
                terms[output] = SQLTerm(.template("arrayElement(\(groups), \(position + 1))", [source]), .string)
            }
            return Relation(
                input.base.selecting(terms.map { input.base.rebased($0.expression) }), terms.map(RelationColumn.init),
                steps: input.steps + ["parse"])
        }
        // The same call for each column, which DuckDB computes once.
        let names = regex.outputs.indices.map { "'g\($0)'" }.joined(separator: ", ")
        let groups = "regexp_extract($1, \(SQLText.literal(regex.text)), [\(names)])"
        for (position, output) in regex.outputs.enumerated() {
            let template = "struct_extract(\(groups), 'g\(position)')"
            terms[output] = SQLTerm(.template(template, [source]), .string)
        }
        return Relation(
            input.base.selecting(terms.map { input.base.rebased($0.expression) }), terms.map(RelationColumn.init),
            steps: input.steps + ["parse"])
    }

    /// The input's columns in their places, with nulls in places beyond.
    private func passedOn(_ input: Relation, count: Int) -> [SQLTerm] {
        (0..<count).map { index in
            guard index < input.columns.count else { return SQLTerm(.value(.null(.dynamic)), .dynamic) }
            let column = input.columns[index]
            return SQLTerm(.column(index), column.type, isNullable: column.isNullable)
        }
    }
}

/// The pattern of a simple `parse` as a regular expression with a group per column, as the runtime reads it too.
private struct ParseRegex {
    private(set) var text = "(?s)^"
    /// Where each group's text goes.
    private(set) var outputs: [Int] = []

    /// Nil when a column is no string.
    init?(_ pattern: [Parse.Segment]) {
        for (position, segment) in pattern.enumerated() {
            let isLast = position == pattern.count - 1
            switch segment {
            case .text(let literal):
                guard !literal.utf8.contains(0) else { return nil }
                text += ParseRegex.quoted(literal)
            case .skip: if !isLast { text += ".*?" }
            case .column(let output, let type):
                guard type == .string else { return nil }
                text += "(.*?)\(isLast ? "$" : "")"
                outputs.append(output)
            }
        }
        if outputs.isEmpty { return nil }
    }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if "\\^$.|?*+()[]{}".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
    }
}
