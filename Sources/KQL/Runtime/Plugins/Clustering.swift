import Foundation
import KQLFunctions
import KQLValues

extension Plugin {
    private static let wildcards: [Parameter] = [.constant("wildcard", nil, .repeated)]

    static let basket = Plugin(
        "basket", "The combinations of values that a large enough share of the rows have.",
        [
            .constant("threshold", .real, .optional), .value("weight", .optional),
            .constant("maxDimensions", .long, .optional),
        ]
            + wildcards,
        schema: { segmentSchema($0.input, weight: $0.weightColumn(1)) }
    ) { input throws(ExecutionError) in
        let threshold = try input.fraction(0, default: 0.05, in: 0.015...1)
        let source = try PatternSource(input, weight: 1)
        let total = source.total(0)
        var miner = PatternMiner(
            source.rows, maximumChoices: try input.maximum(2, default: 5),
            isFrequent: { $0[0] >= threshold * total && $0[0] > 0 }, check: input.execution.check)
        try miner.run()
        let patterns = miner.found.enumerated().sorted { left, right in
            (-left.element.weights[0], left.offset) < (-right.element.weights[0], right.offset)
        }
        return try source.segments(patterns.map(\.element), wildcardsFrom: 3)
    }

    static let autocluster = Plugin(
        "autocluster", "A few combinations of values that describe much of the rows.",
        [.constant("sizeWeight", .real, .optional), .value("weight", .optional), .constant("seeds", .long, .optional)]
            + wildcards,
        schema: { segmentSchema($0.input, weight: $0.weightColumn(1)) }
    ) { input throws(ExecutionError) in
        let sizeWeight = try input.fraction(0, default: 0.5, in: 0...1)
        let source = try PatternSource(input, weight: 1)
        let total = source.total(0)
        var miner = PatternMiner(
            source.rows, maximumChoices: try input.maximum(2, default: 25),
            isFrequent: { $0[0] >= 0.02 * total && $0[0] > 0 }, check: input.execution.check)
        try miner.run()
        let columns = Double(max(1, source.columns.count))
        let candidates = miner.found.map { pattern in
            // The weighted geometric mean of how much a pattern covers and how much it says.
            pow(pattern.weights[0] / total, sizeWeight) * pow(Double(pattern.width) / columns, 1 - sizeWeight)
        }
        return try source.segments(
            chosen(miner.found, scores: candidates, weights: source.rows.weights[0], total: total), wildcardsFrom: 3)
    }

    /// The best patterns, each with some rows of its own: a pattern's score counts by the share of its rows that no
    /// better pattern holds.
    private static func chosen(
        _ patterns: [Pattern], scores: [Double], weights: [Double], total: Double
    ) -> [Pattern] {
        var isCovered = [Bool](repeating: false, count: weights.count)
        var rest = Set(patterns.indices)
        var result: [Pattern] = []
        while result.count < 10 {
            var best: (index: Int, score: Double)?
            for index in rest.sorted() {
                let own = patterns[index].rows.reduce(0) { isCovered[$1] ? $0 : $0 + weights[$1] }
                if own < 0.05 * total { rest.remove(index) }
                let score = scores[index] * own / max(patterns[index].weights[0], .leastNonzeroMagnitude)
                if own >= 0.05 * total, score > best?.score ?? 0 { best = (index, score) }
            }
            guard let best else { break }
            result.append(patterns[best.index])
            rest.remove(best.index)
            for row in patterns[best.index].rows { isCovered[row] = true }
        }
        return result
    }

    static let diffpatterns = Plugin(
        "diffpatterns", "The combinations of values that differ most in their share between two sets of rows.",
        [
            .value("splitColumn"), .constant("splitValueA", .string), .constant("splitValueB", .string),
            .value("weight", .optional), .constant("threshold", .real, .optional),
            .constant("maxDimensions", .long, .optional),
        ] + wildcards,
        schema: { shape in
            guard let split = shape.scalars.first?.expression.columnIndex else { return nil }
            return differenceSchema(shape.input, split: split, weight: shape.weightColumn(3))
        }
    ) { input throws(ExecutionError) in
        let split = try input.columnIndex(0)
        guard case .string(let labels) = input.table.columns[split].converted(to: .string) else { return input.table }
        let sides = [try input.constant(1).text ?? "", try input.constant(2).text ?? ""]
        let source = try PatternSource(
            input, weight: 3, without: split, sides: sides.map { side in { labels[$0] == side } })
        let totals = [source.total(0), source.total(1)]
        guard totals[0] > 0, totals[1] > 0 else {
            throw ExecutionError(.function, "diffpatterns needs rows with both split values")
        }
        let threshold = try input.fraction(4, default: 0.05, in: 0.015...1)
        var miner = PatternMiner(
            source.rows, maximumChoices: try input.maximum(5, default: .max),
            isFrequent: { $0[0] >= threshold * totals[0] || $0[1] >= threshold * totals[1] },
            check: input.execution.check)
        try miner.run()
        let differences = miner.found.map { abs($0.weights[0] / totals[0] - $0.weights[1] / totals[1]) }
        let sorted = miner.found.indices.filter { differences[$0] >= threshold }.sorted { left, right in
            (-differences[left], -miner.found[left].width, left) < (
                -differences[right], -miner.found[right].width, right
            )
        }
        let patterns = PatternSource.distinct(sorted.map { miner.found[$0] })
        return try source.differences(patterns, totals: totals, split: split, wildcardsFrom: 6)
    }

    /// The columns that describe segments, then those of the input without the weights'.
    static func segmentSchema(_ input: TableSchema, weight: Int?) -> TableSchema {
        TableSchema(
            [ColumnSchema("SegmentId", .long), ColumnSchema("Count", .long), ColumnSchema("Percent", .real)]
                + input.columns.indices.filter { $0 != weight }.map { input.columns[$0] })
    }

    static func differenceSchema(_ input: TableSchema, split: Int, weight: Int?) -> TableSchema {
        TableSchema(
            [
                ColumnSchema("SegmentId", .long), ColumnSchema("CountA", .long), ColumnSchema("CountB", .long),
                ColumnSchema("PercentA", .real), ColumnSchema("PercentB", .real), ColumnSchema("PercentDiffAB", .real),
            ] + input.columns.indices.filter { $0 != weight && $0 != split }.map { input.columns[$0] })
    }
}
