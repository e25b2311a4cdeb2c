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
    static func reply(_ problems: [QueryProblem]) -> QueryReply {
        let message = problems.map(\.text).joined(separator: "\n")
        guard let first = problems.first else {
            return QueryReply(.badRequest, error("BadArgumentError", "the query cannot run"))
        }
        switch first.code {
        case .timedOut: return QueryReply(.gatewayTimeout, error(first.code.rawValue, message))
        case .cancelled: return QueryReply(.conflict, error(first.code.rawValue, message))
        case .throttled:
            return QueryReply(
                .tooManyRequests, error(first.code.rawValue, message), retrySeconds: retrySeconds)
        case .syntaxError, .semanticError, .executionError, .limitExceeded:
            var inner: JSONObject = ["code": .string(first.code.rawValue), "message": .string(message)]
            if let line = first.line { inner["line"] = .int(Int64(line)) }
            if let column = first.column { inner["pos"] = .int(Int64(column)) }
            return QueryReply(
                .badRequest,
                [
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

/// What a query is answered with, alone or as a part of a batch.
struct QueryReply {
    let status: HTTPResponse.Status
    let json: JSON
    /// When it may be sent again.
    let retrySeconds: Int?

    init(_ status: HTTPResponse.Status, _ json: JSON, retrySeconds: Int? = nil) {
        self.status = status
        self.json = json
        self.retrySeconds = retrySeconds
    }

    var response: Response {
        var response = Response(status: status, json: json)
        response.headers[.retryAfter] = retrySeconds.map { "\($0)" }
        return response
    }
}

extension QueryProblem {
    fileprivate var text: String { hint.map { "\(message) (\($0))" } ?? message }
}
