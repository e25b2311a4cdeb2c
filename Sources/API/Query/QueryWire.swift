internal import Chronology
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLValues

/// The bodies of the query API.
enum QueryWire {
    static func json(_ answer: QueryAnswer, _ preferences: QueryPreferences) -> JSON {
        let tables = answer.tables.enumerated().map { index, table -> JSON in
            [
                "name": .string(index == 0 ? "PrimaryResult" : "Table_\(index)"),
                "columns": columns(of: table.schema),
                "rows": .array(
                    (0..<table.rowCount).map { row in .array(table.columns.map { $0[row].wire }) }),
            ]
        }
        var members: JSONObject = ["tables": .array(tables)]
        if preferences.includesStatistics { members["statistics"] = statistics(answer) }
        if preferences.includesRender, let visualization = answer.visualization {
            var render: JSONObject = ["visualization": .string(visualization)]
            for (name, value) in answer.renderProperties.sorted(by: { $0.key < $1.key }) {
                render[name] = .string(value)
            }
            members["render"] = .object(render)
        }
        if let reason = answer.partialReason {
            members["error"] = [
                "code": "PartialError", "message": .string(reason),
                "details": [["code": "QueryResultTruncated", "message": .string(reason)]],
            ]
        }
        return .object(members)
    }

    static func columns(of schema: TableSchema) -> JSON {
        .array(schema.columns.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] })
    }

    private static func statistics(_ answer: QueryAnswer) -> JSON {
        let statistics = answer.statistics
        let stages = statistics.stages.flatMap(\.self).map { stage -> JSON in
            [
                "name": .string(stage.name), "depth": .int(Int64(stage.depth)), "rows": .int(Int64(stage.rows)),
                "seconds": .double(stage.seconds),
            ]
        }
        let pushed = statistics.pushed.map { part -> JSON in
            ["description": .string(part.description), "sql": .string(part.sql)]
        }
        var query: JSONObject = [
            "executionTime": .double(statistics.seconds), "queueTime": .double(statistics.queuedSeconds),
            "datasetStatistics": [
                ["tableRowCount": .int(Int64(statistics.rows)), "tableSize": .int(Int64(statistics.bytes))]
            ],
            "stages": .array(stages), "pushed": .array(pushed),
            "declines": .array(statistics.declines.map { .string($0) }),
        ]
        query["fallback"] = statistics.fallback.map { .string($0) }
        return ["query": .object(query), "text": .string(statistics.text)]
    }

    static func json(_ query: RunningQuery, now: Instant) -> JSON {
        var members: JSONObject = [
            "id": .string(query.id.uuidString.lowercased()), "user": .string(query.asker.name),
            "query": .string(query.text), "started": .string(query.started.description),
            "state": .string(query.state.rawValue), "elapsedSeconds": .double((now - query.started).seconds),
        ]
        members["stage"] = query.progress.stage.map { .string($0) }
        members["rows"] = query.progress.rows.map { .int(Int64($0)) }
        members["percent"] = query.progress.percent.map { .double($0) }
        return .object(members)
    }

    /// Log Analytics nests what is wrong with a query: `BadArgumentError` around `SyntaxError` or `SemanticError`; what
    /// has a status of its own (504, 429) stands alone.
    static func response(_ problems: [QueryProblem]) -> Response {
        let message = problems.map(\.text).joined(separator: "\n")
        guard let first = problems.first else {
            return Response(status: .badRequest, json: error("BadArgumentError", "the query cannot run"))
        }
        switch first.code {
        case .timedOut: return Response(status: .gatewayTimeout, json: error(first.code.rawValue, message))
        case .cancelled: return Response(status: .conflict, json: error(first.code.rawValue, message))
        case .throttled:
            var response = Response(status: .tooManyRequests, json: error(first.code.rawValue, message))
            response.headers[.retryAfter] = String(retrySeconds)
            return response
        case .syntaxError, .semanticError, .executionError, .limitExceeded:
            var inner: JSONObject = ["code": .string(first.code.rawValue), "message": .string(message)]
            if let line = first.line { inner["line"] = .int(Int64(line)) }
            if let column = first.column { inner["pos"] = .int(Int64(column)) }
            return Response(
                status: .badRequest,
                json: [
                    "error": [
                        "code": "BadArgumentError", "message": "The request had some invalid properties",
                        "innererror": .object(inner),
                    ]
                ])
        }
    }

    /// When a caller that was turned away may try again.
    private static let retrySeconds = 5

    private static func error(_ code: String, _ message: String) -> JSON {
        ["error": ["code": .string(code), "message": .string(message)]]
    }
}

extension QueryProblem {
    fileprivate var text: String { hint.map { "\(message) (\($0))" } ?? message }
}
