internal import Chronology
internal import GRDB
internal import StateStore
internal import ThreatIntelligence

/// All indicators as the matcher holds them: the index of their values, and of each what is needed on a match.
struct IndicatorSet: Sendable {
    /// What is held of an indicator; texts that many share are held once.
    private struct Held: Sendable {
        var id = ""
        var validFrom = Instant.max
        var validUntil = Instant.min
        var confidence: Int8 = -1
        var source: Int32 = 0
        var name: Int32 = 0
        /// The first term of its present version; older ones match no more.
        var firstTerm: UInt32 = .max
    }

    /// What a match tells of its indicator.
    struct Match: Sendable, Hashable {
        var id: String
        var source: String
        /// Empty where the indicator has a name of its own that is not held.
        var name: String
        var confidence: Int?
        var validUntil: Instant?
        var term: IndicatorTerm
    }

    private(set) var index = ObservableIndex()
    private(set) var allowed = ObservableIndex()
    /// The last change that this set has seen.
    private(set) var lastChange: Int64
    private var held: [Held] = []
    /// By the observable's number in the index: the indicator.
    private var owners: [UInt32] = []
    private var values: [UInt32: IndicatorTerm] = [:]
    private var texts: [String] = [""]
    private var textNumbers: [String: Int32] = ["": 0]

    private static let mostTexts = 65_536

    /// A set of the indicators that change after `change`.
    init(after change: Int64 = 0) {
        lastChange = change
    }

    var count: Int { held.reduce(0) { $0 + ($1.firstTerm == .max ? 0 : 1) } }
    var byteCount: Int { index.byteCount + held.count * MemoryLayout<Held>.stride + owners.count * 5 }

    /// Terms of versions that were replaced, as a share of all.
    var staleShare: Double {
        owners.isEmpty ? 0 : 1 - Double(activeTerms) / Double(owners.count)
    }
    private var activeTerms = 0

    /// Takes one version of an indicator.
    mutating func put(
        number: Int64, id: String, source: String, name: String, confidence: Int?, validFrom: Instant,
        validUntil: Instant?, isMatched: Bool, terms: [IndicatorTerm], change: Int64
    ) {
        let position = Int(number)
        while held.count <= position { held.append(Held()) }
        activeTerms -= termCount(position)
        lastChange = max(lastChange, change)
        guard isMatched, !terms.isEmpty else {
            held[position] = Held()
            return
        }
        held[position] = Held(
            id: id, validFrom: validFrom, validUntil: validUntil ?? .max, confidence: Int8(confidence ?? -1),
            source: text(source), name: text(name), firstTerm: UInt32(owners.count))
        for term in terms {
            let number = UInt32(owners.count)
            owners.append(UInt32(position))
            if !term.companions.isEmpty || !term.unchecked.isEmpty { values[number] = term }
            index.insert(term.key, number: number)
        }
        activeTerms += terms.count
    }

    private func termCount(_ position: Int) -> Int {
        guard held[position].firstTerm != .max else { return 0 }
        var term = Int(held[position].firstTerm)
        var count = 0
        while term < owners.count, owners[term] == UInt32(position) {
            count += 1
            term += 1
        }
        return count
    }

    private mutating func text(_ text: String) -> Int32 {
        if let known = textNumbers[text] { return known }
        guard texts.count < Self.mostTexts else { return 0 }
        let number = Int32(texts.count)
        texts.append(text)
        textNumbers[text] = number
        return number
    }

    mutating func allow(_ observables: [Observable]) {
        allowed = ObservableIndex(capacity: observables.count)
        for observable in observables { allowed.insert(observable, number: 0) }
    }

    /// The indicator behind an observable's number, if it is to be looked for in an event of that time.
    func match(_ number: ObservableIndex.Number, at time: Instant) -> Match? {
        let indicator = held[Int(owners[Int(number)])]
        guard number >= indicator.firstTerm, indicator.validFrom <= time, time < indicator.validUntil,
            let value = observable(number)
        else { return nil }
        return Match(
            id: indicator.id, source: texts[Int(indicator.source)], name: texts[Int(indicator.name)],
            confidence: indicator.confidence < 0 ? nil : Int(indicator.confidence),
            validUntil: indicator.validUntil == .max ? nil : indicator.validUntil,
            term: values[number] ?? IndicatorTerm(value))
    }

    /// The observable of a number: observables are put into the index in the order of their numbers.
    func observable(_ number: ObservableIndex.Number) -> Observable? { index.observable(at: Int(number)) }
}

extension IndicatorStore {
    /// Reads the versions that came after those which `set` has, `limit` at most.
    ///
    /// - Returns: How many were read.
    func load(into set: inout IndicatorSet, upTo last: Int64 = .max, limit: Int = 20_000) async throws -> Int {
        let after = set.lastChange
        let rows = try await database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT number, id, change, source, name, valid_from, valid_until, confidence,
                        is_revoked = 0 AND is_deleted = 0 AS is_matched
                    FROM detection_indicator WHERE change > ? AND change <= ? ORDER BY change LIMIT ?
                    """, arguments: [after, last, limit])
            let numbers = rows.map { $0["number"] as Int64 }
            guard let first = numbers.min(), let last = numbers.max() else { return [VersionRow]() }
            let isDense = last - first < Int64(limit) * 2
            let terms =
                isDense
                ? try StoredTerm.terms(ofIndicators: first...last, in: database)
                : try numbers.reduce(into: [:]) { terms, number in
                    terms[number] = try StoredTerm.terms(ofIndicators: number...number, in: database)[number]
                }
            return rows.map { VersionRow($0, terms: terms[$0["number"]] ?? []) }
        }
        for row in rows {
            set.put(
                number: row.number, id: row.id, source: row.source, name: row.name, confidence: row.confidence,
                validFrom: row.validFrom, validUntil: row.validUntil, isMatched: row.isMatched, terms: row.terms,
                change: row.change)
        }
        return rows.count
    }

    /// The number of the last change.
    func lastChange() async throws -> Int64 {
        try await database.read { database in
            try Int64.fetchOne(database, sql: "SELECT MAX(change) FROM detection_indicator") ?? 0
        }
    }
}

/// A version of an indicator as `load` reads it.
private struct VersionRow: Sendable {
    let number: Int64
    let id: String
    let change: Int64
    let source: String
    let name: String
    let confidence: Int?
    let validFrom: Instant
    let validUntil: Instant?
    let isMatched: Bool
    let terms: [IndicatorTerm]

    init(_ row: Row, terms: [IndicatorTerm]) {
        number = row["number"]
        id = row["id"]
        change = row["change"]
        source = row["source"]
        name = row["name"]
        confidence = row["confidence"]
        validFrom = Instant(ticks: row["valid_from"])
        validUntil = (row["valid_until"] as Int64?).map { Instant(ticks: $0) }
        isMatched = row["is_matched"]
        self.terms = terms
    }
}
