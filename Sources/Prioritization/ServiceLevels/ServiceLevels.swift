public import Casebook
internal import Chronology
internal import GRDB
internal import JSON
public import StateStore
internal import Synchronization
internal import Vocabulary

/// Runs the service levels' clocks: a reader of the journal that starts and stops them, and a watch that notes warnings and
/// breaches when their time has come, each exactly once.
public final class ServiceLevels: Sendable {
    private let casebook: Casebook
    private let database: RoomDatabase<PrioritizationError>
    private let reader: JournalReader
    private let journal: Journal
    private let time: TimeSource
    private let current: Mutex<ServiceLevelPolicy>

    public init(
        casebook: Casebook, database: StateDatabase, policy: ServiceLevelPolicy, time: TimeSource = .system
    ) {
        self.casebook = casebook
        self.database = RoomDatabase(database, time: time)
        self.time = time
        journal = database.journal
        reader = database.journal.reader("service levels")
        current = Mutex(policy)
    }

    public var policy: ServiceLevelPolicy { current.withLock { $0 } }

    /// Takes other service levels; running clocks go on against them.
    public func use(_ policy: ServiceLevelPolicy) { current.withLock { $0 = policy } }

    /// Follows the journal and the clock until the task is cancelled.
    public func run() async throws {
        while true {
            try await processPending()
            try await noteDue()
            let head = try await reader.position()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [journal] in await journal.waitForEntries(after: head) }
                // A cancelled sleep ends the wait as a finished one does; the loop's next step throws then.
                group.addTask { try? await Task.sleep(for: .seconds(5)) }
                await group.next()
                group.cancelAll()
            }
            try Task.checkCancellation()
        }
    }

    /// Takes what the journal holds now.
    public func processPending() async throws {
        try await reader.drain { batch in
            guard let last = batch.last else { return }
            let events = try await batch.asyncCompactMap { entry in try await happening(entry) }
            let policy = policy
            try await database.change { [reader] transaction in
                for event in events { try transaction.take(event, policy) }
                try reader.acknowledge(through: last.sequence, in: transaction.database)
            }
        }
    }

    /// Notes the warnings and breaches whose time has come.
    ///
    /// - Returns: How many incidents were concerned.
    @discardableResult
    public func noteDue() async throws -> Int {
        let policy = policy
        return try await database.change { transaction in
            let rows = try transaction.rows(
                "SELECT incident, state FROM prioritization_timer WHERE next_due <= ? ORDER BY next_due LIMIT 1000",
                [transaction.now.ticks])
            for row in rows {
                guard var timer = try ServiceLevelTimer(json: JSON(parsing: row["state"] as String)) else { continue }
                let actions = timer.passed(to: transaction.now, policy)
                try transaction.save(timer, of: row["incident"], noting: actions, policy)
            }
            return rows.count
        }
    }

    /// The clocks of some incidents.
    public func timers(
        of incidents: [IncidentID]
    ) async throws(PrioritizationError) -> [IncidentID: ServiceLevelTimer] {
        guard !incidents.isEmpty else { return [:] }
        return try await database.reading { database in
            let statement = try database.cachedStatement(
                sql: "SELECT state FROM prioritization_timer WHERE incident = ?")
            var timers: [IncidentID: ServiceLevelTimer] = [:]
            for id in incidents {
                guard let state = try String.fetchOne(statement, arguments: [id.rawValue]) else { continue }
                timers[id] = try ServiceLevelTimer(json: JSON(parsing: state))
            }
            return timers
        }
    }

    /// The incidents whose time ends next, the most urgent first.
    public func dueNext(limit: Int, offset: Int = 0) async throws(PrioritizationError) -> [IncidentID] {
        try await database.reading { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT incident FROM prioritization_timer WHERE next_target IS NOT NULL
                    ORDER BY next_target, incident LIMIT ? OFFSET ?
                    """, arguments: [limit, offset]
            ).map { IncidentID($0) }
        }
    }

    /// How near some incidents are to the end of their time, for their priorities.
    public func deadlines(
        of incidents: [IncidentID]
    ) async throws(PrioritizationError) -> [IncidentID: IncidentEvidence.Deadline] {
        let (now, policy) = (time.now(), policy)
        return try await timers(of: incidents).compactMapValues { timer in
            timer.next(at: now, policy).map {
                IncidentEvidence.Deadline(target: $0.target.rawValue, share: $0.share)
            }
        }
    }

    /// Says that an incident is contained, by its label.
    public func markContained(_ id: IncidentID, by actor: JournalActor) async throws {
        var change = IncidentChange()
        change.addedLabels = [IncidentLabel(name: policy.containedLabel)]
        try await casebook.update(id, change, by: actor)
    }

    /// What an entry means for clocks; a completed task is looked up, since the entry does not hold its title.
    private func happening(_ entry: JournalEntry) async throws -> Happening? {
        guard let event = CasebookEvent(entry) else { return nil }
        if case .taskChanged(let id, let task, let changes) = event {
            guard changes.contains(where: { $0.field == .status && $0.new == IncidentTask.Status.completed.rawValue })
            else { return nil }
            let title = try await title(of: task, in: id)
            let isContainment = title?.lowercased().hasPrefix(policy.containmentTask.lowercased()) ?? false
            return isContainment ? Happening(id: id, time: entry.time, steps: [.contained]) : nil
        }
        return Happening(event, at: entry.time, policy)
    }

    private func title(of task: TaskID, in incident: IncidentID) async throws -> String? {
        do {
            return try await casebook.tasks(of: incident).first { $0.id == task }?.title
        } catch {
            // Deleted since: nothing runs for it any more.
            if error.code == .notFound { return nil }
            throw error
        }
    }
}

/// What an entry of the journal means for the clocks of an incident.
private struct Happening: Sendable {
    enum Step: Sendable {
        case opened(Severity)
        case ranked(Severity?, Int?)
        case acknowledged, contained, closed, reopened, ended
    }

    let id: IncidentID
    let time: Instant
    let steps: [Step]

    init(id: IncidentID, time: Instant, steps: [Step]) {
        self.id = id
        self.time = time
        self.steps = steps
    }

    init?(_ event: CasebookEvent, at time: Instant, _ policy: ServiceLevelPolicy) {
        self.time = time
        switch event {
        case .incidentCreated(let id, let summary):
            self.id = id
            steps = [.opened(summary.severity)]
        case .incidentUpdated(let id, let changes), .alertAdded(let id, _, let changes),
            .alertRemoved(let id, _, let changes):
            self.id = id
            steps = changes.flatMap { Happening.steps(of: $0, policy) }
        case .incidentScored(let id, _, let score):
            self.id = id
            steps = [.ranked(nil, score)]
        case .incidentMerged(_, let from, _):
            id = from
            steps = [.ended]
        case .incidentDeleted(let id, _):
            self.id = id
            steps = [.ended]
        default: return nil
        }
        if steps.isEmpty { return nil }
    }

    private static func steps(of change: FieldChange, _ policy: ServiceLevelPolicy) -> [Step] {
        switch change.field {
        case .severity: return [.ranked(Severity(rawValue: change.new), nil)]
        case .owner: return change.new.isEmpty ? [] : [.acknowledged]
        case .status:
            let wasClosed = change.old == IncidentStatus.closed.rawValue
            switch IncidentStatus(rawValue: change.new) {
            case .closed: return [.closed]
            case .active: return (wasClosed ? [.reopened] : []) + [.acknowledged]
            case .new: return wasClosed ? [.reopened] : []
            case nil: return []
            }
        case .labels:
            let labels = change.new.lowercased().split(separator: ",").map { $0.drop { $0 == " " } }
            return labels.contains { $0 == policy.containedLabel.lowercased() } ? [.contained] : []
        default: return []
        }
    }
}

extension RoomTransaction {
    fileprivate func take(_ event: Happening, _ policy: ServiceLevelPolicy) throws {
        let stored = try row("SELECT state FROM prioritization_timer WHERE incident = ?", [event.id.rawValue])
        var timer = try stored.flatMap { try ServiceLevelTimer(json: JSON(parsing: $0["state"] as String)) }
        var actions: [ServiceLevelTimer.Action] = []
        for step in event.steps {
            switch step {
            case .opened(let severity):
                if timer == nil { timer = ServiceLevelTimer(opened: event.time, severity: severity, policy) }
            case .ranked(let severity, let score):
                timer?.ranked(severity: severity, score: score, at: event.time, policy)
            case .acknowledged: actions += timer?.acknowledged(at: event.time, policy) ?? []
            case .contained: actions += timer?.contained(at: event.time, policy) ?? []
            case .closed: actions += timer?.closed(at: event.time, policy) ?? []
            case .reopened: timer?.reopened(at: event.time)
            case .ended:
                try execute("DELETE FROM prioritization_timer WHERE incident = ?", [event.id.rawValue])
                return
            }
        }
        if let timer { try save(timer, of: event.id.rawValue, noting: actions, policy) }
    }

    fileprivate func save(
        _ timer: ServiceLevelTimer, of incident: String, noting actions: [ServiceLevelTimer.Action],
        _ policy: ServiceLevelPolicy
    ) throws {
        try execute(
            """
            INSERT INTO prioritization_timer (incident, state, next_due, next_target) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET state = excluded.state, next_due = excluded.next_due,
                next_target = excluded.next_target
            """,
            [
                incident, timer.json.description, timer.nextDue(policy)?.ticks, timer.nextEnd(policy)?.due.ticks,
            ])
        for action in actions {
            let event = ServiceLevelEvent(action, level: timer.level ?? "")
            try note(event.kind, subject: incident, by: .room("Service levels"), event.payload)
        }
    }
}

extension Array {
    fileprivate func asyncCompactMap<Value>(_ transform: (Element) async throws -> Value?) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self {
            if let value = try await transform(element) { values.append(value) }
        }
        return values
    }
}
