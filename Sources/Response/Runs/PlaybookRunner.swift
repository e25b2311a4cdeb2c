internal import Casebook
internal import Chronology
internal import Foundation
internal import JSON
internal import Logging
internal import StateStore
internal import Synchronization
internal import Workflow

/// Drives runs: performs what they ask for and stores each event before the run goes on.
final class PlaybookRunner: Sendable {
    private static let maximumDepth = 10
    private static let maximumActive = 64

    private struct State {
        /// The runs being driven, with the door through which events reach them.
        var active: [String: AsyncStream<WorkflowEvent>.Continuation] = [:]
        var pending: [String] = []
    }

    let store: RunStore
    private let library: @Sendable () -> PlaybookLibrary
    private let workspace: ResponseWorkspace
    private let connectors: ConnectorDirectory
    private let client: OutgoingClient
    private let callbackURL: String
    private let time: TimeSource
    private let logger: Logger
    private let state = Mutex(State())
    /// Rings when a run was added, was answered, or ended.
    let bell = ChangeBell()

    init(
        store: RunStore, library: @escaping @Sendable () -> PlaybookLibrary, workspace: ResponseWorkspace,
        connectors: ConnectorDirectory, client: OutgoingClient, callbackURL: String, time: TimeSource, logger: Logger
    ) {
        self.store = store
        self.library = library
        self.workspace = workspace
        self.connectors = connectors
        self.client = client
        self.callbackURL = callbackURL
        self.time = time
        self.logger = logger
    }

    /// Writes runs down and has them driven: one for each part of the event that the trigger takes.
    ///
    /// - Returns: The runs' ids; empty when a trigger condition does not hold.
    @discardableResult
    func start(_ request: RunRequest) async throws -> [String] {
        guard request.depth <= Self.maximumDepth else {
            throw OperationFailure(
                code: "NestedTooDeep", message: "playbooks start each other more than \(Self.maximumDepth) levels deep",
                isTransient: false)
        }
        let workflow = request.playbook.workflow
        let trigger = workflow.definition.triggers.values.first { $0.event == request.playbook.event }?.name ?? "manual"
        let now = time.now()
        var environment = environment(for: request, token: Self.token())
        let parts = try workflow.definition.runs(
            startedBy: trigger, event: request.event, environment: environment, at: now)
        var started: [String] = []
        for (index, part) in parts.enumerated() {
            var one = request
            one.event = part
            if parts.count > 1 { one.id = SentinelConnector.identifier(for: "\(request.id)/\(index)") }
            let token = Self.token()
            environment = self.environment(for: one, token: token)
            _ = try await store.insert(
                one, environment: environment, trigger: trigger, token: token,
                seed: .random(in: .min ... .max), at: now)
            started.append(one.id)
            state.withLock { $0.pending.append(one.id) }
        }
        bell.ring()
        return started
    }

    private func environment(for request: RunRequest, token: String) -> RunEnvironment {
        RunEnvironment(
            runID: request.id, workflowName: request.playbook.id,
            workflowID: workspace.playbookPath(request.playbook.id),
            parameters: request.playbook.workflow.parameters, connections: request.playbook.workflow.connections,
            callbackURLPrefix: "\(callbackURL)/\(request.id)/\(token)")
    }

    /// 256 random bits.
    private static func token() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(generator.next() as UInt64, radix: 16) }.joined(separator: "")
    }

    /// Takes up the runs that are not over and drives them and new ones, until the task is cancelled.
    func run() async throws {
        let unfinished = try await store.running()
        state.withLock { state in state.pending = unfinished + state.pending.filter { !unfinished.contains($0) } }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let seen = bell.position
                while let (id, events) = next() {
                    group.addTask {
                        await self.drive(id, events)
                        self.state.withLock { $0.active[id] = nil }
                        self.bell.ring()
                    }
                }
                await bell.wait(after: seen)
            }
            group.cancelAll()
        }
    }

    /// Takes a run that waits to be driven, if there is room for it.
    private func next() -> (id: String, events: AsyncStream<WorkflowEvent>)? {
        state.withLock { state in
            guard state.active.count < Self.maximumActive else { return nil }
            state.pending.removeAll { state.active[$0] != nil }
            guard !state.pending.isEmpty else { return nil }
            let id = state.pending.removeFirst()
            let (events, door) = AsyncStream<WorkflowEvent>.makeStream()
            state.active[id] = door
            return (id, events)
        }
    }

    /// Hands an event to a run that is being driven; false when it is not.
    func send(_ event: WorkflowEvent, to id: String) -> Bool {
        guard let door = state.withLock({ $0.active[id] }) else { return false }
        door.yield(event)
        return true
    }
}

// One run.
extension PlaybookRunner {
    private func drive(_ id: String, _ events: AsyncStream<WorkflowEvent>) async {
        do {
            guard let stored = try await store.load(id), stored.summary.status == .running else { return }
            guard let definition = WorkflowDefinition.read(stored.definition, file: stored.summary.playbook).definition
            else { return logger.error("a stored playbook cannot be read any more", metadata: ["run": "\(id)"]) }
            try await drive(stored, definition, events)
        } catch is CancellationError {
            return
        } catch {
            logger.error("a playbook run stopped and goes on after a restart: \(error)", metadata: ["run": "\(id)"])
        }
    }

    private func drive(
        _ stored: StoredRun, _ definition: WorkflowDefinition, _ events: AsyncStream<WorkflowEvent>
    ) async throws {
        var run = WorkflowRun(definition: definition, environment: stored.environment)
        var effects = run.start(
            trigger: stored.summary.trigger, event: stored.event, seed: stored.seed, at: stored.summary.startTime)
        for (event, time) in stored.events { effects += run.handle(event, at: time) }
        try await store.append(
            nil, position: stored.events.count, at: time.now(), run: run, records: run.takeChangedRecords(),
            response: Self.response(in: effects), performed: nil, as: stored)
        bell.ring()
        var position = stored.events.count
        var asked: [ActionPath: OperationRequest] = [:]
        try await withThrowingDiscardingTaskGroup { group in
            var wake: Instant?
            for request in run.outstanding {
                asked[request.path] = request
                group.addTask { await self.perform(request, for: stored) }
            }
            var iterator = events.makeAsyncIterator()
            while run.status == .running {
                try schedule(run.nextWake, &wake, stored.summary.id, in: &group)
                guard let event = await iterator.next() else { throw CancellationError() }
                let now = time.now()
                if event == .woken {
                    wake = nil
                    guard let due = run.nextWake, due <= now else { continue }
                }
                let effects = run.handle(event, at: now)
                let performed = event.path.flatMap { asked[$0] }.flatMap { PerformedOperation($0, event) }
                try await store.append(
                    event, position: position, at: now, run: run, records: run.takeChangedRecords(),
                    response: Self.response(in: effects), performed: performed, as: stored)
                position += 1
                if Self.response(in: effects) != nil { bell.ring() }
                for case .perform(let request) in effects {
                    asked[request.path] = request
                    group.addTask { await self.perform(request, for: stored) }
                }
            }
            group.cancelAll()
        }
    }

    /// Has the run woken when its time comes.
    private func schedule(
        _ due: Instant?, _ scheduled: inout Instant?, _ id: String,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) throws {
        guard let due, scheduled.map({ due < $0 }) ?? true else { return }
        scheduled = due
        let pause = max((due - time.now()).seconds, 0)
        group.addTask {
            // A cancelled sleep means that the run is over or the process ends; then nobody is to be woken.
            guard (try? await Task.sleep(for: .seconds(pause))) != nil else { return }
            _ = self.send(.woken, to: id)
        }
    }

    private static func response(in effects: [WorkflowEffect]) -> WorkflowAnswer? {
        for case .respond(let answer) in effects { return answer }
        return nil
    }

    private func perform(_ request: OperationRequest, for run: StoredRun) async {
        let event: WorkflowEvent
        do throws(OperationFailure) {
            event = .answered(request.path, attempt: request.attempt, try await answer(to: request, for: run))
        } catch {
            // A process that ends must not leave a failure behind: the operation is performed again afterwards.
            if Task.isCancelled { return }
            event = .failed(request.path, attempt: request.attempt, error)
        }
        _ = send(event, to: run.summary.id)
    }

    private func answer(
        to request: OperationRequest, for run: StoredRun
    ) async throws(OperationFailure) -> WorkflowAnswer {
        switch request.call {
        case .http(let call), .subscribeOverHTTP(let call):
            return try await client.perform(
                call, trackingHeaders: request.trackingHeaders, idempotencyKey: request.idempotencyKey)
        case .connector(let call), .subscribe(let call):
            guard let connector = connectors.connector(named: call.connector) else {
                throw OperationFailure(
                    code: "ConnectorNotConfigured",
                    message: "no connector '\(call.connector)' is configured; name its address in connectors.yaml",
                    isTransient: false)
            }
            let context = ConnectorContext(actor: run.actor, idempotencyKey: request.idempotencyKey)
            return try await connector.perform(call, context: context)
        case .workflow(let call):
            return try await nested(call, key: request.idempotencyKey, above: run)
        }
    }
}

// Workflows started by workflows.
extension PlaybookRunner {
    private func nested(
        _ call: WorkflowCall, key: String, above run: StoredRun
    ) async throws(OperationFailure) -> WorkflowAnswer {
        guard let playbook = library().playbook(call.workflowID) else {
            throw OperationFailure(
                code: "WorkflowNotFound", message: "there is no playbook '\(call.workflowID)'", isTransient: false)
        }
        let request = RunRequest(
            id: SentinelConnector.identifier(for: key), playbook: playbook,
            event: WorkflowAnswer(headers: call.headers, body: call.body), incidentID: run.summary.incidentID,
            ruleID: run.summary.ruleID, startedBy: run.actor, depth: run.depth + 1)
        do {
            guard let id = try await start(request).first else { return WorkflowAnswer(statusCode: 202) }
            while true {
                let seen = bell.position
                guard let (answer, status) = try await store.response(of: id) else {
                    return .refusal(404, code: "WorkflowRunNotFound", "the run \(id) is gone")
                }
                if let answer { return answer }
                switch status {
                case .succeeded: return WorkflowAnswer(statusCode: 202)
                case .failed, .cancelled:
                    return .refusal(502, code: "NoResponse", "the playbook '\(playbook.id)' failed without an answer")
                case .running: await bell.wait(after: seen)
                }
                try Task.checkCancellation()
            }
        } catch let failure as OperationFailure {
            throw failure
        } catch {
            throw OperationFailure(code: "WorkflowNotStarted", message: "\(error)", isTransient: false)
        }
    }

    /// Waits until a run is over, at most so long; nil when it is not by then.
    func end(of id: String, within limit: TimeSpan) async throws -> RunStatus? {
        try await withThrowingTaskGroup(of: RunStatus?.self) { group in
            group.addTask { [store, bell] in
                while true {
                    let seen = bell.position
                    guard let summary = try await store.summary(id) else { return nil }
                    if summary.status != .running { return summary.status }
                    await bell.wait(after: seen)
                    try Task.checkCancellation()
                }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(limit.seconds))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

extension WorkflowEvent {
    /// The action concerned, if it is one.
    var path: ActionPath? {
        switch self {
        case .answered(let path, _, _), .failed(let path, _, _), .calledBack(let path, _): path
        case .woken, .cancelled: nil
        }
    }
}
