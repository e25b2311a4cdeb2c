internal import Chronology
internal import EventStore
internal import Logging
internal import StateStore

/// Archives and drops what is old enough, every hour, and compacts the store once a day.
struct RetentionLoop: Sendable {
    private static let hoursBetweenCompactions = 24

    let core: Core

    func run() async throws {
        for hour in 1... {
            try await Task.sleep(for: .seconds(3600))
            if hour % Self.hoursBetweenCompactions == 0 { try await core.upkeep().compact() }
            let report = try await core.upkeep().applyRetention(at: core.time.now())
            guard !report.isEmpty else { continue }
            core.logger.notice(
                "retention",
                metadata: [
                    "archived": "\(report.archived.joined(separator: ", "))",
                    "dropped": "\(report.dropped.joined(separator: ", "))",
                ])
        }
    }
}
