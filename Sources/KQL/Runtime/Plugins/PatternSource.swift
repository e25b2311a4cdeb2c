import KQLFunctions
import KQLValues

/// The input of a plugin that looks for patterns, and its way back from patterns to a table.
struct PatternSource {
    let rows: PatternRows
    /// The positions of the input's columns that patterns are made of.
    let columns: [Int]
    private let input: PluginInput
    private let weight: Int?

    /// Several sets of rows may be told apart by `sides`; else all rows are one set.
    init(
        _ input: PluginInput, weight position: Int, without excluded: Int? = nil,
        sides: [(Int) -> Bool] = [{ _ in true }]
    ) throws(ExecutionError) {
        self.input = input
        var weights = [Double](repeating: 1, count: input.table.rowCount)
        weight = input.weightColumn(position)
        if let weight, case .real(let values) = input.table.columns[weight].converted(to: .real) {
            weights = (0..<values.count).map { max(0, values[$0] ?? 0) }
        }
        let own = weight
        columns = input.table.columns.indices.filter { $0 != own && $0 != excluded }
        rows = PatternRows(
            columns.map { input.table.columns[$0] }, rowCount: input.table.rowCount,
            weights: sides.map { isInside in weights.enumerated().map { isInside($0.offset) ? $0.element : 0 } })
    }

    /// The weight of all rows of a side.
    func total(_ side: Int) -> Double { rows.weights[side].reduce(0, +) }

    /// The patterns without those that say the same of the same numbers of rows as a better one that is part of them.
    static func distinct(_ patterns: [Pattern]) -> [Pattern] {
        var result: [Pattern] = []
        for pattern in patterns {
            let isToldAlready = result.contains { other in
                zip(pattern.values, other.values).allSatisfy { $0 == $1 || $0 == nil || $1 == nil }
                    && Set(other.rows).isSuperset(of: pattern.rows)
            }
            if !isToldAlready { result.append(pattern) }
            if result.count == 50 { break }
        }
        return result
    }

    func segments(_ patterns: [Pattern], wildcardsFrom first: Int) throws(ExecutionError) -> Table {
        let total = total(0)
        let numbers: [Column] = [
            .long(Vector(patterns.indices.map { Int64($0) })), .long(Vector(patterns.map { Int64($0.weights[0]) })),
            .real(Vector(patterns.map { 100 * $0.weights[0] / total })),
        ]
        return Table(
            schema: Plugin.segmentSchema(input.table.schema, weight: weight),
            columns: numbers + values(patterns, wildcardsFrom: first), rowCount: patterns.count)
    }

    func differences(
        _ patterns: [Pattern], totals: [Double], split: Int, wildcardsFrom first: Int
    ) throws(ExecutionError) -> Table {
        let shares = (0..<2).map { side in patterns.map { 100 * $0.weights[side] / totals[side] } }
        let numbers: [Column] = [
            .long(Vector(patterns.indices.map { Int64($0) })), .long(Vector(patterns.map { Int64($0.weights[0]) })),
            .long(Vector(patterns.map { Int64($0.weights[1]) })), .real(Vector(shares[0])), .real(Vector(shares[1])),
            .real(Vector(zip(shares[0], shares[1]).map { abs($0 - $1) })),
        ]
        return Table(
            schema: Plugin.differenceSchema(input.table.schema, split: split, weight: weight),
            columns: numbers + values(patterns, wildcardsFrom: first), rowCount: patterns.count)
    }

    /// The patterns' values, with wildcards where they have none.
    private func values(_ patterns: [Pattern], wildcardsFrom first: Int) -> [Column] {
        let wildcards = input.positional.dropFirst(first).compactMap { content -> Value? in
            if case .constant(let value) = content { value } else { nil }
        }
        return columns.enumerated().map { position, index in
            let column = input.table.columns[index]
            let wildcard = wildcards.first { $0.type == column.type }
            var values = Column(empty: column.type)
            for pattern in patterns {
                if let code = pattern.values[position] {
                    values.append(column[rows.firstRows[position][code]])
                } else {
                    values.append(wildcard ?? .missing(column.type))
                }
            }
            return values
        }
    }
}

extension PluginShape {
    /// The position of the input's column that weights the rows; nil when none is named.
    func weightColumn(_ position: Int) -> Int? { scalars.dropFirst(position).first?.expression.columnIndex }
}

extension PluginInput {
    /// The position of the input's column that weights the rows; nil when none is named.
    func weightColumn(_ position: Int) -> Int? {
        if case .column(_, _, let index)? = positional.dropFirst(position).first { index } else { nil }
    }

    /// A number at a position; the default when there is none or a `~`.
    func fraction(
        _ position: Int, default standard: Double, in range: ClosedRange<Double>
    ) throws(ExecutionError) -> Double {
        guard case .constant(let value)? = positional.dropFirst(position).first, value.text != "~" else {
            return standard
        }
        guard case .real(let number) = Column(type: value.type, [value]).converted(to: .real)[0], range.contains(number)
        else {
            throw ExecutionError(
                .function, "argument \(position + 1) must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A count at a position; the default when there is none or a `~`.
    func maximum(_ position: Int, default standard: Int) throws(ExecutionError) -> Int {
        guard case .constant(let value)? = positional.dropFirst(position).first, value.text != "~" else {
            return standard
        }
        return max(1, Int(clamping: try value.timelineNumber()))
    }
}
