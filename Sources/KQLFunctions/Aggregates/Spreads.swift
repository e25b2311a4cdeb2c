import Foundation
import KQLValues

/// Variances, standard deviations and covariances.
let spreadAggregates: [AggregateFunction] = aggregates {
    spread("variance", "The variance of a sample.", sql: "var_samp") { $0.sampleVariance }
    spread("variancep", "The variance of a population.", sql: "var_pop") { $0.populationVariance }
    spread("stdev", "The standard deviation of a sample.", sql: "stddev_samp") { $0.sampleVariance.squareRoot() }
    spread("stdevp", "The standard deviation of a population.", sql: "stddev_pop") {
        $0.populationVariance.squareRoot()
    }
    joint("covariance", "The covariance of a sample of pairs.") { $0.count < 2 ? 0 : $0.product / ($0.count - 1) }
    joint("covariancep", "The covariance of a population of pairs.") { $0.count < 1 ? 0 : $0.product / $0.count }
}

/// Running moments by Welford's algorithm.
struct Moments {
    private(set) var count = 0.0
    private(set) var mean = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / count
        squares += distance * (value - mean)
    }

    var sampleVariance: Double { count < 2 ? 0 : squares / (count - 1) }
    var populationVariance: Double { count < 1 ? 0 : squares / count }
}

private struct JointMoments {
    private(set) var count = 0.0
    private var firstMean = 0.0
    private var secondMean = 0.0
    private(set) var product = 0.0

    mutating func add(_ first: Double, _ second: Double) {
        count += 1
        let distance = first - firstMean
        firstMean += distance / count
        secondMean += (second - secondMean) / count
        product += distance * (second - secondMean)
    }
}

private func spread(
    _ name: String, _ summary: String, sql: String, _ finish: @escaping @Sendable (Moments) -> Double
) -> [AggregateFunction] {
    conditional(name, summary, values: [.takes(.real("value"), returns: .real), .takes(.any("value"), returns: .real)])
    {
        call, condition in
        let states = accumulate(call, call.arguments[0].reals, condition: condition, Moments()) { $0.add($1) }
        return .real(Vector(states.map(finish)))
    }
}

private func joint(
    _ name: String, _ summary: String, _ finish: @escaping @Sendable (JointMoments) -> Double
) -> [AggregateFunction] {
    conditional(name, summary, values: [.takes(.real("first"), .real("second"), returns: .real)]) { call, condition in
        let first = call.arguments[0].reals
        let second = call.arguments[1].reals
        var states = [JointMoments](repeating: JointMoments(), count: call.groupCount)
        for row in call.rows(if: condition) {
            if let left = first[row], let right = second[row] { states[call.groups[row]].add(left, right) }
        }
        return .real(Vector(states.map(finish)))
    }
}
