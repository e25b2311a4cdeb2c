/// Joins hits of rules to matches of correlations: a state machine without a clock.
///
/// Hits may come in any order, as they do from several places; one that comes again changes nothing. What can be told as
/// soon as enough has happened is told then; conditions that more events could still undo (`lt`, `eq`, averages…) when their
/// time is over and no more of their hits have come for a while. A match takes all hits from its first one to the end of the
/// timespan, so that a flood makes one match per timespan.
public struct SigmaCorrelator: Sendable {
    /// Bounds of memory and patience.
    public struct Policy: Sendable {
        /// For how many milliseconds conditions that more events could undo wait for hits that are late.
        public var tolerance: Int64 = 300_000
        /// By how many milliseconds a hit may be older than the newest of its group and take part in a match, besides the
        /// timespan.
        public var lateness: Int64 = 3_600_000
        public var mostGroups = 100_000
        public var mostHitsPerGroup = 10_000
        public var payloadsPerMatch = 10

        public init() {}
    }

    private struct Key: Hashable {
        let correlation: Int
        let group: [String]
    }

    /// Where a rule's hits go.
    private struct Use {
        let correlation: Int
        /// The places in the correlation's list at which it names the rule; an ordered one may name it twice.
        let positions: [Int]
        let reference: String
    }

    public let correlations: [SigmaCorrelation]
    private let policy: Policy
    private let uses: [String: [Use]]
    private var groups: [Key: CorrelationGroup] = [:]
    /// Groups that wait for the end of their time.
    private var waiting: Set<Key> = []
    private var watermark = Int64.min
    private var nextClosing = Int64.max

    /// - Parameters:
    ///   - correlations: linked by `SigmaReading.link()`, so that each names only rules and those before it.
    ///   - rules: of which the names are known.
    public init(_ correlations: [SigmaCorrelation], rules: [SigmaRule], policy: Policy = Policy()) {
        self.correlations = correlations
        self.policy = policy
        var ids: [String: String] = [:]
        for rule in rules { ids[rule.name ?? rule.id] = rule.id }
        for correlation in correlations {
            ids[correlation.header.name ?? correlation.header.id] = correlation.header.id
        }
        var uses: [String: [Use]] = [:]
        for (number, correlation) in correlations.enumerated() {
            for reference in Set(correlation.rules).sorted() {
                let positions = correlation.rules.indices.filter { correlation.rules[$0] == reference }
                uses[ids[reference] ?? reference, default: []].append(
                    Use(correlation: number, positions: positions, reference: reference))
            }
        }
        self.uses = uses
    }

    /// Whether a correlation joins hits of that rule.
    public func joins(_ rule: String) -> Bool { uses[rule] != nil }

    /// Whether the rule's hits are only for correlations and make no alerts of their own.
    public func absorbs(_ rule: String) -> Bool {
        uses[rule]?.allSatisfy { !correlations[$0.correlation].generates } ?? false
    }

    /// The fields that hits of a rule must tell, as the correlations write them.
    public func fields(of rule: String) -> Set<String> {
        var names: Set<String> = []
        for use in uses[rule] ?? [] {
            let correlation = correlations[use.correlation]
            for name in correlation.groupBy + correlation.fields {
                names.insert(correlation.field(name, of: use.reference))
            }
        }
        return names
    }

    /// The longest time after which a hit may still take part in a match, in milliseconds.
    public var memory: Int64 {
        (correlations.map(\.timespan).max() ?? 0) * 1_000 + latest
    }

    private var latest: Int64 { max(policy.tolerance, policy.lateness) }

    /// Takes a hit and gives the matches that it completes.
    public mutating func add(_ hit: SigmaHit) -> [SigmaCorrelationMatch] {
        var matches: [SigmaCorrelationMatch] = []
        take(hit, &matches)
        return matches + advance(to: hit.time)
    }

    /// Tells that events until that time (milliseconds since 1970) have come, give or take the tolerance; gives the matches
    /// whose time is over.
    public mutating func advance(to time: Int64) -> [SigmaCorrelationMatch] {
        watermark = max(watermark, time)
        var matches: [SigmaCorrelationMatch] = []
        while watermark > nextClosing { close(&matches) }
        return matches
    }

    /// Remembers a match of an earlier life: its hits make no other.
    public mutating func restore(correlation id: String, group: [String], _ range: ClosedRange<Int64>) {
        guard let number = correlations.firstIndex(where: { $0.header.id == id }) else { return }
        groups[Key(correlation: number, group: group), default: CorrelationGroup()].consumed.append(range)
    }

    private mutating func take(_ hit: SigmaHit, _ matches: inout [SigmaCorrelationMatch]) {
        for use in uses[hit.rule] ?? [] {
            let correlation = correlations[use.correlation]
            func value(_ name: String) -> String? {
                hit.values[correlation.field(name, of: use.reference).lowercased()]
            }
            let group = correlation.groupBy.compactMap { value($0) }
            let values = correlation.fields.compactMap { value($0) }
            // An event without one of the fields cannot be said to belong to any group.
            guard group.count == correlation.groupBy.count, values.count == correlation.fields.count else { continue }
            let key = Key(correlation: use.correlation, group: group)
            for position in correlation.kind == .temporalOrdered ? use.positions : Array(use.positions.prefix(1)) {
                let entry = CorrelationGroup.Entry(
                    time: hit.time, rule: position, event: hit.event, value: values.joined(separator: "\u{1F}"),
                    payload: hit.payload, seen: max(watermark, hit.time))
                insert(entry, into: key, &matches)
            }
        }
    }

    private mutating func insert(
        _ entry: CorrelationGroup.Entry, into key: Key, _ matches: inout [SigmaCorrelationMatch]
    ) {
        let correlation = correlations[key.correlation]
        let span = correlation.timespan * 1_000
        let countsRules = correlation.kind == .temporal || correlation.kind == .temporalOrdered
        if groups[key] == nil { makeRoom() }
        let place = groups[key, default: CorrelationGroup()].insert(
            entry, countsRules: countsRules, horizon: span + latest, most: policy.mostHitsPerGroup)
        guard let place, let group = groups[key] else { return }
        guard correlation.isMonotone else {
            // Only a new first hit brings the decision forward.
            if waiting.insert(key).inserted || place == 0 {
                nextClosing = min(nextClosing, group.decision(span: span, tolerance: policy.tolerance) ?? .max)
            }
            return
        }
        guard let (window, value) = correlation.completed(by: place, of: group) else { return }
        settle(key, window, value, &matches)
    }

    /// Tells of a match and hands it on to correlations over this one.
    private mutating func settle(
        _ key: Key, _ window: ArraySlice<CorrelationGroup.Entry>, _ value: Double,
        _ matches: inout [SigmaCorrelationMatch]
    ) {
        guard let first = window.first, let last = window.last else { return }
        let correlation = correlations[key.correlation]
        let until = first.time + correlation.timespan * 1_000
        groups[key]?.consume(first.time...until)
        var values: [String: String] = [:]
        for (name, value) in zip(correlation.groupBy, key.group) { values[name.lowercased()] = value }
        let payloads = window.suffix(policy.payloadsPerMatch).map(\.payload)
        let match = SigmaCorrelationMatch(
            correlation: correlation, group: key.group, start: first.time, end: last.time, until: until, value: value,
            hits: window.count, payloads: payloads,
            hit: SigmaHit(
                rule: correlation.header.id, time: last.time, event: "\(key.group) \(first.time)", values: values,
                payload: payloads.last ?? ""))
        matches.append(match)
        take(match.hit, &matches)
    }

    /// Settles the groups whose time is over.
    private mutating func close(_ matches: inout [SigmaCorrelationMatch]) {
        nextClosing = .max
        for key in waiting {
            let correlation = correlations[key.correlation]
            let span = correlation.timespan * 1_000
            while let decision = groups[key]?.decision(span: span, tolerance: policy.tolerance) {
                guard decision < watermark, let window = groups[key]?.firstWindow(span: span) else {
                    nextClosing = min(nextClosing, decision)
                    break
                }
                if let value = correlation.value(of: window), correlation.accepts(value) {
                    settle(key, window, value, &matches)
                } else if let first = window.first {
                    groups[key]?.consume(first.time...(first.time + span))
                }
            }
            if groups[key]?.entries.isEmpty ?? true { waiting.remove(key) }
        }
    }

    /// Forgets the groups that have been quiet longest when there are too many.
    private mutating func makeRoom() {
        guard groups.count >= policy.mostGroups else { return }
        let quietest = groups.sorted { $0.value.newest < $1.value.newest }.prefix(policy.mostGroups / 10 + 1)
        for (key, _) in quietest {
            groups[key] = nil
            waiting.remove(key)
        }
    }
}

extension SigmaCorrelation {
    /// The first timespan with the hit at a place that matches, and its value. A late hit may complete any that it lies in, a
    /// hit in order only the one that it ends.
    fileprivate func completed(
        by place: Int, of group: CorrelationGroup
    ) -> (window: ArraySlice<CorrelationGroup.Entry>, value: Double)? {
        let span = timespan * 1_000
        let time = group.entries[place].time
        let last = group.entries[place...].prefix { $0.time <= time + span }.endIndex - 1
        // Where all around the late hit is not enough, no part of it is; a sum has parts that take away.
        if last > place, kind != .valueSum {
            let around = group.window(endingAt: place, span: span) + group.entries[(place + 1)...last]
            guard let most = value(of: around), accepts(most) else { return nil }
        }
        for end in place...last {
            let window = group.window(endingAt: end, span: span)
            if let value = value(of: window), accepts(value) { return (window, value) }
        }
        return nil
    }

    /// What is compared with the bounds; nil when no value is a number.
    func value(of window: ArraySlice<CorrelationGroup.Entry>) -> Double? {
        switch kind {
        case .eventCount: return Double(window.count)
        case .valueCount: return Double(Set(window.map(\.value)).count)
        case .temporal: return Double(Set(window.map { rules[$0.rule] }).count)
        case .temporalOrdered:
            var reached = 0
            for entry in window where reached < rules.count && entry.rule == reached { reached += 1 }
            return Double(reached)
        case .valueSum: return numbers(window)?.reduce(0, +)
        case .valueAverage: return numbers(window).map { $0.reduce(0, +) / Double($0.count) }
        case .valueMedian: return numbers(window).map { Self.percentile(50, of: $0) }
        case .valuePercentile: return numbers(window).map { Self.percentile(percentile, of: $0) }
        }
    }

    private func numbers(_ window: ArraySlice<CorrelationGroup.Entry>) -> [Double]? {
        let numbers = window.compactMap { Double($0.value) }.filter(\.isFinite)
        return numbers.isEmpty ? nil : numbers
    }

    /// By linear interpolation between the nearest ranks.
    private static func percentile(_ percent: Double, of numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        let rank = percent / 100 * Double(sorted.count - 1)
        let lower = sorted[Int(rank.rounded(.down))]
        return lower + (sorted[Int(rank.rounded(.up))] - lower) * (rank - rank.rounded(.down))
    }
}
