internal import Chronology
internal import JSON

// Operations outside the run: asking for them.
extension WorkflowRun {
    mutating func ask(_ kind: OperationKind, _ action: ActionDefinition, _ frame: Int) throws(ExpressionError) {
        let inputs = try evaluate(action.inputs, frame, action.name)
        frames[frame].states[action.name]?.inputs = inputs
        let path = frames[frame].path(of: action.name)
        let call = try operationCall(kind, inputs)
        let request = OperationRequest(
            path: path, attempt: 1, call: call, idempotencyKey: "\(environment.runID)/\(path)",
            trackingHeaders: action.options.suppressesWorkflowHeaders ? [:] : trackingHeaders)
        operations[path] = PendingOperation(
            request: request, policy: RetryPolicy(inputs.member("retryPolicy")) ?? .standard,
            pollsAsynchronousAnswers: !action.options.disablesAsyncPattern, startTime: now)
        effects.append(.perform(request))
    }

    private var trackingHeaders: JSONObject {
        [
            "x-ms-workflow-id": .string(environment.workflowID),
            "x-ms-workflow-name": .string(environment.workflowName),
            "x-ms-workflow-run-id": .string(environment.runID), "x-ms-client-tracking-id": .string(environment.runID),
        ]
    }

    private func operationCall(_ kind: OperationKind, _ inputs: JSON) throws(ExpressionError) -> OperationCall {
        switch kind {
        case .http: return .http(try httpCall(inputs))
        case .function: return try functionCall(inputs)
        case .sendToBatch: return try batchCall(inputs)
        case .apiConnection: return .connector(try connectorCall(inputs, defaultMethod: "get"))
        case .apiConnectionWebhook: return .subscribe(try connectorCall(inputs, defaultMethod: "post"))
        case .httpWebhook: return .subscribeOverHTTP(try httpCall(inputs.member("subscribe") ?? .null))
        default:
            let host = inputs.member("host")
            guard let identity = host?.member("workflow")?.member("id")?.stringValue else {
                throw ExpressionError(.wrongArgument, "a Workflow action needs 'host.workflow.id'")
            }
            return .workflow(
                WorkflowCall(
                    workflowID: identity, triggerName: host?.member("triggerName")?.stringValue ?? "",
                    headers: inputs.member("headers")?.objectValue ?? [:], body: inputs.member("body") ?? .null))
        }
    }

    private func httpCall(_ inputs: JSON) throws(ExpressionError) -> HTTPCall {
        guard let uri = inputs.member("uri")?.stringValue, !uri.isEmpty else {
            throw ExpressionError(.wrongArgument, "the request has no 'uri'")
        }
        var headers = JSONObject()
        for (name, value) in inputs.member("headers")?.objectValue ?? [:] where !value.isNull {
            headers[name] = .string(value.interpolated)
        }
        if let cookie = inputs.member("cookie")?.stringValue { headers["Cookie"] = .string(cookie) }
        return HTTPCall(
            method: (inputs.member("method")?.stringValue ?? "GET").uppercased(),
            uri: HTTPCall.uri(uri, adding: inputs.member("queries")?.objectValue ?? [:]), headers: headers,
            body: inputs.member("body") ?? .null, authentication: inputs.member("authentication") ?? .null)
    }

    /// An Azure Function: an address is asked plainly, a resource id goes to the connector `azurefunctions`.
    private func functionCall(_ inputs: JSON) throws(ExpressionError) -> OperationCall {
        guard case .object(var members) = inputs,
            let identity = inputs.member("function")?.member("id")?.stringValue ?? inputs.member("uri")?.stringValue
        else { throw ExpressionError(.wrongArgument, "a Function action needs 'function.id'") }
        let method = inputs.member("method")?.stringValue ?? "POST"
        guard identity.contains("://") else {
            return .connector(
                ConnectorCall(
                    connector: "azurefunctions", connectionID: identity, method: method.uppercased(), path: identity,
                    queries: inputs.member("queries")?.objectValue ?? [:],
                    headers: inputs.member("headers")?.objectValue ?? [:], body: inputs.member("body") ?? .null))
        }
        members["uri"] = .string(identity)
        members["method"] = .string(method)
        return .http(try httpCall(.object(members)))
    }

    /// A message for a batch workflow: it gets a batch of this one message.
    private func batchCall(_ inputs: JSON) throws(ExpressionError) -> OperationCall {
        let host = inputs.member("host")
        guard let identity = host?.member("workflow")?.member("id")?.stringValue else {
            throw ExpressionError(.wrongArgument, "a SendToBatch action needs 'host.workflow.id'")
        }
        let item: JSON = [
            "content": inputs.member("content") ?? .null, "messageId": inputs.member("messageId") ?? .null,
            "partitionName": inputs.member("partitionName") ?? "DEFAULT",
        ]
        return .workflow(
            WorkflowCall(
                workflowID: identity, triggerName: host?.member("triggerName")?.stringValue ?? "", headers: [:],
                body: ["batchName": inputs.member("batchName") ?? .null, "items": [item]]))
    }

    private func connectorCall(_ inputs: JSON, defaultMethod: String) throws(ExpressionError) -> ConnectorCall {
        let connection = inputs.member("host")?.member("connection")
        let identity =
            connection?.member("name")?.stringValue ?? connection?.member("referenceName")?.stringValue
            ?? inputs.member("host")?.member("api")?.member("runtimeUrl")?.stringValue
        guard let identity, !identity.isEmpty else {
            throw ExpressionError(.wrongArgument, "the action names no connection ('host.connection.name')")
        }
        let known = environment.connections.first { $0.connectionID == identity || $0.key == identity }
        let runtime = inputs.member("host")?.member("api")?.member("runtimeUrl")?.stringValue
        let last = (runtime ?? identity).split(separator: "/").last?.lowercased()
        return ConnectorCall(
            connector: known?.connector ?? last ?? identity.lowercased(), connectionID: identity,
            method: (inputs.member("method")?.stringValue ?? defaultMethod).uppercased(),
            path: inputs.member("path")?.stringValue ?? "", queries: inputs.member("queries")?.objectValue ?? [:],
            headers: inputs.member("headers")?.objectValue ?? [:], body: inputs.member("body") ?? .null)
    }

    mutating func addTimer(_ purpose: RunTimer.Purpose, at time: Instant, for path: ActionPath) {
        timers[path, default: []].append(RunTimer(purpose: purpose, time: time))
    }
}

extension HTTPCall {
    /// The URI with queries appended, percent-encoded, before any fragment.
    static func uri(_ uri: String, adding queries: JSONObject) -> String {
        guard !queries.isEmpty else { return uri }
        let encoded = queries.filter { !$0.value.isNull }
            .map { "\(PercentCoding.encode($0.key))=\(PercentCoding.encode($0.value.interpolated))" }
            .joined(separator: "&")
        let base = uri.prefix { $0 != "#" }
        return "\(base)\(base.contains("?") ? "&" : "?")\(encoded)\(uri.dropFirst(base.count))"
    }
}
