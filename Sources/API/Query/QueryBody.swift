internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Investigation
internal import JSON
internal import StateStore
internal import WebGate

/// What a caller of the query API asks for: the query, and how the answer should be.
struct QueryBody {
    let query: QueryRequest
    let isExplanation: Bool
    let preferences: QueryPreferences

    /// Reads the members of a body in Log Analytics' shape (`query`, `timespan`, `workspaces`) and Tocsin's own
    /// (`parameters`, `timeoutSeconds`, `maxRows`, `explain`).
    ///
    /// - Throws: `APIError` 400 that names the member at fault.
    init(
        _ body: JSON, headers: HTTPFields, caller: Caller, names: WorkspaceNames, queries: QueryService
    ) throws(APIError) {
        guard let text = body["query"]?.stringValue else {
            throw APIError.badRequest("the body has no 'query'", target: "query")
        }
        preferences = QueryPreferences(headers)
        isExplanation = body["explain"]?.boolValue == true
        var request = QueryRequest(
            text, id: headers[.clientRequestID].flatMap { UUID(uuidString: $0) } ?? UUID(),
            asker: QueryAsker(id: caller.actor.id, name: caller.actor.name))
        if let timespan = body["timespan"]?.stringValue {
            guard let range = QueryTimeRange(text: timespan, now: queries.now()) else {
                throw APIError.badRequest(
                    "'\(timespan)' is no ISO 8601 duration (P1D), short duration (1d) or range (start/end)",
                    target: "timespan")
            }
            request.range = range
        }
        try QueryBody.check(body["workspaces"], names)
        for (name, value) in body["parameters"]?.objectValue ?? [:] {
            request.parameters[name] = value.stringValue ?? value.description
        }
        request.seconds = try QueryBody.number(body, "timeoutSeconds") ?? preferences.wait
        if let seconds = request.seconds, seconds < QueryBody.leastSeconds {
            throw APIError.badRequest(
                "'timeoutSeconds' is at least \(QueryBody.leastSeconds)", target: "timeoutSeconds")
        }
        request.maximumRows = try QueryBody.number(body, "maxRows").map { Int($0) }
        query = request
    }

    private static let leastSeconds = 0.1

    private static func number(_ body: JSON, _ name: String) throws(APIError) -> Double? {
        guard let value = body[name], !value.isNull else { return nil }
        guard let number = value.doubleValue, number >= 0, number < 1e12 else {
            throw APIError.badRequest("'\(name)' is a number of at least 0", target: name)
        }
        return number
    }

    private static func check(_ workspaces: JSON?, _ names: WorkspaceNames) throws(APIError) {
        for name in workspaces?.arrayValue ?? [] {
            let text = name.stringValue ?? ""
            let isOwn = [names.workspace, names.workspaceID].contains { $0.lowercased() == text.lowercased() }
            guard isOwn || text.lowercased().hasSuffix("/workspaces/\(names.workspace.lowercased())") else {
                throw APIError.badRequest(
                    "this installation holds the workspace '\(names.workspace)' only, not '\(text)'",
                    target: "workspaces")
            }
        }
    }
}

/// The header `Prefer: wait=30,include-statistics=true,include-render=true`.
struct QueryPreferences {
    var wait: Double?
    var includesStatistics = false
    var includesRender = false

    init(_ headers: HTTPFields) {
        for part in (headers[.prefer] ?? "").split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let pair = part.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces).lowercased()
            }
            guard pair.count == 2 else { continue }
            switch pair[0] {
            case "wait": wait = Double(pair[1]).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
            case "include-statistics": includesStatistics = pair[1] == "true"
            case "include-render": includesRender = pair[1] == "true"
            default: continue
            }
        }
    }
}

extension HTTPField.Name {
    fileprivate static var prefer: HTTPField.Name { name("Prefer") }
    fileprivate static var clientRequestID: HTTPField.Name { name("x-ms-client-request-id") }

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token of RFC 9110") }
        return name
    }
}
