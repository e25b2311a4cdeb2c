internal import Casebook
internal import Chronology
internal import StateStore
internal import Vocabulary

/// The page of one incident.
struct IncidentPageView: Page {
    let frame: Frame
    let path: String
    let number: Int
    let title: String
    let description: String?
    let severity: String
    let status: String
    let statusClass: String
    let score: String
    let scoreClass: String
    let etag: String
    let canChange: Bool
    let canActivate: Bool
    let canClose: Bool
    let canReopen: Bool
    let canRunPlaybook: Bool
    let reasons: [Reason]
    let serviceLevel: ServiceLevelCard
    let owner: String
    let ownerField: String
    let firstActivity: String
    let lastActivity: String
    let created: String
    let tactics: [String]
    let techniques: [String]
    let labels: [String]
    let labelsField: String
    let classification: String?
    let classificationComment: String?
    let severities: [Choice]
    let classifications: [Choice]
    let playbooks: [Choice]
    let timeline: [TimelineItem]
    let timelineCount: Int
    let entities: [EntityRow]
    let entityCount: Int
    let tasks: [TaskRow]
    let openTaskCount: Int
    let runs: [RunRow]
    let runCount: Int
    let parts: CaseParts
    /// Where the work on a merged incident goes on.
    let mergedPath: String?
    let mergedNumber: Int?

    var template: TemplateName { .incident }

    struct Reason: Sendable {
        let points: String
        let words: String
    }

    init(
        _ file: IncidentFile, frame: Frame, caller: JournalActor, mayChange: Bool, mayRunPlaybooks: Bool, now: Instant
    ) {
        let incident = file.incident
        self.frame = frame
        path = PortalURL.incident(incident.id.rawValue).path
        number = incident.number
        title = incident.title
        description = incident.description.isEmpty ? nil : incident.description
        severity = incident.severity.rawValue
        status = incident.status.rawValue
        statusClass = incident.status.chipClass
        score = incident.priority.map { String($0.score) } ?? "–"
        scoreClass = incident.scoreClass
        etag = incident.etag
        canChange = mayChange
        canActivate = incident.status == .new
        canClose = incident.isOpen
        canReopen = !incident.isOpen && incident.mergedInto == nil
        canRunPlaybook = mayRunPlaybooks && !file.playbooks.isEmpty
        reasons = (incident.priority?.reasons ?? []).map {
            Reason(points: "\($0.points < 0 ? "−" : "+")\(Int($0.points.magnitude.rounded()))", words: $0.text)
        }
        serviceLevel = file.serviceLevel
        ownerField = incident.owner?.displayName ?? ""
        owner = ownerField.isEmpty ? "nobody" : ownerField
        firstActivity = incident.firstActivityTime.map { ShownTime($0, now: now).exact } ?? "–"
        lastActivity = incident.lastActivityTime.map { ShownTime($0, now: now).exact } ?? "–"
        created = ShownTime(incident.createdTime, now: now).exact
        tactics = incident.tactics.map(\.rawValue)
        techniques = incident.techniques
        labels = incident.labels.map(\.name)
        labelsField = labels.joined(separator: ", ")
        classification = incident.classification?.description
        classificationComment = incident.classificationComment.isEmpty ? nil : incident.classificationComment
        severities = Severity.allCases.reversed().map {
            Choice(value: $0.rawValue, name: $0.rawValue, isSelected: $0 == incident.severity)
        }
        classifications = Classification.allPairs.map {
            Choice(value: $0.formValue, name: $0.description, isSelected: false)
        }
        playbooks = file.playbooks
        timeline = TimelineItem.items(of: file, now: now)
        timelineCount = timeline.count
        entities = incident.entities.map(EntityRow.init)
        entityCount = entities.count
        tasks = file.tasks.map { TaskRow($0, csrf: frame.csrf) }
        openTaskCount = file.tasks.count { $0.status == .new }
        runs = file.runs
        runCount = file.runs.count
        parts = CaseParts(file, file.parts, caller: caller, now: now)
        mergedPath = incident.mergedInto.map { PortalURL.incident($0.rawValue).path }
        mergedNumber = incident.mergedIntoNumber
    }
}

/// An entity of an incident or alert with the way to its page and its events.
struct EntityRow: Sendable {
    let entityPath: String
    let name: String
    let kind: String
    let icon: String
    let logsPath: String

    init(_ known: KnownEntity) {
        name = known.friendlyName
        kind = known.kind.rawValue
        icon = known.kind.icon
        entityPath = PortalURL.entity(known.id.rawValue).path
        logsPath = Self.logsPath(of: known)
    }

    /// Where the newest events that name the entity are asked for.
    static func logsPath(of known: KnownEntity) -> String {
        let needle = (known.entity["Name"] ?? known.entity["HostName"] ?? known.friendlyName)
            .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return PortalURL.query("search \"\(needle)\"\n| sort by TimeGenerated desc\n| take 200").path
    }
}

/// A task of the incident.
struct TaskRow: Sendable {
    let path: String
    let title: String
    /// Named apart from the incident's description, which a template would fall back to.
    let detail: String?
    let isDone: Bool
    let icon: String
    let toggleLabel: String

    init(_ task: IncidentTask, csrf: String) {
        path = PortalURL.task(incident: task.incidentID.rawValue, task: task.id.rawValue).path
        title = task.title
        detail = task.description.isEmpty ? nil : task.description
        isDone = task.status == .completed
        icon = isDone ? "check" : "clock"
        toggleLabel = isDone ? "Mark as open" : "Mark as done"
    }
}

extension Classification {
    /// `TruePositive/SuspiciousActivity`: one value for one select box.
    var formValue: String { "\(verdict.rawValue)/\(reason?.rawValue ?? "")" }

    init?(formValue: String) {
        guard let pair = Classification.allPairs.first(where: { $0.formValue == formValue }) else { return nil }
        self = pair
    }
}
