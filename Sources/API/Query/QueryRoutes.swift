internal import Access
internal import Chronology
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLValues
internal import NIOCore
internal import WebGate

/// The Log Analytics query API: `POST /v1/workspaces/{id}/query`, and `POST /api/query` beside it.
struct QueryRoutes {
    let queries: QueryService

    /// The largest query body taken.
    static let maximumBody = 1 << 20

    func add(to group: RouterGroup<TocsinRequestContext>) {
        group.add(middleware: Requires(.readEvents)).post("query", use: query)
    }

    @Sendable func query(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        guard let text = body["query"]?.stringValue else {
            throw APIError.badRequest("the body has no 'query'", target: "query")
        }
        var range: QueryTimeRange?
        if let timespan = body["timespan"]?.stringValue {
            guard let read = QueryTimeRange(text: timespan, now: queries.now()) else {
                throw APIError.badRequest(
                    "'\(timespan)' is no ISO 8601 duration (P1D) or range (start/end)", target: "timespan")
            }
            range = read
        }
        if body["explain"]?.boolValue == true {
            return Response(json: ["explain": .string(await queries.explain(text, in: range))])
        }
        switch await queries.run(text, in: range) {
        case .answer(let answer): return Response(json: QueryWire.json(answer))
        case .refused(let problems): return Response(status: .badRequest, json: QueryWire.json(problems))
        }
    }
}

/// The bodies of the query API.
enum QueryWire {
    static func json(_ answer: QueryAnswer) -> JSON {
        let tables = answer.tables.enumerated().map { index, table -> JSON in
            [
                "name": .string(index == 0 ? "PrimaryResult" : "Table_\(index)"),
                "columns": .array(
                    table.schema.columns.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] }),
                "rows": .array(
                    (0..<table.rowCount).map { row in .array(table.columns.map { $0[row].wire }) }),
            ]
        }
        var members: JSONObject = ["tables": .array(tables)]
        if let visualization = answer.visualization {
            members["render"] = ["visualization": .string(visualization)]
        }
        if let reason = answer.partialReason {
            members["error"] = ["code": "PartialError", "message": .string(reason)]
        }
        return .object(members)
    }

    /// Log Analytics nests what is wrong: `BadArgumentError` around `SyntaxError` or `SemanticError`.
    static func json(_ problems: [QueryProblem]) -> JSON {
        guard let first = problems.first else {
            return ["error": ["code": "BadArgumentError", "message": "the query cannot run"]]
        }
        var inner: JSONObject = [
            "code": .string(first.code.rawValue),
            "message": .string(problems.map(\.text).joined(separator: "\n")),
        ]
        if let line = first.line { inner["line"] = .int(Int64(line)) }
        if let column = first.column { inner["pos"] = .int(Int64(column)) }
        return [
            "error": [
                "code": "BadArgumentError", "message": "The request had some invalid properties",
                "innererror": .object(inner),
            ]
        ]
    }
}

extension QueryProblem {
    fileprivate var text: String { hint.map { "\(message) (\($0))" } ?? message }
}
