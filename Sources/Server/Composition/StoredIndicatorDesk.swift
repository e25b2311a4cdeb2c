internal import API
internal import Chronology
internal import Detection
internal import JSON
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

    func query(_ criteria: JSON, limit: Int, offset: Int) async throws -> [IndicatorRecord] {
        let kept = try await store.indicators(IndicatorQuery(criteria), limit: limit, offset: offset)
        return kept.map { IndicatorRecord($0, now: time.now()) }
    }

    func metrics() async throws -> IndicatorMetrics {
        let counts = try await store.metrics()
        let kinds = Dictionary(grouping: counts.kinds) {
            ObservableKind(rawValue: $0.name)?.stixType ?? $0.name
        }
        return IndicatorMetrics(
            time: time.now(), threats: counts.threats,
            kinds: kinds.map { ($0.key, $0.value.reduce(0) { $0 + $1.count }) }.sorted { $0.0 < $1.0 },
            sources: try await store.countsBySource().map { ($0.source, $0.total) })
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

extension IndicatorQuery {
    /// Sentinel's filtering criteria.
    fileprivate init(_ criteria: JSON) {
        self.init()
        func texts(_ name: String) -> [String] {
            criteria[name]?.arrayValue?.compactMap(\.stringValue) ?? criteria[name]?.stringValue.map { [$0] } ?? []
        }
        keywords = texts("keywords").filter { !$0.isEmpty }
        ids = texts("ids").map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        sources = texts("sources")
        threatTypes = texts("threatTypes")
        let types = Set(texts("patternTypes").map { $0.lowercased() })
        kinds = ObservableKind.allCases.filter { types.contains($0.stixType) || types.contains($0.rawValue) }
        // A type that Tocsin does not know fits no indicator.
        if kinds.isEmpty, !types.isEmpty { ids.append("") }
        let least = criteria["minConfidence"]?.intValue.map(Int.init)
        let most = criteria["maxConfidence"]?.intValue.map(Int.init)
        if least != nil || most != nil {
            confidence = min(least ?? 0, most ?? 100)...max(least ?? 0, most ?? 100)
        }
        earliestEnd = criteria["minValidUntil"]?.stringValue.flatMap { Instant(iso8601: $0) }
        latestEnd = criteria["maxValidUntil"]?.stringValue.flatMap { Instant(iso8601: $0) }
        includesRevoked = criteria["includeDisabled"]?.boolValue ?? false
        if let sort = criteria["sortBy"]?[0], let key = sort["itemKey"]?.stringValue,
            let order = Order.allCases.first(where: { $0.rawValue.lowercased() == key.lowercased() })
        {
            self.order = order
            isAscending = sort["sortOrder"]?.stringValue?.lowercased() != "descending"
        }
    }
}
