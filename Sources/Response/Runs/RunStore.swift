internal import Casebook
internal import Chronology
internal import Crypto
internal import Foundation
internal import GRDB
internal import JSON
public import StateStore
internal import Workflow

/// Runs in the state database: what was asked, every event in order, and the history of the actions.
struct RunStore: Sendable {
    let database: StateDatabase
    let journal: Journal
    /// Seals what runs know; nil leaves it readable in the database.
    let secrets: SecretBox?

    /// Writes a new run down; false when a run of its id is there already.
    func insert(
        _ request: RunRequest, environment: RunEnvironment, trigger: String, token: String, seed: UInt64,
        at now: Instant
    ) async throws -> Bool {
        let source = request.playbook.workflow.definition.source.description
        let environment = try sealed(environment.json.description, run: request.id)
        let hash = Insecure.SHA1.hash(data: Data(source.utf8)).map { String($0, radix: 16) }.joined(separator: ".")
        return try await database.write { [journal] database in
            try database.cachedStatement(sql: "INSERT INTO response_definition VALUES (?, ?) ON CONFLICT DO NOTHING")
                .execute(arguments: [hash, source])
            try database.cachedStatement(
                sql: """
                    INSERT INTO response_run (id, playbook, definition, environment, event, trigger_name, seed,
                        callback_token, depth, incident, rule, actor_kind, actor_id, actor_name, status, start)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Running', ?) ON CONFLICT DO NOTHING
                    """
            ).execute(arguments: [
                request.id, request.playbook.id, hash, environment,
                request.event.json.description, trigger, Int64(bitPattern: seed), token, request.depth,
                request.incidentID?.rawValue, request.ruleID, request.startedBy.kind.rawValue,
                request.startedBy.id, request.startedBy.name, now.ticks,
            ])
            guard database.changesCount > 0 else { return false }
            try journal.append(
                JournalDraft(
                    time: now, kind: .runStarted, subject: request.incidentID?.rawValue ?? request.id,
                    actor: request.startedBy,
                    payload: [
                        "runId": .string(request.id), "playbook": .string(request.playbook.id),
                        "ruleId": request.ruleID.map { .string($0) } ?? .null,
                    ]), in: database)
            return true
        }
    }

    /// Stores an event and what came of it, in one transaction.
    ///
    /// - Parameter event: nil for the run's beginning.
    func append(
        _ event: WorkflowEvent?, position: Int, at now: Instant, run: WorkflowRun, records: [ActionRecord],
        response: WorkflowAnswer?, performed: PerformedOperation?, as stored: StoredRun
    ) async throws {
        let id = stored.summary.id
        try await database.write { [journal] database in
            if let event {
                try database.cachedStatement(sql: "INSERT INTO response_event VALUES (?, ?, ?, ?)").execute(arguments: [
                    id, position, now.ticks, event.json.description,
                ])
            }
            for record in records { try RunStore.save(record, run: id, position: position, in: database) }
            try database.cachedStatement(
                sql: """
                    UPDATE response_run SET status = ?, is_waiting = ?, end = ?, error_code = ?, error_message = ?,
                        response = coalesce(?, response)
                    WHERE id = ?
                    """
            ).execute(arguments: [
                run.status.rawValue, run.outstanding.isEmpty, run.endTime?.ticks, run.error?.code,
                run.error?.message, response?.json.description, id,
            ])
            if let performed {
                try journal.append(performed.draft(of: stored, at: now), in: database)
            }
            if run.status != .running {
                try journal.append(RunStore.finished(run, stored, at: now), in: database)
            }
        }
    }

    private static let sealMark = "sealed:"

    private func sealed(_ text: String, run: String) throws -> String {
        guard let secrets else { return text }
        return Self.sealMark + Data(try secrets.seal(Secret(text), for: "response_run/\(run)")).base64EncodedString()
    }

    func opened(_ text: String, run: String) throws -> String {
        guard text.hasPrefix(Self.sealMark) else { return text }
        guard let secrets, let data = Data(base64Encoded: String(text.dropFirst(Self.sealMark.count))) else {
            throw StateStoreError(.badKey, "the playbook run \(run) is sealed, and no key was given")
        }
        return try secrets.open(data, for: "response_run/\(run)").revealed
    }

    private static func finished(_ run: WorkflowRun, _ stored: StoredRun, at now: Instant) -> JournalDraft {
        JournalDraft(
            time: now, kind: .runFinished, subject: stored.summary.incidentID?.rawValue ?? stored.summary.id,
            actor: stored.actor,
            payload: [
                "runId": .string(stored.summary.id), "playbook": .string(stored.summary.playbook),
                "status": .string(run.status.rawValue), "error": run.error.map { .string($0.message) } ?? .null,
            ])
    }

    private static func save(_ record: ActionRecord, run: String, position: Int, in database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO response_action VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET status = excluded.status, start = excluded.start, end = excluded.end,
                    inputs = excluded.inputs, outputs = excluded.outputs, error_code = excluded.error_code,
                    error_message = excluded.error_message, retries = excluded.retries, tracked = excluded.tracked
                """
        ).execute(arguments: [
            run, record.path.text, record.name, record.typeName, record.status.rawValue, record.startTime?.ticks,
            record.endTime?.ticks, record.inputs.description, record.outputs.description, record.error?.code,
            record.error?.message, record.retryCount, record.trackedProperties?.description, position,
        ])
    }
}

extension JournalKind {
    public static let runStarted = JournalKind(room: "response", event: "runStarted")
    public static let runFinished = JournalKind(room: "response", event: "runFinished")
    /// A playbook changed something outside: a request other than a reading one was answered.
    public static let operationPerformed = JournalKind(room: "response", event: "operationPerformed")
}

/// A request of a playbook that changed something outside, for the journal.
struct PerformedOperation: Sendable {
    var action: String
    var target: String
    var method: String
    var statusCode: Int

    /// Nil for reading requests, for those that failed, and for the casebook's own operations, which it records.
    init?(_ request: OperationRequest, _ event: WorkflowEvent) {
        guard case .answered(_, _, let answer) = event, answer.statusCode < 400 else { return nil }
        action = request.path.text
        statusCode = answer.statusCode
        switch request.call {
        case .http(let call), .subscribeOverHTTP(let call):
            method = call.method
            target = String(call.uri.prefix { $0 != "?" })
        case .connector(let call), .subscribe(let call):
            guard !call.connector.contains("sentinel") else { return nil }
            method = call.method
            target = "\(call.connector):\(call.path)"
        case .workflow: return nil
        }
        guard !["GET", "HEAD", "OPTIONS"].contains(method) else { return nil }
    }

    func draft(of run: StoredRun, at now: Instant) -> JournalDraft {
        JournalDraft(
            time: now, kind: .operationPerformed, subject: run.summary.incidentID?.rawValue ?? run.summary.id,
            actor: run.actor,
            payload: [
                "runId": .string(run.summary.id), "action": .string(action), "method": .string(method),
                "target": .string(target), "statusCode": .int(Int64(statusCode)),
            ])
    }
}

extension StoredRun {
    /// In whose name the run changes things.
    var actor: JournalActor {
        JournalActor(kind: .playbook, id: summary.playbook, name: summary.playbook)
    }
}
