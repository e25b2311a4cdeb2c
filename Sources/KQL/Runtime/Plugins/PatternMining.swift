import KQLFunctions
import KQLValues

/// Rows as combinations of values, each combination once, with weights: what patterns are searched in.
struct PatternRows {
    /// Per column the code of each combination's value; equal values have equal codes.
    let codes: [[Int]]
    /// Per column and code a row of the input with that value.
    let firstRows: [[Int]]
    /// Per side the weight of each combination; one side unless two sets are compared.
    let weights: [[Double]]

    var count: Int { codes.first?.count ?? 0 }

    init(_ columns: [Column], rowCount: Int, weights rowWeights: [[Double]]) {
        let groupings = columns.map { Grouping([$0], rowCount: rowCount) }
        let combinations = Grouping(columns, rowCount: rowCount)
        codes = groupings.map { grouping in combinations.firstRows.map { grouping.groups[$0] } }
        firstRows = groupings.map(\.firstRows)
        weights = rowWeights.map { weights in
            var sums = [Double](repeating: 0, count: combinations.count)
            for (row, group) in combinations.groups.enumerated() { sums[group] += weights[row] }
            return sums
        }
    }
}

/// Values of some columns that occur together.
struct Pattern {
    /// The code per column; nil: any value.
    let values: [Int?]
    /// The combinations that it matches.
    let rows: [Int]
    /// The weight of its rows per side.
    let weights: [Double]

    /// How many columns it restricts.
    var width: Int { values.count { $0 != nil } }
}

/// Finds the closed patterns: those to which no further value can be added without losing rows (after LCM, Uno et al.
/// 2004).
struct PatternMiner {
    private let input: PatternRows
    /// Whether a pattern of these weights, one per side, is worth keeping; must hold for all parts of a kept pattern.
    private let isFrequent: ([Double]) -> Bool
    /// How many independent choices of a value make a pattern.
    private let maximumChoices: Int
    private let check: () throws(ExecutionError) -> Void
    private(set) var found: [Pattern] = []

    /// More patterns than these help nobody.
    private static let limit = 20_000

    init(
        _ input: PatternRows, maximumChoices: Int, isFrequent: @escaping ([Double]) -> Bool,
        check: @escaping () throws(ExecutionError) -> Void
    ) {
        self.input = input
        self.maximumChoices = maximumChoices
        self.isFrequent = isFrequent
        self.check = check
    }

    mutating func run() throws(ExecutionError) {
        let all = Array(0..<input.count)
        guard !all.isEmpty else { return }
        let root = closure(of: all)
        if root.width > 0 { found.append(root) }
        try extend(root, after: -1, choices: 0)
    }

    private func closure(of rows: [Int]) -> Pattern {
        let values = input.codes.map { codes -> Int? in
            let first = codes[rows[0]]
            return rows.allSatisfy { codes[$0] == first } ? first : nil
        }
        let weights = input.weights.map { weights in rows.reduce(0) { $0 + weights[$1] } }
        return Pattern(values: values, rows: rows, weights: weights)
    }

    private mutating func extend(_ pattern: Pattern, after column: Int, choices: Int) throws(ExecutionError) {
        guard choices < maximumChoices else { return }
        for next in input.codes.indices.dropFirst(column + 1) where pattern.values[next] == nil {
            try check()
            for (_, rows) in Dictionary(grouping: pattern.rows, by: { input.codes[next][$0] }).sorted(by: {
                $0.key < $1.key
            }) {
                let weights = input.weights.map { weights in rows.reduce(0) { $0 + weights[$1] } }
                guard isFrequent(weights), found.count < PatternMiner.limit else { continue }
                let closed = closure(of: rows)
                // A value in an earlier column means that the pattern is found from there.
                let isNew = (0..<next).allSatisfy { (closed.values[$0] == nil) == (pattern.values[$0] == nil) }
                guard isNew else { continue }
                found.append(closed)
                try extend(closed, after: next, choices: choices + 1)
            }
        }
    }
}
