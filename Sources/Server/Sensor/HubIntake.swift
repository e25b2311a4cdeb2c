internal import API
internal import Casebook
internal import Chronology
internal import Collection
internal import Detection
internal import EventStore
internal import Logging
internal import Records
internal import Spool
internal import StateStore

/// What the hub does with what its sensors send.
struct HubIntake: SensorIntake {
    let store: any EventStore
    let casebook: Casebook
    /// Looks at the rows that sensors send for what they do not know themselves: the hub's indicators.
    let indicators: IndicatorMatcher
    let detector: StreamDetector
    let health: SourceHealth
    let time: TimeSource
    /// Whether the alerts of a rule, by its id, open no incidents yet.
    let isInTrial: @Sendable (String) -> Bool
    let logger: Logger

    func store(delivery bytes: [UInt8]) async throws -> AppendOutcome {
        let delivery: SpooledDelivery
        do {
            delivery = try SpooledDelivery(bytes: bytes)
        } catch {
            throw IntakeRefusal(error.message)
        }
        let outcome = try await store.append(delivery.batches, delivery: delivery.id)
        let block = StreamedBlock(records: RecordBatch(), rows: delivery.batches, receivedAt: time.now())
        // A sensor that is not answered sends again; the same rows give the same alerts.
        try await detector.record(indicators.findings(in: block))
        return outcome
    }

    func record(_ forwarded: ForwardedAlert, of sensor: String) async throws -> Bool {
        try await casebook.record(
            forwarded.alert, grouping: forwarded.grouping ?? .sharedEntities(),
            createIncident: forwarded.grouping != nil && !isInTrial(forwarded.alert.ruleID), growing: forwarded.grows,
            by: JournalActor(kind: .system, id: "sensor", name: sensor)
        ).isNew
    }

    func join(_ forwarded: ForwardedHits) async throws -> Set<String> {
        try await detector.join(forwarded.hits)
        return await detector.unjoined(forwarded.rules)
    }

    /// A sensor is a source of its own, so that it is missed like any other when it falls silent.
    func hear(_ status: SensorStatus) async {
        let before = health.sensors.hear(status)
        if status.waitingHits == nil, before == nil || before?.waitingHits != nil {
            logger.warning(
                "a sensor is older than this hub and sends no hits of Sigma rules: correlations do not see its events",
                metadata: ["sensor": "\(status.name)"])
        }
        if status.droppedHits > before?.droppedHits ?? 0 {
            logger.warning(
                "a sensor dropped hits of Sigma rules, which correlations miss",
                metadata: ["sensor": "\(status.name)", "dropped": "\(status.droppedHits)"])
        }
        var counts = SourceCounts()
        counts.events = 1
        let key = SourceKey(origin: "sensors", source: "sensor", table: "Heartbeat", sender: status.name)
        health.ledger.note(
            [SourceObservation(key: key, counts: counts, lastEvent: status.lastHeard)], at: time.now())
    }
}
