public import Casebook
public import Chronology
public import Logging
public import StateStore
internal import Synchronization
internal import Vocabulary

/// Follows the journal and sees that contacts hear of incidents: a durable outbox, filled from the journal exactly
/// once, emptied through a channel at least once.
public final class NotificationEngine: Sendable {
    /// The outbox' tables; open the state database with them.
    public static let migrations: RoomMigrations = Outbox.migrations

    public struct Options: Sendable {
        /// The portal's address, without a slash at its end, for links.
        public var portalURL: String
        public var policy: Delivery.Policy
        /// How long a message waits before it is written, so that the incident has its priority by then.
        public var settleTime: TimeSpan

        public init(
            portalURL: String, policy: Delivery.Policy = .standard, settleTime: TimeSpan = .seconds(3)
        ) {
            self.portalURL = portalURL
            self.policy = policy
            self.settleTime = settleTime
        }
    }

    private static let hour = TimeSpan.hours(1)
    private static let longestSleep = TimeSpan.minutes(5)

    private let casebook: Casebook
    private let outbox: Outbox
    private let reader: JournalReader
    private let channel: (any Channel)?
    private let options: Options
    private let time: TimeSource
    private let logger: Logger
    private let contacts: Mutex<[Contact]>
    private let journal: Journal

    /// - Parameter channel: nil when none is configured; then the outbox fills and waits.
    public init(
        database: StateDatabase, casebook: Casebook, contacts: [Contact], channel: (any Channel)?, options: Options,
        time: TimeSource = .system, logger: Logger
    ) {
        self.casebook = casebook
        outbox = Outbox(database: database)
        reader = database.journal.reader("notification")
        self.channel = channel
        self.options = options
        self.time = time
        self.logger = logger
        self.contacts = Mutex(contacts)
        journal = database.journal
    }

    /// Takes a new list of contacts; what is in the outbox stays.
    public func replace(contacts: [Contact]) {
        self.contacts.withLock { $0 = contacts }
    }

    /// Works until the task is cancelled.
    public func run() async throws {
        if channel == nil { logger.warning("no mail server is configured, so notifications wait in the outbox") }
        try await recover()
        while true {
            try Task.checkCancellation()
            if try await takePending() > 0 { continue }
            if try await deliverDue(limit: 10) > 0 { continue }
            try await waitForWork()
        }
    }

    /// Returns when the journal has grown or a message is due.
    private func waitForWork() async throws {
        let position = try await reader.position()
        let now = time.now()
        let latest = now + Self.longestSleep
        let wake = channel == nil ? latest : min(try await outbox.nextDue() ?? latest, latest)
        let pause = max((wake - now).seconds, 0.05)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [journal] in await journal.waitForEntries(after: position) }
            group.addTask { try await Task.sleep(for: .seconds(pause)) }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Messages by state: `due`, `sending`, `delivered`, `abandoned`.
    public func counts() async throws -> [String: Int] { try await outbox.counts() }

    /// The newest messages, whatever their state.
    public func newest(limit: Int = 100) async throws -> [OutboxItem] { try await outbox.newest(limit: limit) }

    /// The messages about an incident, in the order in which they were made.
    public func messages(about incident: IncidentID) async throws -> [OutboxItem] {
        try await outbox.items(ofIncident: incident.rawValue)
    }

    /// Sends a message that only shows that the way works, past the outbox.
    public func sendTest(to address: MailAddress, id: String) async throws(DeliveryFailure) {
        guard let channel else {
            throw DeliveryFailure(
                isPermanent: true, reason: "no mail server is configured; set mail.host in tocsin.yaml")
        }
        try await channel.deliver(.test(to: address, id: id, date: time.now()))
    }
}

// Filling the outbox.
extension NotificationEngine {
    /// Takes the journal's pending entries into the outbox.
    ///
    /// - Returns: How many entries were read.
    @discardableResult
    public func takePending() async throws -> Int {
        let batch = try await reader.pendingBatch()
        try await take(batch)
        return batch.count
    }

    private func take(_ batch: [JournalEntry]) async throws {
        guard let last = batch.last else { return }
        let current = contacts.withLock { $0 }
        let due = time.now() + options.settleTime
        let items = batch.flatMap { NotificationPolicy.items(for: $0, contacts: current, dueAt: due) }
        try await outbox.database.write { [outbox, reader] database in
            for item in items { try outbox.insert(item, in: database) }
            try reader.acknowledge(through: last.sequence, in: database)
        }
    }
}

// Emptying the outbox.
extension NotificationEngine {
    /// Takes up what was being sent when the process ended.
    public func recover() async throws {
        for var item in try await outbox.interrupted() {
            item.delivery.recover(at: time.now())
            try await outbox.save(item)
        }
    }

    /// Sends what is due now.
    ///
    /// - Returns: How many messages were handed over.
    @discardableResult
    public func deliverDue(limit: Int = 50) async throws -> Int {
        guard let channel else { return 0 }
        var count = 0
        for item in try await outbox.due(at: time.now(), limit: limit) {
            if try await deliver(item, through: channel) { count += 1 }
        }
        return count
    }

    private func deliver(_ due: OutboxItem, through channel: any Channel) async throws -> Bool {
        var item = due
        let now = time.now()
        if let oldest = try await outbox.delivered(
            to: item.address, since: now + -Self.hour, count: item.maximumPerHour)
        {
            item.delivery.postpone(until: oldest + Self.hour)
            try await outbox.save(item)
            return false
        }
        guard item.delivery.begin(at: now) else { return false }
        if item.subject.isEmpty {
            guard try await write(&item) else {
                item.delivery.fail(
                    DeliveryFailure(isPermanent: true, reason: "the incident was deleted"), at: now,
                    policy: options.policy)
                try await outbox.save(item)
                return false
            }
        }
        try await outbox.save(item)
        do throws(DeliveryFailure) {
            try await channel.deliver(
                NotificationMessage(
                    recipient: item.address, recipientName: item.contact, subject: item.subject, text: item.text,
                    html: item.html, id: item.id, date: item.createdTime))
            item.delivery.succeed(at: time.now())
        } catch {
            item.delivery.fail(error, at: time.now(), policy: options.policy)
            logger.warning(
                "a notification was not delivered: \(error.reason)", metadata: ["address": "\(item.address)"])
        }
        try await outbox.save(item)
        return item.delivery.lastFailure == nil
    }

    /// Puts the incident into words; false when it is gone.
    private func write(_ item: inout OutboxItem) async throws -> Bool {
        guard let incident = try await casebook.incident(IncidentID(item.incidentID)) else { return false }
        let message = IncidentMessage(incident: incident, occasion: item.occasion, portalURL: options.portalURL)
        item.subject = message.subject
        item.text = message.text
        item.html = message.html
        return true
    }
}
