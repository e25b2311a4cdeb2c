internal import Chronology
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Investigation
internal import JSON

/// What a Kusto client asks: a query or command, the database, and the options of its properties.
struct KustoRequest: Sendable {
    let text: String
    let database: String
    let clientID: String
    private(set) var parameters: [String: String] = [:]
    private(set) var seconds: Double?
    private(set) var maximumRows: Int?
    private(set) var isUncut = false

    /// Reads a body `{"db", "csl", "properties"}`; names are the same in any letter case, and `properties` is an object or
    /// its text.
    ///
    /// - Throws: `KustoError` that names the member at fault.
    init(_ body: JSON, clientID: String?) throws(KustoError) {
        let members = Self.folded(body.objectValue ?? [:])
        guard let text = members["csl"]?.stringValue ?? members["query"]?.stringValue, !text.trimmingBlanks.isEmpty
        else { throw KustoError.badRequest("the body has no 'csl', which is the text of the query") }
        self.text = text
        database = members["db"]?.stringValue ?? ""
        self.clientID = clientID ?? UUID().uuidString.lowercased()
        try read(members["properties"])
    }

    var isCommand: Bool { text.trimmingBlanks.hasPrefix(".") }

    private mutating func read(_ properties: JSON?) throws(KustoError) {
        var properties = properties ?? .null
        if let text = properties.stringValue, !text.isEmpty {
            do {
                properties = try JSON(parsing: text)
            } catch {
                throw KustoError.badRequest("'properties' is no JSON: \(error.reason)")
            }
        }
        let members = Self.folded(properties.objectValue ?? [:])
        for (name, value) in members["parameters"]?.objectValue ?? [:] {
            parameters[name] = value.stringValue ?? value.description
        }
        for (name, value) in Self.folded(members["options"]?.objectValue ?? [:]) {
            switch name {
            case "servertimeout": seconds = Self.seconds(value)
            case "truncationmaxrecords", "query_take_max_records", "take_max_records":
                maximumRows = value.intValue.map { Int(clamping: max(0, $0)) }
            case "notruncation": isUncut = value.boolValue == true || value.stringValue?.lowercased() == "true"
            default: continue
            }
        }
    }

    private static func folded(_ members: JSONObject) -> JSONObject {
        JSONObject(members.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// A time span: `[d.]hh:mm:ss[.fffffff]`, ticks, or a literal such as `4m`.
    private static func seconds(_ value: JSON) -> Double? {
        if let ticks = value.intValue { return TimeSpan(ticks: ticks).seconds }
        guard let text = value.stringValue else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return ISODuration.span(text)?.seconds }
        let first = parts[0].split(separator: ".")
        guard let hours = first.last.flatMap({ Double($0) }), let minutes = Double(parts[1]),
            let seconds = Double(parts[2])
        else { return nil }
        let days = first.count == 2 ? Double(first[0]) ?? 0 : 0
        let total = days * 86_400 + hours * 3_600 + minutes * 60 + seconds
        return total > 0 && total.isFinite ? total : nil
    }
}

extension String {
    fileprivate var trimmingBlanks: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// An error in Kusto's form (OneApiErrors).
struct KustoError: Error, Sendable {
    let status: HTTPResponse.Status
    let code: String
    let type: String
    let message: String
    var isPermanent = true

    static func badRequest(_ message: String) -> KustoError {
        KustoError(
            status: .badRequest, code: "General_BadRequest", type: "Kusto.Data.Exceptions.KustoBadRequestException",
            message: message)
    }

    static func unknown(_ kind: String, _ name: String) -> KustoError {
        KustoError(
            status: .badRequest, code: "BadRequest_EntityNotFound",
            type: "Kusto.Data.Exceptions.EntityNotFoundException",
            message: "there is no \(kind) '\(name)' here, or it may not be seen")
    }

    init(status: HTTPResponse.Status, code: String, type: String, message: String, isPermanent: Bool = true) {
        self.status = status
        self.code = code
        self.type = type
        self.message = message
        self.isPermanent = isPermanent
    }

    init(_ problems: [QueryProblem]) {
        let text = problems.map { problem in
            let place = problem.line.map { line in " [line:position=\(line):\(problem.column ?? 1)]" } ?? ""
            return problem.message + (problem.hint.map { " (\($0))" } ?? "") + place
        }.joined(separator: "\n")
        let name = "Kusto.Data.Exceptions."
        switch problems.first?.code {
        case .syntaxError, nil:
            self.init(
                status: .badRequest, code: "BadRequest_SyntaxError", type: name + "SyntaxException",
                message: "Syntax error: \(text)")
        case .semanticError:
            self.init(
                status: .badRequest, code: "BadRequest_SemanticError", type: name + "SemanticException",
                message: "Semantic error: \(text)")
        case .executionError:
            self.init(
                status: .badRequest, code: "BadRequest_QueryExecution",
                type: name + "KustoServicePartialQueryFailureException",
                message: text)
        case .limitExceeded:
            self.init(
                status: .badRequest, code: "LimitsExceeded",
                type: name + "KustoServicePartialQueryFailureLimitsExceededException", message: text)
        case .timedOut:
            self.init(
                status: .gatewayTimeout, code: "Timeout", type: name + "KustoServiceTimeoutException", message: text,
                isPermanent: false)
        case .throttled:
            self.init(
                status: .tooManyRequests, code: "TooManyRequests", type: name + "KustoRequestThrottledException",
                message: text, isPermanent: false)
        case .cancelled:
            self.init(
                status: .badRequest, code: "BadRequest_Canceled",
                type: name + "KustoServicePartialQueryFailureException",
                message: text)
        }
    }

    func json(clientID: String, now: Instant) -> JSON {
        [
            "error": [
                "code": .string(code), "message": .string(message), "@type": .string(type),
                "@message": .string(message),
                "@context": [
                    "timestamp": .string(now.description), "serviceAlias": "TOCSIN",
                    "clientRequestId": .string(clientID), "activityId": .string(clientID),
                ],
                "@permanent": .bool(isPermanent),
            ]
        ]
    }

    /// Whether trying again later makes sense, so that clients are told when.
    var retrySeconds: Int? { status == .tooManyRequests ? 5 : nil }
}
