internal import Casebook
internal import Detection
internal import Exposition
internal import Foundation
internal import Notification
internal import Response
internal import StateStore

/// What Prometheus is told of an installation: sources, store, rules, incidents, messages, playbook runs.
struct LifeMetrics: Sendable {
    let life: Life

    func families() async throws -> [MetricFamily] {
        SourceMetrics.families(life.health, at: life.core.time.now()) + files() + (await rules())
            + (try await casebook()) + (try await reactions())
    }

    private func files() -> [MetricFamily] {
        var sizes = MetricFamily("tocsin_file_bytes", .gauge, help: "Bytes of the databases and their logs on disk.")
        let settings = life.core.settings
        for file in [settings.eventFile.path, settings.stateFile.path] {
            for path in [file, file + ".wal", file + "-wal"] {
                // A log that is not there holds nothing.
                guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
                    continue
                }
                sizes.add(Double(size), ["file": URL(filePath: path).lastPathComponent])
            }
        }
        return [sizes]
    }

    private func rules() async -> [MetricFamily] {
        var alerts = MetricFamily("tocsin_rule_alerts_total", .counter, help: "Alerts that a rule raised.")
        var failing = MetricFamily("tocsin_rule_failing", .gauge, help: "1 while a rule's last run failed.")
        for status in await life.runner.statuses() {
            alerts.add(Double(status.alerts), ["rule": status.rule.id, "name": status.rule.name])
            failing.add(
                status.schedule.failureCode == nil ? 0 : 1, ["rule": status.rule.id, "name": status.rule.name])
        }
        return [alerts, failing]
    }

    private func casebook() async throws -> [MetricFamily] {
        let counts = try await life.core.casebook.counts()
        var incidents = MetricFamily("tocsin_incidents", .gauge, help: "Incidents by status.")
        for (status, count) in counts.byStatus { incidents.add(Double(count), ["status": status.rawValue]) }
        return [
            incidents,
            MetricFamily("tocsin_alerts_total", .counter, help: "Alerts recorded.", value: Double(counts.alerts)),
        ]
    }

    private func reactions() async throws -> [MetricFamily] {
        var messages = MetricFamily("tocsin_notifications", .gauge, help: "Messages in the outbox by state.")
        for (state, count) in try await life.notifications.counts() { messages.add(Double(count), ["state": state]) }
        var runs = MetricFamily("tocsin_playbook_runs", .gauge, help: "Playbook runs by status.")
        for (status, count) in try await life.response.runCounts() { runs.add(Double(count), ["status": status]) }
        return [messages, runs]
    }
}
