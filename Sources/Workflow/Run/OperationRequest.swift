public import JSON

/// Something that the run wants done outside; whoever drives it does it and reports back.
public enum WorkflowEffect: Sendable, Hashable {
    /// Do this and report with `WorkflowEvent.answered` or `.failed`.
    case perform(OperationRequest)
    /// The run no longer wants an operation that it asked for.
    case abandon(ActionPath)
    /// Answer the caller who started the run.
    case respond(WorkflowAnswer)
}

/// An operation that an action needs.
public struct OperationRequest: Sendable, Hashable {
    public var path: ActionPath
    /// Counts the requests of one action, from 1; retries and polls raise it.
    public var attempt: Int
    public var call: OperationCall
    /// The same for all attempts of one action of one run, so that the receiver can tell a repetition.
    public var idempotencyKey: String
    /// Headers that name run and workflow; empty when the action suppresses them.
    public var trackingHeaders: JSONObject
}

public enum OperationCall: Sendable, Hashable {
    case http(HTTPCall)
    case connector(ConnectorCall)
    /// Subscribe, and report later with `WorkflowEvent.calledBack`.
    case subscribe(ConnectorCall)
    case subscribeOverHTTP(HTTPCall)
    case workflow(WorkflowCall)
}

/// An HTTP request.
public struct HTTPCall: Sendable, Hashable {
    public var method: String
    /// Absolute, with the queries.
    public var uri: String
    /// Name → text.
    public var headers: JSONObject
    /// Null for none; strings go as they are, other values as JSON.
    public var body: JSON
    /// The action's `authentication` object, evaluated; null for none.
    public var authentication: JSON

    public init(
        method: String, uri: String, headers: JSONObject = [:], body: JSON = .null, authentication: JSON = .null
    ) {
        self.method = method
        self.uri = uri
        self.headers = headers
        self.body = body
        self.authentication = authentication
    }
}

/// An operation of a managed connector.
public struct ConnectorCall: Sendable, Hashable {
    /// The connector's identity in lower case: `azuresentinel`, `office365`.
    public var connector: String
    /// The connection's resource id, or what the definition gives instead.
    public var connectionID: String
    public var method: String
    /// The path with its expressions evaluated, not decoded.
    public var path: String
    public var queries: JSONObject
    public var headers: JSONObject
    public var body: JSON

    public init(
        connector: String, connectionID: String, method: String, path: String, queries: JSONObject,
        headers: JSONObject, body: JSON
    ) {
        self.connector = connector
        self.connectionID = connectionID
        self.method = method
        self.path = path
        self.queries = queries
        self.headers = headers
        self.body = body
    }
}

/// The start of another workflow whose answer is awaited.
public struct WorkflowCall: Sendable, Hashable {
    /// The resource id or name.
    public var workflowID: String
    public var triggerName: String
    public var headers: JSONObject
    public var body: JSON
}

/// An answer: of an operation to the run, or of the run to its caller.
public struct WorkflowAnswer: Sendable, Hashable {
    public var statusCode: Int
    public var headers: JSONObject
    public var body: JSON

    public init(statusCode: Int = 200, headers: JSONObject = [:], body: JSON = .null) {
        self.statusCode = statusCode
        self.headers = headers
        self.body = body
    }

    /// Turns received bytes into what `body()` answers: JSON parsed, text as text, the rest as base 64.
    public init(statusCode: Int, headers: JSONObject, bytes: [UInt8]) {
        let type = JSON.object(headers).member("content-type")?.stringValue ?? ""
        self.init(statusCode: statusCode, headers: headers, body: WorkflowAnswer.body(bytes, type: type))
    }

    private static func body(_ bytes: [UInt8], type: String) -> JSON {
        guard !bytes.isEmpty else { return .null }
        let folded = type.lowercased()
        let mightBeJSON = folded.contains("json") || folded.isEmpty
        // Text that claims to be JSON and is not stays readable as text.
        if mightBeJSON, let parsed = try? JSON(parsing: bytes) { return parsed }
        if let text = String(validating: bytes, as: UTF8.self),
            folded.isEmpty || folded.contains("json") || folded.hasPrefix("text/") && !folded.contains("xml")
        {
            return .string(text)
        }
        return BinaryContent(contentType: type.isEmpty ? "application/octet-stream" : type, bytes: bytes).json
    }

    /// The shape that `outputs()` answers.
    public var json: JSON {
        ["statusCode": .int(Int64(statusCode)), "headers": .object(headers), "body": body]
    }

    /// The seconds of `Retry-After`.
    var retryAfter: Double? {
        let value = JSON.object(headers).member("retry-after")
        return value?.doubleValue ?? value?.stringValue.flatMap { Double($0) }
    }

    /// A word for the status, as run histories show it.
    var code: String {
        switch statusCode {
        case 400: "BadRequest"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 408: "RequestTimeout"
        case 409: "Conflict"
        case 429: "TooManyRequests"
        case 500: "InternalServerError"
        case 502: "BadGateway"
        case 503: "ServiceUnavailable"
        case 504: "GatewayTimeout"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "NoContent"
        default: "Status\(statusCode)"
        }
    }
}
