import Chronology
import Foundation
import JSON
import KQLFunctions
import KQLValues

/// A text that two plans share only when they give the same rows of the same stored tables whenever they run: operators,
/// expressions and constants, rows of watchlists included, written one after the other, each with its length.
struct PlanSignature {
    private(set) var text = ""
    private var shared: [ObjectIdentifier: Int] = [:]

    /// Something that may give other rows at another time, or that is not known here.
    private struct Unsteady: Error {}

    /// Nil when the rows may hang on the instant of the run, on chance, or on what is not looked into.
    init?(of summary: Aggregate) {
        do {
            try put(.aggregate(summary), mayRead: true)
        } catch {
            return nil
        }
    }

    private mutating func put(_ word: String) {
        text += "\(word.utf8.count):"
        text += word
    }

    private mutating func put(_ schema: TableSchema) {
        put("\(schema.columns.count)")
        for column in schema.columns {
            put(column.name)
            put(column.type.rawValue)
        }
    }

    // MARK: - Operators

    /// - Parameter mayRead: whether stored tables may be read below; those that are read as a constant may not.
    private mutating func put(_ plan: Plan, mayRead: Bool) throws {
        if case .materialized(let node) = plan { return try put(node.input, mayRead: mayRead) }
        put(plan.name)
        try putOwn(plan, mayRead: mayRead)
        for input in plan.inputs { try put(input, mayRead: mayRead) }
    }

    /// What an operator says besides its inputs.
    private mutating func putOwn(_ plan: Plan, mayRead: Bool) throws {
        switch plan {
        case .scan(let node):
            guard mayRead else { throw Unsteady() }
            put(node.table)
            put(node.schema)
        case .values(let table): put(table)
        case .placeholder(let node): put(node.schema)
        case .filter(let node): try put([node.predicate])
        case .project(let node): try put(node.columns)
        case .serialize, .distinct: break
        case .sort(let node): try put(node.keys)
        case .top(let node):
            try put([node.count])
            try put(node.keys)
        case .take(let node): try put([node.count])
        case .aggregate(let node):
            try put(node.keys)
            for aggregate in node.aggregates { try put(aggregate) }
        case .mvExpand(let node): try put(node)
        case .mvApply(let node):
            try put(node.expand)
            put("\(node.kept) \(node.taken)")
            put(node.schema)
        case .parse(let node): try put(node)
        case .parseKeyValue(let node): try put(node)
        case .union(let node): try put(node)
        case .join(let node): try put(node)
        default: throw Unsteady()
        }
    }

    private mutating func put(_ keys: [SortKey]) throws {
        for key in keys {
            put("\(key.isDescending) \(key.nullsFirst)")
            try put([key.expression])
        }
    }

    private mutating func put(_ aggregate: BoundAggregate) throws {
        put(aggregate.function.name)
        put(aggregate.resultType.rawValue)
        try put(aggregate.arguments)
        put("\(aggregate.outputs.count)")
        for output in aggregate.outputs {
            put(output.name)
            put(output.type.rawValue)
            if let source = output.source { try put([source]) }
        }
    }

    private mutating func put(_ node: MvExpand) throws {
        put("\(node.bagsAsArrays) \(node.indexColumn ?? -1)")
        put(node.schema)
        for expansion in node.expansions {
            put("\(expansion.output) \(expansion.type.rawValue)")
            try put([expansion.source])
        }
        try put([node.rowLimit].compactMap(\.self))
    }

    private mutating func put(_ node: Parse) throws {
        put("\(node.mode) \(node.dropsMisses)")
        put(node.regexFlags)
        put(node.schema)
        for segment in node.pattern {
            switch segment {
            case .text(let text):
                put("text")
                put(text)
            case .skip: put("skip")
            case .column(let output, let type): put("column \(output) \(type.rawValue)")
            }
        }
        try put([node.source])
    }

    private mutating func put(_ node: ParseKeyValue) throws {
        for word in [node.pairDelimiter, node.valueDelimiter, node.escape, node.regex ?? ""] + node.quotes { put(word) }
        put("\(node.isGreedy) \(node.regex == nil) \(node.quotes.count)")
        put(node.schema)
        for key in node.keys {
            put(key.name)
            put("\(key.output) \(key.type.rawValue)")
        }
        try put([node.source])
    }

    private mutating func put(_ node: Union) throws {
        put(node.schema)
        for input in node.inputs {
            guard let columns = input.columns else {
                put("same")
                continue
            }
            put("\(columns.count)")
            for (position, expression) in columns.sorted(by: { $0.key < $1.key }) {
                put("\(position)")
                try put([expression])
            }
        }
    }

    private mutating func put(_ node: Join) throws {
        put(node.kind.rawValue)
        try put(node.keys.flatMap { [$0.left, $0.right] })
        for output in node.outputs {
            put("\(output.side) \(output.index) \(output.type.rawValue)")
            put(output.name)
        }
    }

    // MARK: - Expressions

    private mutating func put(_ columns: [NamedExpression]) throws {
        for column in columns { put(column.name) }
        try put(columns.map(\.expression))
    }

    private mutating func put(_ expressions: [BoundExpression]) throws {
        put("\(expressions.count)")
        for expression in expressions { try put(expression) }
    }

    private mutating func put(_ expression: BoundExpression) throws {
        switch expression {
        case .constant(let value): put(value)
        case .column(let reference): put("#\(reference.index) \(reference.type.rawValue)")
        case .convert(let inner, let type):
            put("to \(type.rawValue)")
            try put(inner)
        case .call(let call):
            guard case .pure = call.function.determinism else { throw Unsteady() }
            put(call.function.name)
            put(call.type.rawValue)
            try put(call.arguments)
        case .subquery(let query):
            put("\(query.form) \(query.type.rawValue)")
            try put(query.plan, mayRead: false)
        case .shared(let expression):
            let known = shared[ObjectIdentifier(expression)]
            put("shared \(known ?? shared.count)")
            guard known == nil else { return }
            shared[ObjectIdentifier(expression)] = shared.count
            try put(expression.expression)
        }
    }

    private mutating func put(_ table: Table) {
        put(table.schema)
        put("\(table.rowCount)")
        for column in table.columns {
            for row in 0..<table.rowCount { put(column[row]) }
        }
    }

    private mutating func put(_ value: Value) {
        put(value.type.rawValue)
        switch value {
        case .null: put("null")
        case .bool(let value): put("\(value)")
        case .int(let value): put("\(value)")
        case .long(let value): put("\(value)")
        case .real(let value): put("\(value.bitPattern)")
        case .decimal(let value): put("\(value)")
        case .datetime(let value): put("\(value.ticks)")
        case .timespan(let value): put("\(value.ticks)")
        case .guid(let value): put(value.uuidString)
        case .string(let value): put(value)
        case .dynamic(let value): put(value.description)
        }
    }
}
