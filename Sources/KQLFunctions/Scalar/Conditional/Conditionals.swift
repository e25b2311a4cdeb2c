import Foundation
import JSON
import KQLValues

/// `iff`, `case`, `coalesce`, `max_of`, `min_of`, and the tests for null and empty.
let conditionalFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "iff", aliases: ["iif"], family: .conditional,
        summary: "The second value where the first is true, else the third.",
        signatures: [
            .takes(.bool("if"), .common("then"), .common("else"), gives: .common)
        ]
            + unpackingTypes.map {
                .takes(.bool("if"), .init("then", .exactly($0)), .init("else", .exactly($0)), returns: $0)
            },
        sql: .shared { isPlain($0, from: 1) ? "CASE WHEN $1 THEN $2 ELSE $3 END" : nil },
        evaluate: chooseByCondition)
    ScalarFunction(
        "case", family: .conditional, summary: "The value after the first true condition, else the last value.",
        signatures: [
            .takes(.bool("if"), .common("then"), .common("else", .repeated), gives: .common)
        ],
        sql: .shared(caseSQL),
        evaluate: chooseByCondition)
    ScalarFunction(
        "coalesce", family: .conditional, summary: "The first value that is neither null nor the empty string.",
        signatures: [
            .takes(.common("value"), .common("more", .repeated), gives: .common)
        ]
            + unpackingTypes.map {
                .takes(.init("value", .exactly($0)), .init("more", .exactly($0), .repeated), returns: $0)
            },
        sql: .shared(coalesceSQL)
    ) { call in
        let columns = call.arguments.map { $0.converted(to: call.resultType) }
        return call.choose(from: columns) { row in
            columns.indices.first { index in
                let position = call.row(row, of: index)
                if case .string(let texts) = columns[index] { return !texts.isEmpty(position) }
                return !columns[index].isNull(position)
            }
        }
    }
    extreme("max_of", "The greatest of the values; nulls are passed over.", greatest: true)
    extreme("min_of", "The least of the values; nulls are passed over.", greatest: false)
    test("isnull", "Whether a value is null; a string never is.", sql: { $0 == .string ? "false" : "$1 IS NULL" }) {
        $0.isNull($1)
    }
    test(
        "isnotnull", aliases: ["notnull"], "Whether a value is not null.",
        sql: { $0 == .string ? "true" : "$1 IS NOT NULL" }
    ) { !$0.isNull($1) }
    test("isempty", "Whether a value is null or the empty string.", sql: { $0 == .string ? "$1 = ''" : "$1 IS NULL" }) {
        isEmpty($0, $1)
    }
    test(
        "isnotempty", aliases: ["notempty"], "Whether a value is neither null nor the empty string.",
        sql: { $0 == .string ? "$1 <> ''" : "$1 IS NOT NULL" }
    ) { !isEmpty($0, $1) }
}

/// A dynamic value beside one of these types is taken for it.
private let unpackingTypes: [KQLType] = [.string, .bool, .long, .real, .decimal, .datetime, .timespan, .guid]

/// Whether all values from `first` on are of one type that both sides store alike.
private func isPlain(_ arguments: SQLArguments, from first: Int) -> Bool {
    let types = Set(arguments.types.dropFirst(first))
    return types.count == 1 && !types.contains(.decimal) && !types.contains(.dynamic)
}

private let caseSQL: SQLForms.Rule = { arguments in
    let count = arguments.types.count
    guard count % 2 == 1 else { return nil }
    let values = stride(from: 1, to: count, by: 2).map { arguments.types[$0] } + [arguments.types[count - 1]]
    guard isPlain(SQLArguments(types: values, constants: []), from: 0) else { return nil }
    let branches = stride(from: 0, to: count - 1, by: 2).map { "WHEN $\($0 + 1) THEN $\($0 + 2)" }
    return "CASE \(branches.joined(separator: " ")) ELSE $\(count) END"
}

private let coalesceSQL: SQLForms.Rule = { arguments in
    guard isPlain(arguments, from: 0) else { return nil }
    let values = arguments.types.indices.map { "$\($0 + 1)" }
    guard arguments.types[0] == .string else { return "coalesce(\(values.joined(separator: ", ")))" }
    return "coalesce(\(values.map { "nullif(\($0), '')" }.joined(separator: ", ")), '')"
}

/// Pairs of condition and value, then the value for no true condition.
private let chooseByCondition: Evaluation = { call throws(EvaluationError) in
    guard call.arguments.count % 2 == 1 else {
        throw EvaluationError("case() takes pairs of a condition and a value, then one last value")
    }
    let last = call.arguments.count - 1
    let conditions = stride(from: 0, to: last, by: 2).map { call.arguments[$0].bools }
    let columns = call.arguments.map { $0.type == call.resultType ? $0 : $0.converted(to: call.resultType) }
    return call.choose(from: columns) { row in
        for index in conditions.indices where conditions[index][call.row(row, of: index * 2)] == true {
            return index * 2 + 1
        }
        return last
    }
}

extension ScalarCall {
    /// The rows of a result that takes each row from the argument that `choice` names; nil gives null.
    func choose(from columns: [Column], by choice: (Int) -> Int?) -> Column {
        var joined = Column(empty: resultType)
        var starts: [Int] = []
        for column in columns {
            starts.append(joined.count)
            // Conditions are among the arguments, but never chosen.
            if column.type == resultType { joined.append(contentsOf: column) }
        }
        let rows = (0..<rowCount).map { index -> Int in
            guard let argument = choice(index) else { return -1 }
            return starts[argument] + row(index, of: argument)
        }
        return joined.gather(rows)
    }
}

private func isEmpty(_ column: Column, _ row: Int) -> Bool {
    switch column {
    case .string(let texts): texts.isEmpty(row)
    case .dynamic(let values): values[row].isNull || values[row] == .string("")
    default: column.isNull(row)
    }
}

private func test(
    _ name: String, aliases: [String] = [], _ summary: String, sql: @escaping @Sendable (KQLType) -> String,
    _ test: @escaping @Sendable (Column, Int) -> Bool
) -> ScalarFunction {
    ScalarFunction(
        name, aliases: aliases, family: .conditional, summary: summary,
        signatures: [.takes(.any("value"), returns: .bool)],
        sql: .shared { $0.types[0] == .dynamic || $0.types[0] == .decimal ? nil : sql($0.types[0]) }
    ) { call in
        let column = call.arguments[0]
        return .bool(Vector((0..<call.rowCount).map { test(column, call.row($0, of: 0)) }))
    }
}

private func extreme(_ name: String, _ summary: String, greatest: Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .conditional, summary: summary,
        signatures: [.takes(.common("value"), .common("more", .repeated), gives: .common)]
    ) { call in
        let columns = call.arguments.map { $0.converted(to: call.resultType) }
        var best = [Int?](repeating: nil, count: call.rowCount)
        for index in columns.indices {
            for row in 0..<call.rowCount where !columns[index].isNull(call.row(row, of: index)) {
                guard let champion = best[row] else {
                    best[row] = index
                    continue
                }
                let order = ordering(
                    columns[index], call.row(row, of: index), columns[champion], call.row(row, of: champion))
                if greatest ? order > 0 : order < 0 { best[row] = index }
            }
        }
        return call.choose(from: columns) { best[$0] }
    }
}
