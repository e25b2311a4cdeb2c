import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: ParseOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let source = converted(try bind(node.input, in: rows(of: input, in: scope)), to: .string)
        var columns = input.schema.columns
        var pattern: [Parse.Segment] = []
        for item in node.items {
            switch item {
            case .text(let literal):
                guard case .string(let text) = literal.value else {
                    throw Diagnostic(.wrongType, "a pattern holds only strings", at: literal.span)
                }
                pattern.append(.text(text))
            case .star: pattern.append(.skip)
            case .column(let name, let type):
                let type = type.map { KQLType($0.type) } ?? .string
                let index = columns.firstIndex { $0.name == name.text } ?? columns.count
                if index == columns.count {
                    columns.append(ColumnSchema(name.text, type))
                } else {
                    columns[index].type = type
                }
                pattern.append(.column(output: index, type: type))
            }
        }
        var mode = Parse.Mode.simple
        var flags = ""
        for parameter in node.parameters {
            switch (parameter.name.text, parameter.value.text) {
            case ("kind", "regex"): mode = .regex
            case ("kind", "relaxed"): mode = .relaxed
            case ("flags", let text?): flags = text
            default: break
            }
        }
        var result = input
        result.plan = .parse(
            Parse(
                input: input.plan, source: source, mode: mode, regexFlags: flags, pattern: pattern,
                dropsMisses: node.dropsUnmatched, schema: TableSchema(columns)))
        return result
    }

    func bind(_ node: ParseKVOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let source = converted(try bind(node.input, in: rows(of: input, in: scope)), to: .string)
        var columns = input.schema.columns
        var keys: [ParseKeyValue.Key] = []
        for column in try schema(of: node.schema).columns {
            let index = columns.firstIndex { $0.name == column.name } ?? columns.count
            if index == columns.count { columns.append(column) } else { columns[index].type = column.type }
            keys.append(ParseKeyValue.Key(name: column.name, output: index, type: column.type))
        }
        var properties: [String: Value] = [:]
        for property in node.properties {
            if case .expression(let expression) = property.value {
                properties[property.name.text] = try bindConstant(expression, in: scope).constantValue
            } else if let text = property.value.text {
                properties[property.name.text] = .string(text)
            }
        }
        let text = { (name: String) -> String? in
            if case .string(let text)? = properties[name] { text } else { nil }
        }
        let quotes = text("quote").map { $0.count <= 2 ? [$0] : $0.map(String.init) } ?? []
        var result = input
        result.plan = .parseKeyValue(
            ParseKeyValue(
                input: input.plan, source: source, keys: keys, pairDelimiter: text("pair_delimiter") ?? "",
                valueDelimiter: text("kv_delimiter") ?? "", quotes: quotes, escape: text("escape") ?? "",
                isGreedy: text("greedy") == "true", regex: text("regex"), schema: TableSchema(columns)))
        return result
    }
}
