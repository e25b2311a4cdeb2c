import Foundation
import JSON
import KQLValues

/// Filters, products and transforms of series.
let filterSeries: [ScalarFunction] = scalars {
    ScalarFunction(
        "series_fir", family: .series, summary: "The series filtered by weights of the present and earlier elements.",
        signatures: [
            .takes(
                .dynamic("series"), .dynamic("filter"), .bool("normalize", .optional), .bool("center", .optional),
                returns: .dynamic)
        ],
        naming: .firstArgument,
        evaluate: each { (series: JSON, filter: JSON, normalize: Bool?, center: Bool?) -> JSON? in
            guard let series = Series(series)?.filled, var filter = Series(filter)?.filled, !filter.isEmpty else {
                return nil
            }
            if normalize ?? filter.allSatisfy({ $0 >= 0 }) {
                let sum = filter.reduce(0, +)
                if sum != 0 { filter = filter.map { $0 / sum } }
            }
            let shift = center ?? false ? filter.count / 2 : 0
            return .reals(
                series.indices.map { index in
                    filter.indices.reduce(0) { sum, offset in
                        let source = index + shift - offset
                        return sum + (series.indices.contains(source) ? filter[offset] * series[source] : 0)
                    }
                })
        })
    ScalarFunction(
        "series_iir", family: .series, summary: "The series filtered by a recursion over its elements and the results.",
        signatures: [.takes(.dynamic("series"), .dynamic("numerators"), .dynamic("denominators"), returns: .dynamic)],
        naming: .firstArgument,
        evaluate: each { (series: JSON, numerators: JSON, denominators: JSON) -> JSON? in
            guard let series = Series(series)?.filled, let above = Series(numerators)?.filled,
                let below = Series(denominators)?.filled, let first = below.first, first != 0
            else { return nil }
            var result: [Double] = []
            for index in series.indices {
                var value = 0.0
                for offset in above.indices where offset <= index { value += above[offset] * series[index - offset] }
                for offset in below.indices.dropFirst() where offset <= index {
                    value -= below[offset] * result[index - offset]
                }
                result.append(value / first)
            }
            return .reals(result)
        })
    ScalarFunction(
        "series_dot_product", family: .series, summary: "The sum of the products of the elements.",
        signatures: [
            .takes(.dynamic("series1"), .dynamic("series2"), returns: .real),
            .takes(.dynamic("series1"), .number("series2"), returns: .real),
            .takes(.number("series1"), .dynamic("series2"), returns: .real),
        ],
        evaluate: each { (first: JSON, second: JSON) -> Double? in dotProduct(first, second) })
}

/// Magnitudes, similarities and transforms of series.
let correlationSeries: [ScalarFunction] = scalars {
    number("series_magnitude", "The square root of the sum of the squares.") {
        $0.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    number("series_product", "The product of the elements.") { $0.reduce(1, *) }
    ScalarFunction(
        "series_cosine_similarity", family: .series, summary: "The cosine of the angle between two vectors.",
        signatures: [
            .takes(
                .dynamic("series1"), .dynamic("series2"), .real("magnitude1", .optional),
                .real("magnitude2", .optional),
                returns: .real)
        ],
        evaluate: each { (first: JSON, second: JSON, one: Double?, other: Double?) -> Double? in
            guard let product = dotProduct(first, second), let left = dotProduct(first, first),
                let right = dotProduct(second, second)
            else { return nil }
            return product / ((one ?? left.squareRoot()) * (other ?? right.squareRoot()))
        })
    ScalarFunction(
        "series_pearson_correlation", family: .series, summary: "The correlation coefficient of two series.",
        signatures: [.takes(.dynamic("series1"), .dynamic("series2"), returns: .real)],
        evaluate: each { (first: JSON, second: JSON) -> Double? in
            guard let left = Series(first)?.values, let right = Series(second)?.values, left.count == right.count else {
                return nil
            }
            let pairs = zip(left, right).compactMap { one, other in one.flatMap { one in other.map { (one, $0) } } }
            return correlation(pairs.map(\.0), pairs.map(\.1))
        })
    transform("series_fft", "The discrete Fourier transform of a series.", inverse: false)
    transform("series_ifft", "The inverse discrete Fourier transform of a series.", inverse: true)
}

func correlation(_ left: [Double], _ right: [Double]) -> Double {
    let (leftMean, rightMean) = (mean(left), mean(right))
    let joint = zip(left, right).reduce(0) { $0 + ($1.0 - leftMean) * ($1.1 - rightMean) }
    let squares = left.reduce(0) { $0 + ($1 - leftMean) * ($1 - leftMean) }
    return joint / (squares * right.reduce(0) { $0 + ($1 - rightMean) * ($1 - rightMean) }).squareRoot()
}

private func dotProduct(_ first: JSON, _ second: JSON) -> Double? {
    switch (Series(first)?.values, Series(second)?.values) {
    case (let left?, let right?):
        guard left.count == right.count else { return nil }
        return zip(left, right).reduce(0.0) { sum, pair in sum + (pair.0 ?? 0) * (pair.1 ?? 0) }
    case (let series?, nil): return second.seriesNumber.map { factor in series.reduce(0.0) { $0 + ($1 ?? 0) * factor } }
    case (nil, let series?): return first.seriesNumber.map { factor in series.reduce(0.0) { $0 + ($1 ?? 0) * factor } }
    default: return nil
    }
}

private func number(_ name: String, _ summary: String, _ body: @escaping @Sendable ([Double]) -> Double)
    -> ScalarFunction
{
    ScalarFunction(
        name, family: .series, summary: summary,
        signatures: [.takes(.dynamic("series"), returns: .real)],
        evaluate: each { (series: JSON) -> Double? in
            guard let series = Series(series), series.present.count == series.values.count else { return nil }
            return body(series.present)
        })
}

private func transform(_ name: String, _ summary: String, inverse: Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .series, summary: summary,
        signatures: [.takes(.dynamic("series"), .dynamic("imaginary", .optional), returns: .dynamic)],
        columns: .fields([ColumnSchema("real", .dynamic), ColumnSchema("imag", .dynamic)]),
        evaluate: each { (series: JSON, imaginary: JSON?) -> JSON? in
            guard let real = Series(series)?.filled, real.count <= 8192 else { return nil }
            let imaginary = imaginary.flatMap { Series($0)?.filled } ?? []
            let input = real.indices.map { (real[$0], $0 < imaginary.count ? imaginary[$0] : 0) }
            let output = fourier(input, inverse: inverse)
            return [.reals(output.map(\.0)), .reals(output.map(\.1))]
        })
}
