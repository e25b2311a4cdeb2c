import Foundation
import JSON
import KQLValues

/// A straight line fitted to a series by least squares.
struct LineFit {
    let slope: Double
    let intercept: Double
    let variance: Double
    let residualVariance: Double
    let line: [Double]

    /// Fits the elements over their positions from 0 on.
    init(_ values: [Double]) {
        let count = Double(values.count)
        let middle = (count - 1) / 2
        let average = mean(values)
        var products = 0.0
        var squares = 0.0
        for (index, value) in values.enumerated() {
            products += (Double(index) - middle) * (value - average)
            squares += (Double(index) - middle) * (Double(index) - middle)
        }
        let slope = squares == 0 ? 0 : products / squares
        let intercept = average - slope * middle
        let line = values.indices.map { intercept + slope * Double($0) }
        self.slope = slope
        self.intercept = intercept
        self.line = line
        variance = KQLFunctions.variance(values)
        let residuals = zip(values, line).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        residualVariance = values.count < 2 ? 0 : residuals / (count - 1)
    }

    var rSquare: Double { variance == 0 ? 0 : 1 - residualVariance / variance }
}

/// Statistics of series, and lines and polynomials fitted to them.
let fittingSeries: [ScalarFunction] = scalars {
    named(
        "series_stats", "Minimum, maximum, mean and spread of a series.",
        [
            ("min", .real), ("min_idx", .long), ("max", .real), ("max_idx", .long), ("avg", .real), ("stdev", .real),
            ("variance", .real),
        ]
    ) { statistics($0) }
    dynamicForm(
        "series_stats_dynamic", "A bag of minimum, maximum, mean, spread, sum and length of a series.",
        ["min", "min_idx", "max", "max_idx", "avg", "stdev", "variance", "sum", "len"]
    ) { series in
        statistics(series) + [.double(series.present.reduce(0, +)), .int(Int64(series.values.count))]
    }
    named("series_fit_line", "A straight line fitted to a series.", lineFields) { lineFit($0) }
    dynamicForm(
        "series_fit_line_dynamic", "A bag of a straight line fitted to a series.", lineFields.map(\.0)
    ) { lineFit($0) }
    named("series_fit_2lines", "Two straight lines fitted to a series.", twoLineFields) { twoLineFit($0) }
    dynamicForm(
        "series_fit_2lines_dynamic", "A bag of two straight lines fitted to a series.", twoLineFields.map(\.0)
    ) { twoLineFit($0) }
    ScalarFunction(
        "series_fit_poly", family: .series, summary: "A polynomial fitted to a series.",
        signatures: [
            .takes(.dynamic("y"), .long("degree", .optional), returns: .dynamic),
            .takes(.dynamic("y"), .dynamic("x"), .long("degree", .optional), returns: .dynamic),
        ],
        columns: .fields([
            ColumnSchema("rsquare", .real), ColumnSchema("coefficients", .dynamic), ColumnSchema("variance", .real),
            ColumnSchema("rvariance", .real), ColumnSchema("poly_fit", .dynamic),
        ])
    ) { call throws(EvaluationError) in
        let hasX = call.arguments.count > 1 && call.arguments[1].type == .dynamic
        let positions = call.reader(1, JSON?.self)
        let degrees = call.reader(hasX ? 2 : 1, Int64?.self)
        return try eachRow(call) { row -> JSON? in
            guard let y = call.reader(0, JSON.self)[row].flatMap({ Series($0) })?.filled, y.count > 1 else {
                return nil
            }
            let x = hasX ? positions[row].flatMap(\.self).flatMap { Series($0) }?.filled : nil
            return polynomialFit(
                x ?? y.indices.map { Double($0) }, y, degree: Int(clamping: degrees[row].flatMap(\.self) ?? 3))
        }
    }
}

private let lineFields: [(String, KQLType)] = [
    ("rsquare", .real), ("slope", .real), ("variance", .real), ("rvariance", .real), ("interception", .real),
    ("line_fit", .dynamic),
]

private let twoLineFields: [(String, KQLType)] = [
    ("rsquare", .real), ("split_idx", .long), ("variance", .real), ("rvariance", .real), ("line_fit", .dynamic),
    ("right_rsquare", .real), ("right_slope", .real), ("right_interception", .real), ("right_variance", .real),
    ("right_rvariance", .real), ("left_rsquare", .real), ("left_slope", .real), ("left_interception", .real),
    ("left_variance", .real), ("left_rvariance", .real),
]

private func named(
    _ name: String, _ summary: String, _ fields: [(String, KQLType)], _ body: @escaping @Sendable (Series) -> [JSON]
) -> ScalarFunction {
    ScalarFunction(
        name, family: .series, summary: summary,
        signatures: [.takes(.dynamic("series"), .bool("ignoreNonNumeric", .optional), returns: .dynamic)],
        columns: .fields(fields.map { ColumnSchema($0.0, $0.1) }),
        evaluate: each { (series: JSON, _: Bool?) -> JSON? in
            guard let series = Series(series), !series.present.isEmpty else { return nil }
            return .array(body(series))
        })
}

private func dynamicForm(
    _ name: String, _ summary: String, _ fields: [String], _ body: @escaping @Sendable (Series) -> [JSON]
) -> ScalarFunction {
    ScalarFunction(
        name, family: .series, summary: summary,
        signatures: [.takes(.dynamic("series"), .bool("ignoreNonNumeric", .optional), returns: .dynamic)],
        naming: .firstArgument,
        evaluate: each { (series: JSON, _: Bool?) -> JSON? in
            guard let series = Series(series), !series.present.isEmpty else { return nil }
            return .object(JSONObject(zip(fields, body(series)).map { ($0, $1) }, uniquingKeysWith: { $1 }))
        })
}

private func statistics(_ series: Series) -> [JSON] {
    let present = series.present
    let least = present.min() ?? .nan
    let greatest = present.max() ?? .nan
    let spread = variance(present)
    return [
        .double(least), .int(Int64(series.values.firstIndex(of: least) ?? -1)), .double(greatest),
        .int(Int64(series.values.firstIndex(of: greatest) ?? -1)), .double(mean(present)), .double(spread.squareRoot()),
        .double(spread),
    ]
}

private func lineFit(_ series: Series) -> [JSON] {
    let fit = LineFit(series.filled)
    return [
        .double(fit.rSquare), .double(fit.slope), .double(fit.variance), .double(fit.residualVariance),
        .double(fit.intercept), .reals(fit.line),
    ]
}

/// The split with the least sum of squared residuals.
private func twoLineFit(_ series: Series) -> [JSON] {
    let values = series.filled
    var best: (split: Int, left: LineFit, right: LineFit, squares: Double)?
    for split in stride(from: 2, through: values.count - 2, by: 1) {
        let left = LineFit(Array(values[..<split]))
        let right = LineFit(Array(values[split...]))
        let squares = zip(values, left.line + right.line).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if squares < best?.squares ?? .infinity { best = (split, left, right, squares) }
    }
    let whole = LineFit(values)
    let split = best?.split ?? 0
    let (left, right) = (best?.left ?? whole, best?.right ?? whole)
    let residual = (best?.squares).map { $0 / Double(values.count - 1) } ?? whole.residualVariance
    let rSquare = whole.variance == 0 ? 0 : 1 - residual / whole.variance
    let line = best == nil ? whole.line : left.line + right.line
    return [
        .double(rSquare), .int(Int64(split)), .double(whole.variance), .double(residual), .reals(line),
        .double(right.rSquare), .double(right.slope), .double(right.intercept), .double(right.variance),
        .double(right.residualVariance), .double(left.rSquare), .double(left.slope), .double(left.intercept),
        .double(left.variance), .double(left.residualVariance),
    ]
}

/// Least squares by the normal equations; the coefficients from the highest power down.
private func polynomialFit(_ x: [Double], _ y: [Double], degree: Int) -> JSON? {
    let degree = max(1, min(7, degree))
    guard x.count == y.count, x.count > degree else { return nil }
    var matrix = [[Double]](repeating: Array(repeating: 0, count: degree + 2), count: degree + 1)
    for (position, value) in zip(x, y) {
        let powers = (0...2 * degree).map { pow(position, Double($0)) }
        for row in 0...degree {
            for column in 0...degree { matrix[row][column] += powers[row + column] }
            matrix[row][degree + 1] += powers[row] * value
        }
    }
    guard let coefficients = solved(matrix) else { return nil }
    let fit = x.map { position in coefficients.reversed().reduce(0) { $0 * position + $1 } }
    let spread = variance(y)
    let squares = zip(y, fit).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let residual = squares / Double(y.count - 1)
    return [
        .double(spread == 0 ? 0 : 1 - residual / spread), .reals(coefficients.reversed()), .double(spread),
        .double(residual), .reals(fit),
    ]
}

/// Gauss's elimination with row exchange of a matrix with the right side as its last column.
private func solved(_ matrix: [[Double]]) -> [Double]? {
    var rows = matrix
    let count = rows.count
    for column in 0..<count {
        guard let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
            rows[pivot][column] != 0
        else { return nil }
        rows.swapAt(column, pivot)
        for row in 0..<count where row != column {
            let factor = rows[row][column] / rows[column][column]
            for index in column...count { rows[row][index] -= factor * rows[column][index] }
        }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
}
