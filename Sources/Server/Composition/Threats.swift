internal import Detection
internal import Foundation
internal import Investigation
internal import StateStore

/// Threat intelligence and fusion of an installation.
struct Threats: Sendable {
    let indicators: IndicatorStore
    let matcher: IndicatorMatcher
    let sweep: IndicatorSweep
    let fusion: Fusion
    private let publisher: IndicatorPublisher

    init(
        _ core: Core, matcher: IndicatorMatcher, detector: StreamDetector,
        isInTrial: @escaping @Sendable (String) -> Bool
    ) {
        self.matcher = matcher
        indicators = IndicatorStore(core.database, time: core.time)
        sweep = IndicatorSweep(
            store: core.events, indicators: indicators, matcher: matcher, detector: detector,
            environment: { core.queries.environment() }, time: core.time, logger: core.logger)
        publisher = IndicatorPublisher(indicators: indicators, store: core.events, time: core.time)
        let anomalies = AnomalySignals(
            store: core.events, environment: { core.queries.environment() }, now: { core.time.now() })
        let ledger = RuleQualityLedger(core.database)
        fusion = Fusion(
            casebook: core.casebook, database: core.database,
            records: {
                let judged = try await ledger.qualities(at: core.time.now()).filter { $0.judged > 0 }
                return Dictionary(
                    judged.map { quality in
                        let share = quality.precision
                        return (
                            quality.ruleID,
                            RuleRecord(truePositives: share.count, otherPositives: share.total - share.count)
                        )
                    }, uniquingKeysWith: { $1 })
            },
            anomalies: { since in try await anomalies.read(since: since) }, time: core.time, isInTrial: isInTrial,
            logger: core.logger)
    }

    /// Keeps the tables of indicators up to date: on each change, and hourly for those that are due again.
    func publish() async throws {
        while true {
            let seen = indicators.changes.position
            try await publisher.publishDue()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await indicators.changes.wait(after: seen) }
                // A cancelled sleep ends the wait as a finished one does; the loop's next step throws then.
                group.addTask { try? await Task.sleep(for: .seconds(3_600)) }
                await group.next()
                group.cancelAll()
            }
            try Task.checkCancellation()
        }
    }
}
