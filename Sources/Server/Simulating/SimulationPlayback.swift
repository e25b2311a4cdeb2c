internal import Chronology
public import Foundation
internal import Simulation
internal import StateStore
internal import Vocabulary

/// The simulated intrusion as parts to send, one after the other.
public struct SimulationPlayback: Sendable {
    /// Some of the events, in the order of their times.
    public struct Part: Sendable {
        /// What it is, for people.
        public let title: String
        public let bytes: Data
        public let count: Int
    }

    private let seed: UInt64
    private let speed: Double?
    private let time: TimeSource

    /// How long the attack takes in real time.
    static let duration = TimeSpan.minutes(90)
    /// How much ordinary traffic comes before it.
    static let prelude = TimeSpan.minutes(60)

    /// - Parameter speed: nil: everything at once, with times that end now; else so many times faster than real time, from
    ///   now on.
    public init(seed: UInt64, speed: Double?) {
        self.seed = seed
        self.speed = speed
        time = .system
    }

    /// Gives each part to `send`, at its time when a speed is set.
    public func run(_ send: (Part) async throws -> Void) async throws {
        guard let speed, speed > 0 else { return try await runAtOnce(send) }
        let start = time.now()
        let length = TimeSpan.seconds(Self.duration.seconds / speed)
        let scenario = IntrusionScenario(seed: seed, start: start, duration: length)
        var playedUntil = start
        while playedUntil < start + length {
            try await Task.sleep(for: .seconds(1))
            let now = time.now()
            let part = TimeRange(start: playedUntil, end: now)
            try await send(Self.part(scenario, part))
            playedUntil = now
        }
    }

    private func runAtOnce(_ send: (Part) async throws -> Void) async throws {
        let end = time.now()
        let scenario = IntrusionScenario(seed: seed, start: end - Self.duration, duration: Self.duration)
        var playedUntil = end - Self.duration - Self.prelude
        while playedUntil < end {
            let part = TimeRange(start: playedUntil, end: min(playedUntil + .minutes(30), end))
            try await send(Self.part(scenario, part))
            playedUntil = part.end
        }
    }

    /// Writes the events of the last two and a half hours into one file per format, for `tocsin ingest`.
    public func write(to folder: URL) throws -> [(name: String, count: Int)] {
        let end = time.now()
        let scenario = IntrusionScenario(seed: seed, start: end - Self.duration, duration: Self.duration)
        let events = scenario.events(in: TimeRange(start: end - Self.duration - Self.prelude, end: end))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try SimulatedEvent.Format.allCases.map { format in
            let lines = events.filter { $0.format == format }.map(\.line)
            let name = "\(format.rawValue).\(format == .syslog ? "log" : "ndjson")"
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: name))
            return (name, lines.count)
        }
    }

    private static func part(_ scenario: IntrusionScenario, _ range: TimeRange) -> Part {
        let events = scenario.events(in: range)
        let stages = AttackStage.allCases.filter { stage in events.contains { $0.stage == stage } }.map(\.rawValue)
        let clock = { (instant: Instant) in String(instant.formatted(fractionDigits: 0).dropFirst(11).dropLast(1)) }
        var title = "\(clock(range.start))–\(clock(range.end))"
        if !stages.isEmpty { title += " (\(stages.joined(separator: ", ")))" }
        let text = events.map(\.line).joined(separator: "\n") + (events.isEmpty ? "" : "\n")
        return Part(title: title, bytes: Data(text.utf8), count: events.count)
    }
}
