internal import Casebook
internal import Chronology
internal import Vocabulary

/// The incident queue.
struct IncidentsPage: Page {
    let frame: Frame
    let text: String
    let statuses: [Choice]
    let severities: [Choice]
    let sorts: [Choice]
    let heads: [IncidentHead]
    let count: String
    let incidents: [IncidentRow]
    let nextPage: String?
    let canChange: Bool
    let classifications: [Choice]
    /// Where the same text is looked for in everything.
    let searchPath: String?

    var template: TemplateName { .incidents }
}

extension IncidentsPage {
    init(
        frame: Frame, page: IncidentPage, chips: [IncidentID: ServiceLevelChip], request: QueueRequest, mayChange: Bool,
        now: Instant
    ) {
        self.frame = frame
        text = request.text
        statuses = QueueRequest.StatusChoice.allCases.map {
            Choice(value: $0.rawValue, name: $0.name, isSelected: $0 == request.status)
        }
        severities =
            [Choice(value: "", name: "Any severity", isSelected: request.severity == nil)]
            + Severity.allCases.reversed().map {
                Choice(value: $0.rawValue, name: $0.rawValue, isSelected: $0 == request.severity)
            }
        count = page.total == 1 ? "1 incident" : "\(page.total) incidents"
        sorts = QueueRequest.Sort.allCases.map {
            Choice(value: $0.rawValue, name: "By \($0.name)", isSelected: $0 == request.sort)
        }
        heads = IncidentHead.all(request)
        incidents = page.incidents.map { IncidentRow($0, chips[$0.id], now: now) }
        let shown = request.offset + page.incidents.count
        canChange = mayChange
        classifications = Classification.allPairs.map {
            Choice(value: $0.formValue, name: "Close: \($0.description)", isSelected: false)
        }
        searchPath = request.text.isEmpty ? nil : "/search?text=\(PortalURL.escaped(request.text))"
        nextPage = shown < page.total ? request.at(offset: shown).path : nil
    }
}

/// What the queue's address asks for.
struct QueueRequest: Sendable {
    enum StatusChoice: String, CaseIterable, Sendable {
        case open, new, active, closed, all

        var name: String {
            switch self {
            case .open: "Open"
            case .new: "New"
            case .active: "Active"
            case .closed: "Closed"
            case .all: "All"
            }
        }

        var statuses: Set<IncidentStatus> {
            switch self {
            case .open: [.new, .active]
            case .new: [.new]
            case .active: [.active]
            case .closed: [.closed]
            case .all: [.new, .active, .closed]
            }
        }
    }

    /// By what the queue is ordered.
    enum Sort: String, CaseIterable, Sendable {
        case priority, due, severity, activity, newest

        var name: String {
            switch self {
            case .priority: "priority"
            case .due: "time left"
            case .severity: "severity"
            case .activity: "last activity"
            case .newest: "number"
            }
        }

        var order: IncidentOrder {
            switch self {
            case .priority, .due: .queue
            case .severity: .by(.severity, descending: true)
            case .activity: .by(.lastActivityTime, descending: true)
            case .newest: .by(.number, descending: true)
            }
        }
    }

    static let pageSize = 50

    var text: String
    var status: StatusChoice
    var severity: Severity?
    var sort: Sort
    var offset: Int

    init(
        text: String = "", status: String? = nil, severity: String? = nil, sort: String? = nil, offset: String? = nil
    ) {
        self.text = text
        self.status = status.flatMap(StatusChoice.init(rawValue:)) ?? .open
        self.severity = severity.flatMap { Severity(lenient: $0) }
        self.sort = sort.flatMap(Sort.init(rawValue:)) ?? .priority
        self.offset = offset.flatMap(Int.init).map { max(0, $0) } ?? 0
    }

    var query: IncidentQuery {
        var filters: [IncidentFilter] = [.status(status.statuses)]
        if let severity { filters.append(.severity([severity])) }
        if let number = Int(text.drop { $0 == "#" }), !text.isEmpty {
            filters.append(.number(number...number))
        } else if !text.isEmpty {
            filters.append(.search(text))
        }
        return IncidentQuery(.and(filters), order: sort.order, limit: Self.pageSize, offset: offset, detail: .summary)
    }

    func at(offset: Int) -> QueueRequest {
        var copy = self
        copy.offset = offset
        return copy
    }

    var path: String {
        "\(PortalURL.incidents.path)?status=\(status.rawValue)&severity=\(severity?.rawValue ?? "")"
            + "&text=\(PortalURL.escaped(text))&sort=\(sort.rawValue)&offset=\(offset)"
    }

    func sorted(by sort: Sort) -> QueueRequest {
        var copy = at(offset: 0)
        copy.sort = sort
        return copy
    }
}
