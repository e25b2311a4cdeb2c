internal import Chronology
internal import JSON

// Operations outside the run: what comes of them.
extension WorkflowRun {
    private static let defaultPollInterval = 15.0
    private static let maximumRetryAfter = 3600.0
    private static let maximumAsynchronousTime = TimeSpan.days(1)

    mutating func take(_ answer: WorkflowAnswer, of path: ActionPath, attempt: Int) {
        guard let operation = operations[path], operation.phase == .asked, operation.request.attempt == attempt,
            let place = place(of: path)
        else { return }
        switch answer.statusCode {
        case 202 where operation.pollsAsynchronousAnswers && poll(answer, operation): return
        case 200..<400:
            if operation.awaitsCallback {
                operations[path]?.phase = .subscribed
            } else {
                settle(place.frame, place.action, .succeeded, outputs: answer.json)
            }
        case 408, 429, 500...599:
            if retry(operation, retryAfter: answer.retryAfter) { return }
            fallthrough
        default:
            let error = RunError(
                code: answer.code,
                message: "the request was answered with status \(answer.statusCode): \(answer.body.preview)")
            fail(place.frame, place.action, error, outputs: answer.json)
        }
    }

    mutating func take(_ failure: OperationFailure, of path: ActionPath, attempt: Int) {
        guard let operation = operations[path], operation.phase == .asked, operation.request.attempt == attempt,
            let place = place(of: path)
        else { return }
        if failure.isTransient, retry(operation, retryAfter: nil) { return }
        fail(place.frame, place.action, RunError(code: failure.code, message: failure.message))
    }

    mutating func takeCallback(_ answer: WorkflowAnswer, of path: ActionPath) {
        guard let operation = operations[path], operation.awaitsCallback, let place = place(of: path) else { return }
        if operation.phase == .asked { effects.append(.abandon(path)) }
        settle(place.frame, place.action, .succeeded, outputs: answer.json)
    }

    mutating func fireTimers() {
        let due = timers.flatMap { path, timers in timers.filter { $0.time <= now }.map { (path, $0) } }
            .sorted { ($0.1.time, $0.0.text) < ($1.1.time, $1.0.text) }
        for (path, timer) in due {
            guard timers[path]?.contains(timer) == true, let place = place(of: path) else { continue }
            timers[path]?.removeAll { $0 == timer }
            if timers[path]?.isEmpty == true { timers[path] = nil }
            switch timer.purpose {
            case .wait: settle(place.frame, place.action, .succeeded)
            case .ask:
                operations[path]?.phase = .asked
                if let request = operations[path]?.request { effects.append(.perform(request)) }
            case .timeout: expire(path, place)
            }
        }
    }

    private mutating func expire(_ path: ActionPath, _ place: Frame.Owner) {
        if operations[path] != nil { effects.append(.abandon(path)) }
        cancelInside(place.frame, place.action)
        let error = RunError(code: "ActionTimedOut", message: "the action did not end within its time limit")
        settle(place.frame, place.action, .timedOut, error: error)
    }

    /// Sets the next try up; false when there is none.
    private mutating func retry(_ operation: PendingOperation, retryAfter: Double?) -> Bool {
        let path = operation.request.path
        guard let place = place(of: path), let state = frames[place.frame].states[place.action] else { return false }
        let fraction = Double.random(in: 0..<1, using: &sources.random)
        guard let delay = operation.policy.delay(before: state.retryCount + 1, fraction: fraction) else { return false }
        frames[place.frame].states[place.action]?.retryCount += 1
        let seconds = max(delay.seconds, min(retryAfter ?? 0, Self.maximumRetryAfter))
        pause(operation, until: now + .seconds(seconds))
        return true
    }

    /// Follows the asynchronous pattern: 202 with a `Location` is asked again until it is done.
    private mutating func poll(_ answer: WorkflowAnswer, _ operation: PendingOperation) -> Bool {
        guard let location = JSON.object(answer.headers).member("location")?.stringValue, !location.isEmpty,
            now - operation.startTime < Self.maximumAsynchronousTime
        else { return false }
        var operation = operation
        switch operation.request.call {
        case .http(let call):
            operation.request.call = .http(
                HTTPCall(
                    method: "GET", uri: HTTPCall.resolve(location, against: call.uri), headers: call.headers,
                    body: .null, authentication: call.authentication))
        case .connector(let call) where location.hasPrefix("/"):
            var next = call
            next.method = "GET"
            next.path = location
            next.body = .null
            operation.request.call = .connector(next)
        case .connector, .subscribe, .subscribeOverHTTP, .workflow: return false
        }
        let seconds = min(max(answer.retryAfter ?? Self.defaultPollInterval, 1), Self.maximumRetryAfter)
        pause(operation, until: now + .seconds(seconds))
        return true
    }

    private mutating func pause(_ operation: PendingOperation, until time: Instant) {
        var operation = operation
        operation.phase = .paused
        operation.request.attempt += 1
        operations[operation.request.path] = operation
        addTimer(.ask, at: time, for: operation.request.path)
    }
}

extension HTTPCall {
    /// A `Location` as an absolute URI.
    static func resolve(_ location: String, against base: String) -> String {
        if location.contains("://") { return location }
        guard let mark = base.firstRange(of: "://") else { return location }
        let authority = base[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return "\(base[..<mark.upperBound])\(authority)\(location.hasPrefix("/") ? "" : "/")\(location)"
    }
}
