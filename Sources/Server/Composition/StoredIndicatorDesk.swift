internal import API
internal import Chronology
internal import Detection
internal import StateStore
internal import ThreatIntelligence

/// The API's indicators, kept in the store of the detecting room.
struct StoredIndicatorDesk: IndicatorDesk {
    let store: IndicatorStore
    let time: TimeSource

    func take(_ text: String, source: String) async throws -> IndicatorReceipt {
        let reading = IndicatorReader(.init(source: source, now: time.now())).read(text)
        let (outcome, ids) = try await store.save(reading.indicators)
        return IndicatorReceipt(
            added: outcome.added, changed: outcome.changed, unchanged: outcome.unchanged,
            faults: reading.faults.map(\.description), ids: ids)
    }

    func page(word: String, limit: Int, offset: Int) async throws -> (indicators: [IndicatorRecord], total: Int) {
        let page = try await store.page(word: word, limit: limit, offset: offset)
        return (page.kept.map { IndicatorRecord($0, now: time.now()) }, page.total)
    }

    func indicator(_ id: String) async throws -> IndicatorRecord? {
        try await store.indicator(id).map { IndicatorRecord($0, now: time.now()) }
    }

    func remove(_ id: String) async throws -> Bool { try await store.delete(id) }

    func sources() async throws -> [(source: String, total: Int, active: Int)] { try await store.countsBySource() }

    func allowed() async throws -> [(kind: String, value: String, reason: String)] {
        try await store.allowed().map { ($0.observable.kind.rawValue, $0.observable.value, $0.reason) }
    }

    func allow(_ value: String, reason: String) async throws {
        try await store.allow(try Self.observable(value), reason: reason)
    }

    func disallow(_ value: String) async throws -> Bool { try await store.disallow(try Self.observable(value)) }

    private static func observable(_ value: String) throws -> Observable {
        do {
            return try Observable(detecting: value)
        } catch {
            throw InvalidIndicator(error.description)
        }
    }
}

extension IndicatorRecord {
    fileprivate init(_ kept: IndicatorStore.Kept, now: Instant) {
        let indicator = kept.indicator
        self.init(
            id: indicator.id, source: indicator.source, isActive: indicator.isActive(at: now), version: kept.change,
            lastUpdated: kept.updated.description,
            observables: indicator.terms.map { ($0.key.kind.stixType, $0.key.stixValue) }, stix: indicator.stix)
    }
}
