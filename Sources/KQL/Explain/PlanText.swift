import Chronology
import JSON
import KQLFunctions
import KQLValues

extension Plan: CustomStringConvertible {
    /// The operators, one a line, the last one first; inputs are indented.
    public var description: String {
        var lines: [String] = []
        write(to: &lines, depth: 0)
        return lines.joined(separator: "\n")
    }

    private func write(to lines: inout [String], depth: Int) {
        let detail = detail
        lines.append(String(repeating: "  ", count: depth) + name + (detail.isEmpty ? "" : " " + detail))
        for input in inputs { input.write(to: &lines, depth: depth + 1) }
    }

    private var detail: String {
        switch self {
        case .scan(let node):
            let columns = node.columns.map(\.name).joined(separator: ", ")
            return "\(node.table) [\(columns)]" + (node.timeRange.map { " \($0)" } ?? "")
        case .values(let table): return "\(table.rowCount) rows [\(names(table.schema.columns))]"
        case .range(let node): return "\(node.name) from \(node.from) to \(node.to) step \(node.step)"
        case .placeholder: return ""
        case .external(let node): return node.locations.joined(separator: ", ")
        case .pushed(let query): return "\(query.description): \(query.sql)"
        case .filter(let node): return "\(node.predicate)"
        case .project(let node): return list(node.columns)
        case .aggregate(let node):
            let aggregates = node.aggregates.map(\.description).joined(separator: ", ")
            return aggregates + (node.keys.isEmpty ? "" : " by " + list(node.keys))
        case .sort(let node): return "by " + list(node.keys)
        case .top(let node): return "\(node.count) by " + list(node.keys)
        case .take(let node): return "\(node.count)"
        case .sample(let node): return "\(node.count)"
        case .mvExpand(let node): return node.expansions.map { "\($0.source)" }.joined(separator: ", ")
        case .mvApply(let node): return node.expand.expansions.map { "\($0.source)" }.joined(separator: ", ")
        case .partition(let node): return "by \(node.key)"
        case .parse(let node): return "\(node.source)"
        case .parseKeyValue(let node): return "\(node.source)"
        case .materialized(let node): return "#\(node.id)"
        case .join(let node):
            return "kind=\(node.kind.rawValue) on "
                + node.keys.map { "\($0.left) == \($0.right)" }.joined(separator: ", ")
        case .makeSeries(let node): return "on \(node.axis.name) step \(node.step)"
        case .distinct, .serialize, .topNested, .scanSteps, .reduce, .plugin, .checked, .union, .graph: return ""
        }
    }

    private func names(_ columns: [ColumnSchema]) -> String { columns.map(\.name).joined(separator: ", ") }

    private func list(_ items: [NamedExpression]) -> String {
        items.map { item in
            let text = "\(item.expression)"
            return text == item.name ? text : "\(item.name) = \(text)"
        }.joined(separator: ", ")
    }

    private func list(_ keys: [SortKey]) -> String {
        keys.map { "\($0.expression) \($0.isDescending ? "desc" : "asc")" }.joined(separator: ", ")
    }
}

extension BoundAggregate: CustomStringConvertible {
    public var description: String {
        let names = outputs.map(\.name).joined(separator: ", ")
        let arguments = arguments.map(\.description).joined(separator: ", ")
        return "\(outputs.count == 1 ? names : "(\(names))") = \(function.name)(\(arguments))"
    }
}

extension BoundExpression: CustomStringConvertible {
    /// The expression as KQL would write it, in prefix form where an operator has a word for a name.
    public var description: String {
        switch self {
        case .constant(let value): return value.literal
        case .column(let reference): return reference.name
        case .convert(let inner, let type): return "to\(type.rawValue)(\(inner))"
        case .subquery(let query): return "toscalar(#\(query.id))"
        case .shared(let shared): return shared.size > 40 ? "(… \(shared.size) calls)" : shared.expression.description
        case .call(let call):
            let arguments = call.arguments.map(\.description)
            if arguments.count == 2, call.function.name == "[]" { return "\(arguments[0])[\(arguments[1])]" }
            let isWord = call.function.name.first?.isLetter == true
            if arguments.count == 2, !isWord || ["and", "or"].contains(call.function.name) {
                return "(\(arguments[0]) \(call.function.name) \(arguments[1]))"
            }
            return "\(call.function.name)(\(arguments.joined(separator: ", ")))"
        }
    }
}

extension TimeBounds: CustomStringConvertible {
    public var description: String {
        "\(lower.map(\.description) ?? "…") .. \(upper.map(\.description) ?? "…")"
    }
}

extension Value {
    /// The value as a KQL literal.
    fileprivate var literal: String {
        switch self {
        case .null(let type): "\(type.rawValue)(null)"
        case .bool(let value): "\(value)"
        case .int(let value): "int(\(value))"
        case .long(let value): "\(value)"
        case .real(let value): "real(\(value))"
        case .decimal(let value): "decimal(\(value))"
        case .datetime(let value): "datetime(\(value))"
        case .timespan(let value): "time(\(value))"
        case .guid(let value): "guid(\(value))"
        case .string(let value): "'" + value.prefix(200).replacing("'", with: "\\'") + "'"
        case .dynamic(let value): "dynamic(" + value.description.prefix(200) + ")"
        }
    }
}
