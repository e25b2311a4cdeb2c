internal import Chronology
internal import Foundation
internal import JSON
internal import Simulation
internal import StateStore
internal import Vocabulary

/// A simulated intrusion that unfolds while the server runs: three hours of history with the attack under way, then real
/// time. It goes on where it was after a restart; a day later a new attack begins.
public struct SimulationPlan: Sendable {
    /// The same seed gives the same organisation and the same attack.
    public var seed: UInt64

    public init(seed: UInt64) {
        self.seed = seed
    }

    /// How long the attack takes, and how much of it lies in the past when it is first played.
    static let duration = TimeSpan.minutes(75)
    static let head = TimeSpan.minutes(60)
    static let history = TimeSpan.hours(3)
    static let renewal = TimeSpan.hours(24)

    var note: String {
        "A simulated intrusion unfolds among the traffic of some 50 users and 30 hosts (all invented)."
    }

    /// Plays what lies between the last event played, or three hours ago, and now.
    func playHistory(_ life: Life) async throws {
        let now = life.core.time.now()
        var state = SimulationState.read(life.core.settings.dataFolder)
        if state.map({ $0.start + Self.renewal < now }) ?? true {
            state = SimulationState(
                start: now - Self.head, playedUntil: max(state?.playedUntil ?? .min, now - Self.history))
        }
        guard var state else { return }
        state.playedUntil = max(state.playedUntil, now - Self.history)
        try await play(until: now, &state, life)
    }

    /// Goes on in real time, a second at a time.
    func loop(_ life: Life) -> Loop {
        life.loop("simulation") {
            while let next = SimulationState.read(life.core.settings.dataFolder) {
                var state = next
                try await play(until: life.core.time.now(), &state, life)
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func play(until end: Instant, _ state: inout SimulationState, _ life: Life) async throws {
        let scenario = IntrusionScenario(seed: seed, start: state.start, duration: Self.duration)
        while state.playedUntil < end {
            let part = TimeRange(start: state.playedUntil, end: min(state.playedUntil + .minutes(10), end))
            let lines = scenario.events(in: part).map(\.line).joined(separator: "\n")
            if !lines.isEmpty { try await life.intake.take(text: lines + "\n", origin: "simulation") }
            state.playedUntil = part.end
            try state.write(life.core.settings.dataFolder)
        }
    }
}

/// How far a simulation was played.
private struct SimulationState {
    var start: Instant
    var playedUntil: Instant

    private static func file(_ folder: URL) -> URL { folder.appending(path: "simulation.json") }

    static func read(_ folder: URL) -> SimulationState? {
        guard let data = FileManager.default.contents(atPath: file(folder).path),
            // A file that cannot be read was left half-written: the simulation begins anew.
            let json = try? JSON(parsing: data),
            let start = json["start"]?.stringValue.flatMap({ Instant(iso8601: $0) }),
            let until = json["playedUntil"]?.stringValue.flatMap({ Instant(iso8601: $0) })
        else { return nil }
        return SimulationState(start: start, playedUntil: until)
    }

    func write(_ folder: URL) throws {
        let json: JSON = ["start": .string(start.description), "playedUntil": .string(playedUntil.description)]
        try Data(json.description.utf8).write(to: SimulationState.file(folder), options: .atomic)
    }
}

extension Settings {
    /// Lets rules run at once on fresh events: a demonstration has no late data to wait for.
    public mutating func applyDemonstrationTiming() {
        detection.scheduledDelay = .seconds(10)
        detection.nearRealTimeDelay = .seconds(5)
    }
}
