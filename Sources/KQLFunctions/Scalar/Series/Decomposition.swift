import Foundation
import JSON
import KQLValues

/// A series split into trend, season and rest.
struct Decomposition {
    let baseline: [Double]
    let seasonal: [Double]
    let trend: [Double]
    let residual: [Double]

    /// - Parameters:
    ///   - period: the length of the season; 0 for none, -1 to find it.
    ///   - trend: `avg`, `linefit` or `none`.
    ///   - testPoints: so many last elements are predicted, not learned from.
    init(_ values: [Double], period: Int, trend kind: String, testPoints: Int, threshold: Double) {
        let learned = Array(values.dropLast(min(max(0, testPoints), max(0, values.count - 2))))
        let length = period < 0 ? SeasonSearch(learned).period(threshold: threshold) : period
        let line = LineFit(learned)
        let flat = zip(learned, line.line).map { $0 - $1 }
        var season = [Double](repeating: 0, count: values.count)
        if length > 1, length <= learned.count / 2 {
            let phases = SeasonSearch.phases(kind == "linefit" ? flat : learned, period: length)
            let center = mean(phases)
            season = values.indices.map { phases[$0 % length] - center }
        }
        let rest = learned.indices.map { learned[$0] - season[$0] }
        let course: [Double]
        switch kind {
        case "none": course = values.map { _ in 0 }
        case "linefit":
            let fit = LineFit(rest)
            course = values.indices.map { fit.intercept + fit.slope * Double($0) }
        default:
            let average = rest.isEmpty ? 0 : mean(rest)
            course = values.map { _ in average }
        }
        seasonal = season
        trend = course
        baseline = zip(season, course).map { $0 + $1 }
        residual = zip(values, baseline).map { $0 - $1 }
    }
}

/// The length after which a series repeats itself.
struct SeasonSearch {
    private let detrended: [Double]
    private let squares: Double

    init(_ values: [Double]) {
        let fit = LineFit(values)
        detrended = zip(values, fit.line).map { $0 - $1 }
        squares = detrended.reduce(0) { $0 + $1 * $1 }
    }

    /// The autocorrelation at a lag, from -1 to 1.
    func score(_ lag: Int) -> Double {
        guard lag > 0, lag < detrended.count, squares > 0 else { return 0 }
        var sum = 0.0
        for index in 0..<detrended.count - lag { sum += detrended[index] * detrended[index + lag] }
        return max(-1, min(1, sum / squares * Double(detrended.count) / Double(detrended.count - lag)))
    }

    /// The peaks of the autocorrelation between two lags, the best first; multiples of a better one are left out.
    func peaks(from least: Int, through greatest: Int) -> [(period: Int, score: Double)] {
        let last = min(greatest, detrended.count / 2)
        guard least <= last else { return [] }
        let lags = max(2, least)...max(2, last)
        let found = lags.filter { score($0) > 0 && score($0) >= score($0 - 1) && score($0) >= score($0 + 1) }
        var peaks: [(period: Int, score: Double)] = []
        for lag in found.sorted(by: { score($0) > score($1) + 0.05 || (abs(score($0) - score($1)) <= 0.05 && $0 < $1) })
        where !peaks.contains(where: { lag % $0.period == 0 }) {
            peaks.append((lag, score(lag)))
        }
        return peaks
    }

    func period(threshold: Double) -> Int {
        guard let best = peaks(from: 4, through: detrended.count / 3).first, best.score >= threshold else { return 0 }
        return best.period
    }

    /// The median of each position of the season.
    static func phases(_ values: [Double], period: Int) -> [Double] {
        (0..<period).map { phase in median(stride(from: phase, to: values.count, by: period).map { values[$0] }) }
    }
}

/// Tukey's test: how far values lie outside the range between two quantiles, in units of its width; 1.5 is an outlier.
func outlierScores(_ values: [Double?], low: Double, high: Double, factor: Double, learned: Int? = nil) -> [Double] {
    let sorted = values.prefix(learned ?? values.count).compactMap(\.self).sorted()
    let (bottom, top) = (quantile(sorted, low), quantile(sorted, high))
    let width = (top - bottom) * factor
    return values.map { value in
        guard let value, width > 0 else {
            return value.map { $0 > top ? .infinity : $0 < bottom ? -.infinity : 0 } ?? 0
        }
        return value > top ? (value - top) / width : value < bottom ? (value - bottom) / width : 0
    }
}
