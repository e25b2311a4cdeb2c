import Foundation
import JSON
import KQLValues

/// Seasons, decompositions, forecasts and outliers of series.
let seasonSeries: [ScalarFunction] = scalars {
    ScalarFunction(
        "series_seasonal", family: .series, summary: "The seasonal part of a series.",
        signatures: [
            .takes(.dynamic("series"), .long("period", .optional), .long("testPoints", .optional), returns: .dynamic)
        ],
        evaluate: each { (series: JSON, period: Int64?, testPoints: Int64?) -> JSON? in
            guard let values = Series(series)?.filled, !values.isEmpty else { return nil }
            let learned = Array(values.dropLast(max(0, Int(clamping: testPoints ?? 0))))
            let given = Int(clamping: period ?? -1)
            let length = given < 0 ? SeasonSearch(learned).period(threshold: 0.6) : given
            guard length > 0, length <= learned.count else { return .reals(values.map { _ in 0 }) }
            let phases = SeasonSearch.phases(learned, period: length)
            return .reals(values.indices.map { phases[$0 % length] })
        })
    ScalarFunction(
        "series_periods_detect", family: .series, summary: "The most significant periods of a series and their scores.",
        signatures: [
            .takes(.dynamic("series"), .real("minPeriod"), .real("maxPeriod"), .long("count"), returns: .dynamic)
        ],
        columns: .fields([ColumnSchema("periods", .dynamic), ColumnSchema("scores", .dynamic)]),
        evaluate: each { (series: JSON, least: Double, greatest: Double, count: Int64) -> JSON? in
            guard let values = Series(series)?.filled, least.isFinite, greatest.isFinite, (1...16).contains(count)
            else { return nil }
            let found = SeasonSearch(values).peaks(
                from: Int(max(4, min(1e6, least))), through: Int(max(0, min(1e6, greatest))))
            let padded = (0..<Int(count)).map { $0 < found.count ? found[$0] : (period: 0, score: 0) }
            return [.reals(padded.map { Double($0.period) }), .reals(padded.map(\.score))]
        })
    ScalarFunction(
        "series_periods_validate", family: .series, summary: "How well a series repeats itself after given periods.",
        signatures: [.takes(.dynamic("series"), .real("period"), .real("more", .repeated), returns: .dynamic)],
        columns: .fields([ColumnSchema("periods", .dynamic), ColumnSchema("scores", .dynamic)]),
        evaluate: validatePeriods)
    ScalarFunction(
        "series_outliers", family: .series,
        summary: "How far each element lies outside the usual range; 1.5 is an outlier.",
        signatures: [
            .takes(
                .dynamic("series"), .string("kind", .optional), .any("ignored", .optional),
                .real("minPercentile", .optional),
                .real("maxPercentile", .optional), .long("testPoints", .optional), returns: .dynamic)
        ],
        naming: .firstArgument,
        evaluate: outliers)
    decomposition("series_decompose", "A series split into baseline, season, trend and rest.", isForecast: false)
    decomposition("series_decompose_forecast", "A series forecast by its season and trend.", isForecast: true)
    ScalarFunction(
        "series_decompose_anomalies", family: .series,
        summary: "Anomalies of a series: 1, 0 or -1, their score, and the baseline they are seen against.",
        signatures: [
            .takes(
                .dynamic("series"), .real("threshold", .optional), .long("period", .optional),
                .string("trend", .optional),
                .long("testPoints", .optional), .string("method", .optional), .real("seasonThreshold", .optional),
                returns: .dynamic)
        ],
        columns: .fields([
            ColumnSchema("ad_flag", .dynamic), ColumnSchema("ad_score", .dynamic), ColumnSchema("baseline", .dynamic),
        ]),
        evaluate: anomalies)
}

private let validatePeriods: Evaluation = { call throws(EvaluationError) in
    let periods = call.readers(from: 1, Double.self)
    let series = call.reader(0, JSON.self)
    return try eachRow(call) { row -> JSON? in
        guard let values = series[row].flatMap({ Series($0) })?.filled else { return nil }
        let search = SeasonSearch(values)
        let lags = periods.compactMap { $0[row] }
        return [
            .reals(lags), .reals(lags.map { lag in abs(lag) < 1e9 ? max(0, search.score(Int(lag.rounded()))) : 0 }),
        ]
    }
}

private let outliers: Evaluation = { call throws(EvaluationError) in
    let series = call.reader(0, JSON.self)
    let kinds = call.reader(1, String?.self)
    let ignored = call.reader(2, Double?.self)
    let bounds = (call.reader(3, Double?.self), call.reader(4, Double?.self))
    let testPoints = call.reader(5, Int64?.self)
    return try eachRow(call) { row -> JSON? in
        guard let values = series[row].flatMap({ Series($0) })?.values else { return nil }
        let isTukey = kinds[row].flatMap(\.self)?.lowercased() == "tukey"
        let low = bounds.0[row].flatMap(\.self) ?? (isTukey ? 25 : 10)
        let high = bounds.1[row].flatMap(\.self) ?? (isTukey ? 75 : 90)
        let skipped = ignored[row].flatMap(\.self)
        let kept = values.map { $0 == skipped ? nil : $0 }
        let learned = values.count - max(0, Int(clamping: testPoints[row].flatMap(\.self) ?? 0))
        return .reals(
            outlierScores(kept, low: low / 100, high: high / 100, factor: isTukey ? 1 : 0.535, learned: max(0, learned))
        )
    }
}

private func decomposition(_ name: String, _ summary: String, isForecast: Bool) -> ScalarFunction {
    let optional: [Parameter] = [.long("period", .optional), .string("trend", .optional)]
    let parameters: [Parameter] =
        isForecast
        ? [.dynamic("series"), .long("testPoints")] + optional + [.real("threshold", .optional)]
        : [.dynamic("series")] + optional + [.long("testPoints", .optional), .real("threshold", .optional)]
    let names =
        isForecast ? ["forecast", "seasonal", "trend", "residual"] : ["baseline", "seasonal", "trend", "residual"]
    return ScalarFunction(
        name, family: .series, summary: summary,
        signatures: [Signature(parameters, returns: .type(.dynamic))],
        columns: .fields(names.map { ColumnSchema($0, .dynamic) })
    ) { call throws(EvaluationError) in
        let series = call.reader(0, JSON.self)
        let periods = call.reader(isForecast ? 2 : 1, Int64?.self)
        let trends = call.reader(isForecast ? 3 : 2, String?.self)
        let testPoints = call.reader(isForecast ? 1 : 3, Int64?.self)
        let thresholds = call.reader(4, Double?.self)
        return try eachRow(call) { row -> JSON? in
            guard let values = series[row].flatMap({ Series($0) })?.filled, !values.isEmpty else { return nil }
            let parts = Decomposition(
                values, period: Int(clamping: periods[row].flatMap(\.self) ?? -1),
                trend: trends[row].flatMap(\.self) ?? (isForecast ? "linefit" : "avg"),
                testPoints: Int(clamping: testPoints[row].flatMap(\.self) ?? 0),
                threshold: thresholds[row].flatMap(\.self) ?? 0.6)
            return .array([parts.baseline, parts.seasonal, parts.trend, parts.residual].map { .reals($0) })
        }
    }
}

private let anomalies: Evaluation = { call throws(EvaluationError) in
    let series = call.reader(0, JSON.self)
    let thresholds = call.reader(1, Double?.self)
    let periods = call.reader(2, Int64?.self)
    let trends = call.reader(3, String?.self)
    let testPoints = call.reader(4, Int64?.self)
    let methods = call.reader(5, String?.self)
    let seasonThresholds = call.reader(6, Double?.self)
    return try eachRow(call) { row -> JSON? in
        guard let values = series[row].flatMap({ Series($0) })?.filled, !values.isEmpty else { return nil }
        let tests = max(0, Int(clamping: testPoints[row].flatMap(\.self) ?? 0))
        let parts = Decomposition(
            values, period: Int(clamping: periods[row].flatMap(\.self) ?? -1),
            trend: trends[row].flatMap(\.self) ?? "avg",
            testPoints: tests, threshold: seasonThresholds[row].flatMap(\.self) ?? 0.6)
        let isTukey = methods[row].flatMap(\.self)?.lowercased() == "tukey"
        let scores = outlierScores(
            parts.residual, low: isTukey ? 0.25 : 0.1, high: isTukey ? 0.75 : 0.9, factor: isTukey ? 1 : 0.535,
            learned: max(0, values.count - tests))
        let threshold = thresholds[row].flatMap(\.self) ?? 1.5
        let flags = scores.map { JSON.int($0 >= threshold ? 1 : $0 <= -threshold ? -1 : 0) }
        return [.array(flags), .reals(scores), .reals(parts.baseline)]
    }
}
