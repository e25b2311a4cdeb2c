public import Chronology
public import JSON

/// One run of a workflow, as a state machine: events in, effects out.
///
/// It does nothing by itself and knows no clock: whoever drives it performs the effects, stores each event before it
/// hands it in, and wakes the run at `nextWake`. Fed with the same events at the same times, a new run comes to the
/// same state and the same outstanding operations; that is how a run goes on after a restart.
public struct WorkflowRun: Sendable {
    public let definition: WorkflowDefinition
    public let environment: RunEnvironment
    public private(set) var status = RunStatus.running
    public private(set) var error: RunError?
    public private(set) var startTime: Instant?
    public private(set) var endTime: Instant?
    /// The workflow's `outputs`, once it has succeeded.
    public private(set) var outputs: JSONObject = [:]

    var trigger = JSON.null
    var sources = EvaluationSources(now: .unixEpoch, seed: 0)
    var variables: [String: Variable] = [:]
    var frames: [Frame] = []
    var steps: [Step] = []
    var operations: [ActionPath: PendingOperation] = [:]
    var timers: [ActionPath: [RunTimer]] = [:]
    var effects: [WorkflowEffect] = []
    var hasResponded = false
    private let maximumExecutions: Int
    private let mask: SecretMask
    private var executions = 0
    private var changedPaths: OrderedSet<ActionPath> = []
    private var places: [ActionPath: Frame.Owner] = [:]

    /// Something to be done next, within the run.
    enum Step: Sendable {
        case begin(frame: Int, action: String)
        case skip(frame: Int, action: String)
        case close(frame: Int)
    }

    /// - Parameters:
    ///   - definition: one without findings that are errors.
    ///   - maximumExecutions: a run that begins more actions is stopped.
    public init(definition: WorkflowDefinition, environment: RunEnvironment, maximumExecutions: Int = 100_000) {
        self.maximumExecutions = maximumExecutions
        mask = SecretMask(definition: definition, environment: environment)
        self.definition = definition
        self.environment = environment
    }

    /// Begins the run.
    ///
    /// - Parameters:
    ///   - trigger: the trigger's name.
    ///   - event: what it got; `triggerOutputs()` answers its headers and body.
    ///   - seed: where `guid()` and `rand()` begin.
    /// - Returns: what is to be done outside.
    public mutating func start(
        trigger name: String, event: WorkflowAnswer, seed: UInt64, at now: Instant
    ) -> [WorkflowEffect] {
        guard frames.isEmpty else { return [] }
        startTime = now
        sources = EvaluationSources(now: now, seed: seed)
        trigger = [
            "name": .string(name), "status": "Succeeded", "startTime": .string(now.description),
            "endTime": .string(now.description), "inputs": nil,
            "outputs": ["headers": .object(event.headers), "body": event.body],
        ]
        openFrame(definition.actions, owner: nil, path: "", iteration: nil, item: nil)
        return drain()
    }

    /// Takes an event in. One that the run does not wait for any more changes nothing.
    public mutating func handle(_ event: WorkflowEvent, at now: Instant) -> [WorkflowEffect] {
        guard status == .running, !frames.isEmpty else { return [] }
        sources.now = max(now, sources.now)
        switch event {
        case .answered(let path, let attempt, let answer): take(answer, of: path, attempt: attempt)
        case .failed(let path, let attempt, let failure): take(failure, of: path, attempt: attempt)
        case .calledBack(let path, let answer): takeCallback(answer, of: path)
        case .woken: fireTimers()
        case .cancelled:
            end(.cancelled, error: RunError(code: "Cancelled", message: "the run was cancelled"))
        }
        return drain()
    }

    /// When the run wants `.woken`; nil when it waits for no time.
    public var nextWake: Instant? { timers.values.joined().map(\.time).min() }

    /// The operations that were asked for and not answered, in no order; after a restart they are performed again.
    public var outstanding: [OperationRequest] {
        operations.values.filter { $0.phase == .asked }.map(\.request)
    }

    /// Whether an action waits to be called back at its callback address.
    public func awaitsCallback(_ path: ActionPath) -> Bool { operations[path]?.awaitsCallback == true }

    /// The records of the actions that changed since this was last called.
    public mutating func takeChangedRecords() -> [ActionRecord] {
        defer { changedPaths = [] }
        return changedPaths.compactMap(record)
    }

    /// The record of every action that was reached.
    public var records: [ActionRecord] {
        places.keys.compactMap(record).sorted {
            ($0.startTime ?? .max, $0.path.text) < ($1.startTime ?? .max, $1.path.text)
        }
    }

    var now: Instant { sources.now }
}

// The steps.
extension WorkflowRun {
    /// Does what can be done without the outside.
    private mutating func drain() -> [WorkflowEffect] {
        while status == .running, let step = steps.popLast() {
            switch step {
            case .begin(let frame, let action): begin(frame, action)
            case .skip(let frame, let action): settle(frame, action, .skipped)
            case .close(let frame): close(frame)
            }
        }
        if status == .running, operations.isEmpty, timers.isEmpty {
            end(.failed, error: RunError(code: "Stuck", message: "actions wait for each other, so none can run"))
        }
        defer { effects = [] }
        return effects
    }

    private mutating func begin(_ frame: Int, _ action: String) {
        guard frames[frame].states[action]?.status == .waiting, let definition = frames[frame].group.actions[action]
        else { return }
        executions += 1
        guard executions <= maximumExecutions else {
            end(
                .failed,
                error: RunError(
                    code: "TooManyActions", message: "the run began more than \(maximumExecutions) actions"))
            return
        }
        frames[frame].states[action]?.status = .running
        frames[frame].states[action]?.startTime = sources.now
        touch(frame, action)
        if let timeout = definition.timeout, !isUntil(definition.body) {
            addTimer(.timeout, at: now + timeout, for: frames[frame].path(of: action))
        }
        do throws(ExpressionError) {
            switch definition.body {
            case .operation(let kind): try beginOperation(kind, definition, frame)
            case .unsupported:
                fail(frame, action, code: "ActionTypeNotSupported", "'\(definition.typeName)' is not supported")
            default: try beginContainer(definition, frame)
            }
        } catch {
            fail(frame, action, RunError(error))
        }
    }

    private func isUntil(_ body: ActionBody) -> Bool { if case .until = body { true } else { false } }

    mutating func openFrame(_ group: ActionGroup, owner: Frame.Owner?, path: String, iteration: Int?, item: JSON?) {
        let id = frames.count
        var frame = Frame(
            group: group, owner: owner, path: path, iteration: iteration, item: item, openCount: group.actions.count)
        for name in group.actions.keys { frame.states[name] = ActionState() }
        frames.append(frame)
        if let owner { frames[owner.frame].states[owner.action]?.frames.append(id) }
        if group.actions.isEmpty {
            steps.append(.close(frame: id))
        } else {
            for name in group.first.reversed() { steps.append(.begin(frame: id, action: name)) }
        }
    }

    mutating func fail(_ frame: Int, _ action: String, code: String, _ message: String) {
        fail(frame, action, RunError(code: code, message: message))
    }

    mutating func fail(_ frame: Int, _ action: String, _ error: RunError, outputs: JSON = .null) {
        settle(frame, action, .failed, outputs: outputs, error: error)
    }

    /// Ends an action and sees what may run next.
    mutating func settle(
        _ frame: Int, _ action: String, _ status: ActionStatus, outputs: JSON = .null, error: RunError? = nil
    ) {
        guard frames[frame].states[action]?.status.isFinal == false else { return }
        let path = frames[frame].path(of: action)
        operations[path] = nil
        timers[path] = nil
        frames[frame].states[action]?.status = status
        frames[frame].states[action]?.outputs = outputs
        frames[frame].states[action]?.error = error
        frames[frame].states[action]?.endTime = sources.now
        frames[frame].states[action]?.progress = .none
        track(frame, action)
        touch(frame, action)
        frames[frame].openCount -= 1
        for successor in (frames[frame].group.successors[action] ?? []).reversed() { release(frame, successor) }
        if frames[frame].openCount == 0 { steps.append(.close(frame: frame)) }
    }

    /// Begins or skips an action whose predecessors have all ended.
    private mutating func release(_ frame: Int, _ action: String) {
        guard let definition = frames[frame].group.actions[action], frames[frame].states[action]?.status == .waiting
        else { return }
        var isSatisfied = true
        for (predecessor, wanted) in definition.runAfter {
            guard let status = frames[frame].states[predecessor]?.status else { continue }
            guard status.isFinal else { return }
            if !wanted.contains(status) { isSatisfied = false }
        }
        steps.append(isSatisfied ? .begin(frame: frame, action: action) : .skip(frame: frame, action: action))
    }

    private mutating func track(_ frame: Int, _ action: String) {
        guard let properties = frames[frame].group.actions[action]?.trackedProperties else { return }
        // Tracked properties are diagnostics; a fault in them must not change the run.
        let tracked = try? evaluate(properties, frame, action)
        frames[frame].states[action]?.trackedProperties = tracked
    }

    private mutating func touch(_ frame: Int, _ action: String) {
        let path = frames[frame].path(of: action)
        places[path] = Frame.Owner(frame: frame, action: action)
        changedPaths.append(path)
    }

    private func record(_ path: ActionPath) -> ActionRecord? {
        guard let place = places[path], let state = frames[place.frame].states[place.action],
            let definition = frames[place.frame].group.actions[place.action]
        else { return nil }
        return ActionRecord(
            path: path, name: place.action, typeName: definition.typeName, status: state.status,
            startTime: state.startTime, endTime: state.endTime,
            inputs: definition.options.hidesInputs ? .null : mask.hiding(state.inputs),
            outputs: definition.options.hidesOutputs ? .null : mask.hiding(state.outputs), error: state.error,
            retryCount: state.retryCount, trackedProperties: state.trackedProperties)
    }

    func place(of path: ActionPath) -> Frame.Owner? { places[path] }

    /// Ends the run; whatever is still under way is cancelled.
    mutating func end(_ status: RunStatus, error: RunError? = nil) {
        guard self.status == .running else { return }
        for frame in frames.indices { cancelOpenActions(of: frame) }
        steps = []
        self.status = status
        self.error = error
        endTime = now
        guard status == .succeeded, !definition.outputs.isEmpty else { return }
        do throws(ExpressionError) {
            outputs =
                try evaluate(.object(definition.outputs.mapValues { $0.member("value") ?? $0 }), 0, "")
                .objectValue ?? [:]
        } catch {
            self.status = .failed
            self.error = RunError(error)
        }
    }

    mutating func cancelOpenActions(of frame: Int) {
        for (name, state) in frames[frame].states where !state.status.isFinal {
            let path = frames[frame].path(of: name)
            if operations.removeValue(forKey: path) != nil { effects.append(.abandon(path)) }
            timers[path] = nil
            let wasRunning = state.status == .running
            frames[frame].states[name]?.status = wasRunning ? .cancelled : .skipped
            frames[frame].states[name]?.endTime = sources.now
            if wasRunning { touch(frame, name) }
        }
        frames[frame].openCount = 0
    }
}
