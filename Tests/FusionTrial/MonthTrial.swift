internal import Casebook
internal import Chronology
internal import Detection
internal import Logging
internal import Prioritization
public import Simulation
internal import StateStore
internal import Synchronization

/// A simulated month played through the real rooms: alerts into the casebook day by day, fusion and priorities after each
/// day, nobody closing anything. Tells where the intrusions stand in the queue at the end.
public struct MonthTrial: Sendable {
    /// What became of an intrusion.
    public struct Sighting: Sendable {
        public var kind: IntrusionKind
        /// The incident with most of its alerts, by its place in the queue, counted from 1; nil: none was fused.
        public var rank: Int?
        /// Incidents above one alert of it that Fusion made.
        public var fusedIncidents: Int
        /// Its alerts, and those of them in the incident.
        public var alerts: Int
        public var alertsInIncident: Int
    }

    public var alerts = 0
    public var incidents = 0
    public var fused = 0
    /// Fused incidents without two alerts of an intrusion.
    public var falseFused = 0
    /// Of the alerts in fused incidents, those of intrusions.
    public var precision = 0.0
    public var sightings: [Sighting] = []
    /// The least share of the noise's incidents that an intrusion stands before by its best incident, 0 to 1; ties by half.
    public var leastPlace = 0.0
    /// The chance that an incident with two or more of an intrusion's alerts has a higher score than one of noise alone.
    public var auc = 0.0
    /// Spearman's rank correlation of score and truth over all incidents.
    public var correlation = 0.0
    public var seconds = 0.0

    /// All intrusions are one incident each, within the first `number` of the queue.
    public func surfaces(within number: Int = 5) -> Bool {
        sightings.allSatisfy { sighting in
            sighting.fusedIncidents == 1 && (sighting.rank ?? .max) <= number
        }
    }

    /// The worst place in the queue of an intrusion; nil when one was not fused.
    public var worstRank: Int? {
        let ranks = sightings.compactMap(\.rank)
        return ranks.count == sightings.count ? ranks.max() : nil
    }

    /// - Parameter seed: of the month.
    public init(
        seed: UInt64, days: Int = 30, alertsPerDay: Int = 200, kind: SimulatedMonth.Kind = .usual
    ) async throws {
        let start = Instant(ticks: 639_000_000_000_000_000)
        let began = ContinuousClock.now
        let month = SimulatedMonth(seed: seed, start: start, days: days, alertsPerDay: alertsPerDay, kind: kind)
        let clock = TrialClock(start)
        let time = TimeSource { clock.now }
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        let casebook = Casebook(database: database, time: time)
        let fusion = Fusion(casebook: casebook, database: database, time: time, logger: Logger(label: "trial"))
        let prioritizer = Prioritizer(casebook: casebook, journal: database.journal, time: time)
        var rest = month.alerts[...]
        for day in 1...days {
            let end = start + .days(Int64(day))
            while let next = rest.first, next.alert.startTime < end {
                try await casebook.record(next.alert, grouping: next.grouping, by: .room("Detection"))
                rest.removeFirst()
            }
            clock.now = end
            try await fusion.processPending()
        }
        try await prioritizer.processPending()
        alerts = month.alerts.count
        try await judge(month, casebook)
        seconds = (ContinuousClock.now - began) / .seconds(1)
    }

    private mutating func judge(_ month: SimulatedMonth, _ casebook: Casebook) async throws {
        var kinds: [AlertID: IntrusionKind] = [:]
        for made in month.alerts { if let id = made.alert.id { kinds[id] = made.intrusion } }
        let queue = try await queue(casebook)
        incidents = queue.count
        var places: [IntrusionKind: [(rank: Int, count: Int)]] = [:]
        var inFused = (all: 0, intrusion: 0)
        for (position, incident) in queue.enumerated() where incident.alertProductNames.contains("Fusion") {
            let members = incident.alertIDs.filter { $0.rawValue.hasPrefix("month-") }
            let counts = Dictionary(grouping: members.compactMap { kinds[$0] }, by: { $0 }).mapValues(\.count)
            fused += 1
            inFused.all += members.count
            inFused.intrusion += counts.values.reduce(0, +)
            guard let best = counts.max(by: { $0.value < $1.value }), best.value > 1 else {
                falseFused += 1
                continue
            }
            places[best.key, default: []].append((position + 1, best.value))
        }
        rank(queue, kinds)
        precision = inFused.all == 0 ? 1 : Double(inFused.intrusion) / Double(inFused.all)
        sightings = IntrusionKind.allCases.map { kind in
            let best = places[kind]?.max { $0.count < $1.count }
            return Sighting(
                kind: kind, rank: best?.rank, fusedIncidents: places[kind]?.count ?? 0,
                alerts: kinds.values.count { $0 == kind }, alertsInIncident: best?.count ?? 0)
        }
    }
}

extension MonthTrial {
    /// All open incidents in the order of the queue.
    fileprivate func queue(_ casebook: Casebook) async throws -> [Incident] {
        var queue: [Incident] = []
        while true {
            let page = try await casebook.incidents(
                IncidentQuery(.not(.status([.closed])), order: .queue, limit: 1_000, offset: queue.count))
            queue += page.incidents
            if page.incidents.isEmpty || queue.count >= page.total { return queue }
        }
    }

    /// How well scores tell intrusions from noise: an incident is of an intrusion with two of its alerts, or with one that is
    /// the greater part of it.
    fileprivate mutating func rank(_ incidents: [Incident], _ kinds: [AlertID: IntrusionKind]) {
        var noise: [Double] = []
        var right: [Double] = []
        var best: [IntrusionKind: Double] = [:]
        for incident in incidents {
            let score = Double(incident.priority?.score ?? 0)
            let members = incident.alertIDs.filter { $0.rawValue.hasPrefix("month-") }
            let counts = Dictionary(grouping: members.compactMap { kinds[$0] }, by: { $0 }).mapValues(\.count)
            guard let most = counts.max(by: { $0.value < $1.value }), most.value > 1 || members.count == 1 else {
                noise.append(score)
                continue
            }
            right.append(score)
            best[most.key] = max(best[most.key] ?? 0, score)
        }
        leastPlace =
            IntrusionKind.allCases.map { kind in
                RankStatistics.auc([best[kind] ?? 0], over: noise) ?? 1
            }.min() ?? 1
        auc = RankStatistics.auc(right, over: noise) ?? 1
        correlation =
            RankStatistics.correlation(
                right + noise, right.map { _ in 1 } + noise.map { _ in 0 }) ?? 0
    }
}

/// The time of the simulated organisation.
private final class TrialClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ start: Instant) { instant = Mutex(start) }

    var now: Instant {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }
}
