import Chronology
import Foundation
import JSON
import KQLFunctions
import KQLValues

/// Writes a query as SQL of a dialect.
struct SQLRenderer {
    /// The values that stand outside the text, for `$1`, `$2`…
    private(set) var parameters: [Value] = []
    private var text = ""

    private let dialect: SQLDialect
    private let definitions: [Int: SQLSelect]
    /// The shared queries that were met, in the order in which they may be defined.
    private var defined: [(id: Int, text: String)] = []

    private init(_ dialect: SQLDialect, definitions: [Int: SQLSelect]) {
        self.dialect = dialect
        self.definitions = definitions
    }

    /// The whole statement, with those of the `shared` queries that it uses in front.
    static func statement(
        _ select: SQLSelect, _ dialect: SQLDialect, shared: [Int: SQLSelect]
    ) -> (sql: String, parameters: [Value]) {
        var renderer = SQLRenderer(dialect, definitions: shared)
        renderer.write(select)
        let definitions = renderer.defined.map { "s\($0.id) AS (\($0.text))" }.joined(separator: ", ")
        return ((definitions.isEmpty ? "" : "WITH \(definitions) ") + renderer.text, renderer.parameters)
    }

    private mutating func define(_ id: Int) {
        guard let definition = definitions[id], !defined.contains(where: { $0.id == id }) else { return }
        let outer = text
        text = ""
        write(definition)
        defined.append((id, text))
        text = outer
    }

    private mutating func write(_ select: SQLSelect) {
        text += select.isDistinct ? "SELECT DISTINCT " : "SELECT "
        if select.columns.isEmpty { text += "true AS c0" }
        for (index, column) in select.columns.enumerated() {
            if index > 0 { text += ", " }
            write(column)
            text += " AS c\(index)"
        }
        text += " FROM "
        write(select.source)
        write(select.conditions, keyword: " WHERE ")
        if let groups = select.groups, !groups.isEmpty {
            text += " GROUP BY "
            writeList(groups)
        }
        for (index, order) in select.order.enumerated() {
            text += index == 0 ? " ORDER BY " : ", "
            write(order.expression)
            text += order.isDescending ? " DESC" : " ASC"
            text += order.nullsFirst ? " NULLS FIRST" : " NULLS LAST"
        }
        if let limit = select.limit { text += " LIMIT \(limit)" }
    }

    private mutating func write(_ source: SQLSource) {
        switch source {
        case .table(let name): text += dialect.identifier(name) + " AS t"
        case .file(let path): text += "read_parquet(\(SQLText.literal(path))) AS t"
        case .shared(let id):
            define(id)
            text += "s\(id) AS t"
        case .select(let select):
            text += "("
            write(select)
            text += ") AS t"
        case .union(let selects):
            text += "("
            for (index, select) in selects.enumerated() {
                if index > 0 { text += " UNION ALL " }
                text += "("
                write(select)
                text += ")"
            }
            text += ") AS t"
        case .join(let join):
            text += "("
            write(join.left)
            text += ") AS l \(join.kind) ("
            write(join.right)
            text += ") AS r"
            write(join.conditions, keyword: " ON ")
        case .rows(let types, let rows): write(rows, types)
        }
    }

    private mutating func write(_ rows: [[Value]], _ types: [KQLType]) {
        text += "("
        for (number, row) in rows.enumerated() {
            if number > 0 { text += " UNION ALL " }
            text += "SELECT "
            for (index, value) in row.enumerated() {
                if index > 0 { text += ", " }
                write(value)
                text += " AS c\(index)"
            }
        }
        if rows.isEmpty {
            text += "SELECT "
            for (index, type) in types.enumerated() {
                if index > 0 { text += ", " }
                write(.null(type))
                text += " AS c\(index)"
            }
            text += types.isEmpty ? "true AS c0 WHERE false" : " WHERE false"
        }
        text += ") AS t"
    }

    private mutating func write(_ conditions: [SQLExpression], keyword: String) {
        for (index, condition) in conditions.enumerated() {
            text += index == 0 ? keyword : " AND "
            write(condition)
        }
    }

    private mutating func writeList(_ expressions: [SQLExpression]) {
        for (index, expression) in expressions.enumerated() {
            if index > 0 { text += ", " }
            write(expression)
        }
    }

    private mutating func write(_ expression: SQLExpression) {
        switch expression {
        case .column(let index): text += "t.c\(index)"
        case .joined(let side, let index): text += side == .left ? "l.c\(index)" : "r.c\(index)"
        // There a column of the source with the name of the result's would be meant.
        case .output(let index): text += dialect == .clickHouse ? "\(index + 1)" : "c\(index)"
        case .stored(let name): text += "t." + dialect.identifier(name)
        case .value(let value): write(value)
        case .template(let template, let operands): write(template, operands)
        case .hosted(let id, let type, let inputs):
            text += "\(HostedFunction.name(for: type))(\(id)"
            for input in inputs {
                text += ", "
                write(input)
            }
            text += ")"
        case .subquery(let select):
            text += "("
            write(select)
            text += ")"
        case .isMember(let value, let select):
            text += "("
            write(value)
            text += " IN ("
            write(select)
            text += "))"
        }
    }

    /// Puts the operands into a template; what stands in quotes is text and stays as it is.
    private mutating func write(_ template: String, _ operands: [SQLExpression]) {
        text += "("
        var rest = Substring(template)
        var isQuoted = false
        while let character = rest.popFirst() {
            if character == "'" { isQuoted.toggle() }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            if character == "$", !isQuoted, let number = Int(digits), (1...operands.count).contains(number) {
                rest = rest.dropFirst(digits.count)
                write(operands[number - 1])
            } else {
                text.append(character)
            }
        }
        text += ")"
    }

    private mutating func write(_ value: Value) {
        switch value {
        case .null(let type): text += "CAST(NULL AS \(dialect.typeName(type)))"
        case .bool(let bool): text += bool ? "true" : "false"
        case .int(let int): text += "CAST(\(int) AS INTEGER)"
        case .long(let long): text += "CAST(\(long) AS BIGINT)"
        case .datetime(let instant): text += "CAST(\(instant.ticks) AS BIGINT)"
        case .timespan(let span): text += "CAST(\(span.ticks) AS BIGINT)"
        case .real(let real): text += "CAST('\(real)' AS DOUBLE)"
        case .guid(let guid): text += "CAST('\(guid.uuidString.lowercased())' AS UUID)"
        case .decimal(let decimal): text += dialect.literal(decimal.description)
        case .string(let string): write(string)
        case .dynamic(let json): write(json.description)
        }
    }

    private mutating func write(_ string: String) {
        if string.utf8.contains(0), dialect == .duckDB {
            parameters.append(.string(string))
            text += "CAST($\(parameters.count) AS VARCHAR)"
        } else {
            text += dialect.literal(string)
        }
    }
}
