internal import Casebook
internal import Chronology
internal import Detection
internal import Foundation
internal import JSON
internal import Vocabulary

/// Back-tests as JSON.
enum BacktestWire {
    static func json(_ job: BacktestJobs.Job, withReport: Bool = true) -> JSON {
        var members: JSONObject = [
            "id": .string(job.id.uuidString.lowercased()), "ruleId": .string(job.ruleID),
            "ruleName": .string(job.ruleName), "start": .string(job.range.start.description),
            "end": .string(job.range.end.description), "state": .string(job.state.rawValue),
            "progress": .double(job.progress), "asker": .string(job.asker), "asked": .string(job.asked.description),
            "error": job.error.map { .string($0) } ?? .null,
            "promotion": job.promotion.map { .string($0) } ?? .null,
            "alerts": job.report.map { .int(Int64($0.alerts)) } ?? .null,
        ]
        if withReport { members["report"] = job.report.map { json($0) } ?? .null }
        return .object(members)
    }

    private static func json(_ report: BacktestReport) -> JSON {
        [
            "alerts": .int(Int64(report.alerts)), "alertsPerDay": .double(report.alertsPerDay),
            "newAlerts": .int(Int64(report.newAlerts)), "daysWithRows": .int(Int64(report.daysWithRows)),
            "days": .array(
                report.days.map { day in
                    [
                        "day": .string(String(day.start.description.prefix(10))), "alerts": .int(Int64(day.alerts)),
                        "rows": .int(Int64(day.rows)),
                    ]
                }),
            "entities": .array(
                report.entities.map { named in
                    [
                        "kind": .string(named.entity.kind.rawValue), "name": .string(named.entity.friendlyName),
                        "alerts": .int(Int64(named.alerts)),
                    ]
                }),
            "incidents": .array(
                report.incidents.map { hit in
                    [
                        "id": .string(hit.id.rawValue), "number": .int(Int64(hit.number)),
                        "title": .string(hit.title),
                        "classification": hit.verdict.map { .string($0.rawValue) } ?? .null,
                        "alerts": .int(Int64(hit.alerts)),
                    ]
                }),
            "samples": .array(
                report.samples.map { sample in
                    [
                        "title": .string(sample.title), "severity": .string(sample.severity.rawValue),
                        "time": .string(sample.start.description),
                        "entities": .array(sample.entities.map { .string($0) }),
                        "incidents": .array(sample.incidents.map { .int(Int64($0)) }),
                    ]
                }),
            "tables": .array(
                report.tables.map { ["table": .string($0.table), "rows": .int(Int64($0.rows))] }),
            "cost": json(report.cost), "failures": .array(report.failures.map { .string($0) }),
            "incompleteReason": report.incompleteReason.map { .string($0) } ?? .null,
        ]
    }

    private static func json(_ cost: BacktestReport.Cost) -> JSON {
        [
            "runs": .int(Int64(cost.runs)), "emptyWindows": .int(Int64(cost.emptyWindows)),
            "failedRuns": .int(Int64(cost.failedRuns)), "results": .int(Int64(cost.results)),
            "seconds": .double(cost.seconds), "slowestRunSeconds": .double(cost.slowestRunSeconds),
        ]
    }
}
