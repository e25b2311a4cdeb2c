internal import Casebook
internal import Chronology
internal import JSON
internal import StateStore
internal import Vocabulary

/// One item of an incident's timeline.
struct TimelineItem: Sendable {
    enum Kind: String, Sendable {
        case alert, comment, automation, change
    }

    let kind: String
    let time: String
    let timeISO: String
    let actor: String
    /// Of alerts only. Named apart from the incident's, which a template would fall back to.
    let alertSeverity: String?
    let headline: String
    /// The page of an alert.
    let headlinePath: String?
    let text: String?
    let evidence: Evidence?

    /// The rows that made an alert.
    struct Evidence: Sendable {
        let rowCount: Int
        let text: String
    }

    /// The most evidence rows that the page shows; the query in the alert gives all.
    static let shownRows = 20

    /// Alerts, comments and changes, the newest first.
    static func items(of file: IncidentFile, now: Instant) -> [TimelineItem] {
        var dated: [(Instant, TimelineItem)] = []
        dated += file.alerts.map { ($0.content.endTime, TimelineItem(alert: $0, now: now)) }
        dated += file.comments.map { ($0.createdTime, TimelineItem(comment: $0, now: now)) }
        dated += file.activity.compactMap { entry in
            TimelineItem(entry: entry, now: now).map { (entry.time, $0) }
        }
        return dated.sorted { $0.0 > $1.0 }.map(\.1)
    }

    private init(
        _ kind: Kind, at instant: Instant, now: Instant, actor: String, severity: String? = nil, headline: String,
        path: String? = nil,
        text: String? = nil, evidence: Evidence? = nil
    ) {
        let time = ShownTime(instant, now: now)
        self.kind = kind.rawValue
        self.time = time.exact
        timeISO = time.iso
        self.actor = actor
        alertSeverity = severity
        self.headline = headline
        headlinePath = path
        self.text = text
        self.evidence = evidence
    }

    private init(alert: Alert, now: Instant) {
        let content = alert.content
        let rows = content.evidence.prefix(Self.shownRows).map(\.description).joined(separator: "\n\n")
        self.init(
            .alert, at: content.endTime, now: now, actor: content.ruleName.isEmpty ? content.productName : "rule",
            severity: content.severity.rawValue, headline: content.displayName,
            path: PortalURL.alert(alert.id.rawValue).path,
            text: content.description.isEmpty ? nil : content.description,
            evidence: content.evidence.isEmpty ? nil : Evidence(rowCount: content.evidence.count, text: rows))
    }

    private init(comment: IncidentComment, now: Instant) {
        let kind: Kind = comment.author.kind == .playbook ? .automation : .comment
        self.init(
            kind, at: comment.createdTime, now: now, actor: comment.author.name, headline: "Comment",
            text: kind == .automation ? PlainText.text(ofHTML: comment.message) : comment.message)
    }

    /// Nil for what the timeline shows in another form (alerts, comments) or not at all (scores).
    private init?(entry: JournalEntry, now: Instant) {
        guard let event = CasebookEvent(entry), let words = event.timelineWords else { return nil }
        let isAutomatic = entry.actor.kind == .automationRule || entry.actor.kind == .playbook
        self.init(
            isAutomatic ? .automation : .change, at: entry.time, now: now, actor: entry.actor.name,
            headline: words.headline, text: words.text)
    }
}

extension CasebookEvent {
    fileprivate var timelineWords: (headline: String, text: String?)? {
        switch self {
        case .incidentCreated: ("Incident opened", nil)
        case .incidentUpdated(_, let changes): ("Changed", changes.words)
        case .alertRemoved: ("Alert removed", nil)
        case .incidentMerged: ("Another incident was merged into this one", nil)
        case .mergeUndone: ("A merge into this incident was undone", nil)
        case .incidentSplit(_, _, let alerts): ("Split", "\(alerts.count) alerts went into a new incident")
        case .taskAdded(_, _, let title): ("Task added", title)
        case .taskChanged(_, _, let changes): ("Task changed", changes.words)
        case .taskDeleted: ("Task deleted", nil)
        case .commentDeleted: ("Comment deleted", nil)
        case .bookmark(_, _, .created(let name)): ("Bookmark made", name)
        case .bookmark(_, _, .changed(let changes)): ("Bookmark changed", changes.words)
        case .bookmark(_, _, .deleted(let name)): ("Bookmark deleted", name)
        case .relation(_, .added(_, .incident(_, let link))): ("Linked to another incident", link.rawValue)
        case .relation(_, .removed(_, .incident(_, let link))): ("Link to another incident removed", link.rawValue)
        case .watching(_, .mentioned(let person, _)): ("Mentioned", person.name)
        case .effort(_, .timeAdded(_, let minutes)): ("Time noted", "\(minutes) minutes")
        case .effort(_, .timeDeleted(_, let minutes)): ("Time entry deleted", "\(minutes) minutes")
        case .effort(_, .teamCreated(let name)): ("Team made", name)
        case .typed(_, .typeChanged(_, let name)): ("Type set", name)
        case .typed(_, .fieldsChanged(let changes)):
            (
                "Fields changed",
                changes.map { "\($0.name): \($0.old.isEmpty ? "–" : $0.old) → \($0.new.isEmpty ? "–" : $0.new)" }
                    .joined(separator: "\n")
            )
        case .attachment(_, .added(_, let name, let digest, let bytes)):
            ("File added", "\(name), \(bytes) bytes, SHA-256 \(digest)")
        case .attachment(_, .deleted(_, let name, _, _)): ("File taken off", name)
        case .watching: nil
        case .relation(_, .added): ("Bookmark added", nil)
        case .relation(_, .removed): ("Bookmark removed", nil)
        case .alertRecorded, .alertStatusChanged, .alertGrown, .alertAdded, .incidentDeleted, .commentAdded,
            .commentChanged, .incidentScored, .entity:
            nil
        }
    }
}

extension [FieldChange] {
    /// `status: New → Active`, a line each.
    fileprivate var words: String {
        map { "\($0.field.rawValue): \($0.old.isEmpty ? "–" : $0.old) → \($0.new.isEmpty ? "–" : $0.new)" }
            .joined(separator: "\n")
    }
}
