internal import Casebook
internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Workflow

extension RunStore {
    /// The runs that are not over, the oldest first.
    func running() async throws -> [String] {
        try await database.read { database in
            try String.fetchAll(
                database.cachedStatement(sql: "SELECT id FROM response_run WHERE status = 'Running' ORDER BY start"))
        }
    }

    /// Runs by status.
    func counts() async throws -> [String: Int] {
        try await database.read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(sql: "SELECT status, count(*) AS runs FROM response_run GROUP BY status"))
            return Dictionary(rows.map { ($0["status"], $0["runs"]) }, uniquingKeysWith: +)
        }
    }

    /// A run with its events; nil when there is none.
    func load(_ id: String) async throws -> StoredRun? {
        try await database.read { database in
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT *, (SELECT source FROM response_definition WHERE hash = definition) AS source,
                                \(RunStore.actionCount)
                            FROM response_run WHERE id = ?
                            """), arguments: [id])
            else { return nil }
            let events = try Row.fetchAll(
                database.cachedStatement(sql: "SELECT time, event FROM response_event WHERE run = ? ORDER BY position"),
                arguments: [id]
            )
            return try stored(row, events: events)
        }
    }

    func summaries(ofIncident incident: IncidentID?, limit: Int) async throws -> [PlaybookRun] {
        try await database.read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT *, \(RunStore.actionCount) FROM response_run WHERE ?1 IS NULL OR incident = ?1
                        ORDER BY start DESC, id LIMIT ?2
                        """), arguments: [incident?.rawValue, limit]
            ).map(RunStore.summary)
        }
    }

    func summary(_ id: String) async throws -> PlaybookRun? {
        try await database.read { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "SELECT *, \(RunStore.actionCount) FROM response_run WHERE id = ?"),
                arguments: [id]
            ).map(RunStore.summary)
        }
    }

    func actions(of id: String) async throws -> [ActionRecord] {
        try await database.read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT * FROM response_action WHERE run = ? ORDER BY ordinal, start, path"), arguments: [id]
            ).map(RunStore.action)
        }
    }

    /// The answer that a run gave its caller, and whether it is over.
    func response(of id: String) async throws -> (answer: WorkflowAnswer?, status: RunStatus)? {
        try await database.read { database in
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(sql: "SELECT response, status FROM response_run WHERE id = ?"),
                    arguments: [id]),
                let status = RunStatus(rawValue: row["status"])
            else { return nil }
            let text: String? = row["response"]
            return (WorkflowAnswer(json: try text.map { try JSON(parsing: $0) }), status)
        }
    }

    /// Whether a playbook was started on an incident by a rule.
    func hasRun(playbook: String, incident: String, rule: String) async throws -> Bool {
        try await database.read { database in
            try Bool.fetchOne(
                database.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM response_run WHERE playbook = ? AND incident = ? AND rule = ?)"),
                arguments: [playbook, incident, rule]) ?? false
        }
    }

    private static let actionCount =
        "(SELECT count(*) FROM response_action WHERE run = response_run.id) AS action_count"

    private static func summary(_ row: Row) throws -> PlaybookRun {
        guard let status = RunStatus(rawValue: row["status"]),
            let kind = JournalActor.Kind(rawValue: row["actor_kind"])
        else { throw StateStoreError(.corrupt, "a row of the playbook runs is malformed") }
        let incident: String? = row["incident"]
        let end: Int64? = row["end"]
        let code: String? = row["error_code"]
        return PlaybookRun(
            id: row["id"], playbook: row["playbook"], status: status, trigger: row["trigger_name"],
            incidentID: incident.map { IncidentID($0) }, ruleID: row["rule"],
            startedBy: JournalActor(kind: kind, id: row["actor_id"], name: row["actor_name"]),
            startTime: Instant(ticks: row["start"]), endTime: end.map { Instant(ticks: $0) },
            error: code.map { RunError(code: $0, message: row["error_message"] ?? "") },
            actionCount: row["action_count"], isWaiting: status == .running && row["is_waiting"])
    }

    private func stored(_ row: Row, events: [Row]) throws -> StoredRun {
        let environment = RunEnvironment(json: try JSON(parsing: try opened(row["environment"], run: row["id"])))
        let event = WorkflowAnswer(json: try JSON(parsing: row["event"] as String))
        guard let environment, let event else {
            throw StateStoreError(.corrupt, "a row of the playbook runs is malformed")
        }
        let response: String? = row["response"]
        return StoredRun(
            summary: try RunStore.summary(row), definition: try JSON(parsing: row["source"] as String),
            environment: environment, event: event, seed: UInt64(bitPattern: row["seed"]), depth: row["depth"],
            callbackToken: row["callback_token"],
            response: WorkflowAnswer(json: try response.map { try JSON(parsing: $0) }),
            events: try events.map { row in
                guard let event = WorkflowEvent(json: try JSON(parsing: row["event"] as String)) else {
                    throw StateStoreError(.corrupt, "an event of a playbook run is malformed")
                }
                return (event, Instant(ticks: row["time"]))
            })
    }

    private static func action(_ row: Row) throws -> ActionRecord {
        guard let status = ActionStatus(rawValue: row["status"]) else {
            throw StateStoreError(.corrupt, "a row of the playbook actions is malformed")
        }
        let start: Int64? = row["start"]
        let end: Int64? = row["end"]
        let code: String? = row["error_code"]
        let tracked: String? = row["tracked"]
        return ActionRecord(
            path: ActionPath(row["path"]), name: row["name"], typeName: row["type"], status: status,
            startTime: start.map { Instant(ticks: $0) }, endTime: end.map { Instant(ticks: $0) },
            inputs: try JSON(parsing: row["inputs"] as String), outputs: try JSON(parsing: row["outputs"] as String),
            error: code.map { RunError(code: $0, message: row["error_message"] ?? "") }, retryCount: row["retries"],
            trackedProperties: try tracked.map { try JSON(parsing: $0) })
    }
}
