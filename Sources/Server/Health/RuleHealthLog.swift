internal import Chronology
internal import Detection
internal import EventStore
internal import JSON
internal import KQLValues
internal import Synchronization
internal import Vocabulary

/// Keeps what rules' runs came to until it is written to `SentinelHealth`, many rows at a time.
final class RuleHealthLog: Sendable {
    /// More than this is not kept when the store cannot be written.
    private static let mostRows = 50_000

    private let waiting = Mutex<[RuleHealth]>([])
    private let resourcePrefix: String

    /// - Parameter resourcePrefix: what comes before a rule's id in its resource id.
    init(resourcePrefix: String) {
        self.resourcePrefix = resourcePrefix
    }

    func note(_ health: RuleHealth) {
        waiting.withLock { waiting in
            if waiting.count < Self.mostRows { waiting.append(health) }
        }
    }

    /// Writes what waits.
    func flush(to store: any EventStore) async throws {
        let rows = waiting.withLock { waiting in
            defer { waiting.removeAll() }
            return waiting
        }
        guard !rows.isEmpty else { return }
        do {
            try await store.append([batch(rows)])
        } catch {
            waiting.withLock { $0 = rows + $0 }
            throw error
        }
    }

    private func batch(_ rows: [RuleHealth]) -> EventBatch {
        var builder = RowBuilder([
            "TimeGenerated": .datetime, "OperationName": .string, "SentinelResourceId": .string,
            "SentinelResourceName": .string, "SentinelResourceType": .string, "SentinelResourceKind": .string,
            "Status": .string, "Description": .string, "Reason": .string, "RecordId": .string,
            "ExtendedProperties": .dynamic, "SourceSystem": .string, "Type": .string,
        ])
        for row in rows { builder.add(cells(row)) }
        return builder.batch("SentinelHealth")
    }

    private func cells(_ health: RuleHealth) -> [String: Value] {
        let isGood = health.status == .success
        let reading = health.reading ?? .whole(.onlyWay)
        return [
            "TimeGenerated": .datetime(health.time),
            "OperationName": .string("\(health.kind) analytics rule run"),
            "SentinelResourceId": .string("\(resourcePrefix)/alertRules/\(health.ruleID)"),
            "SentinelResourceName": .string(health.ruleName), "SentinelResourceType": .string("Analytics Rule"),
            "SentinelResourceKind": .string(health.kind), "Status": .string(isGood ? "Success" : "Failure"),
            "Description": .string(
                isGood
                    ? "Rule executed successfully"
                    : health.status == .disabled ? "Rule was disabled after failing again and again" : "Rule failed"),
            "Reason": .string(isGood ? "" : health.message),
            "RecordId": .string("\(health.ruleID)-\(health.time.ticks)"),
            "ExtendedProperties": .dynamic([
                "RuleId": .string(health.ruleID), "AlertsGeneratedAmount": .int(Int64(health.alerts)),
                "QueryResultAmount": .int(Int64(health.results)),
                "QueryStartTimeUTC": .string(health.window.start.description),
                "QueryEndTimeUTC": .string(health.window.end.description),
                "TriggerType": .string(health.isManual ? "Manual" : "Scheduled"),
                "Outcome": .string(health.status.rawValue),
                "ExecutionTimeMs": .int(Int64(health.seconds * 1_000)), "Reading": .string("\(reading)"),
                "Issues": isGood ? [] : [["Description": .string(health.message)]],
            ]), "SourceSystem": .string("Tocsin"), "Type": .string("SentinelHealth"),
        ]
    }
}
