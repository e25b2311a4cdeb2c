internal import Chronology
internal import EventStore
internal import Logging
internal import StateStore

/// Archives and drops what is old enough, every hour.
struct RetentionLoop: Sendable {
    let core: Core

    func run() async throws {
        while true {
            try await Task.sleep(for: .seconds(3600))
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
