internal import Casebook
internal import Vocabulary

/// What a search over all incidents found.
struct SearchPage: Page {
    let frame: Frame
    let text: String
    let count: String
    let isCutOff: Bool
    let hits: [Row]
    let entities: [EntityRow]
    let hasEntities: Bool

    var template: TemplateName { .search }

    struct Row: Sendable {
        let path: String?
        let title: String
        let number: String
        let severity: String?
        let status: String
        let place: String
        let pieces: [Piece]
        let more: String?
    }

    struct Piece: Sendable {
        let words: String
        let isMatch: Bool
    }

    init(frame: Frame, text: String, result: SearchResult, entities: [KnownEntity]) {
        self.frame = frame
        self.text = text
        count = result.hits.count == 1 ? "1 found" : "\(result.hits.count) found"
        isCutOff = result.isCutOff
        hits = result.hits.map(Row.init)
        self.entities = entities.map(EntityRow.init)
        hasEntities = !entities.isEmpty
    }
}

extension SearchPage.Row {
    fileprivate init(_ hit: SearchHit) {
        path = Self.path(of: hit)
        title = hit.incident?.title ?? hit.heading
        number = hit.incident.map { "#\($0.number)" } ?? "in no incident"
        severity = hit.incident?.severity.rawValue
        status = hit.incident?.status.rawValue ?? ""
        place =
            switch hit.place {
            case .incident: "Incident"
            case .comment: "Comment by \(hit.heading)"
            case .task: "Task"
            case .bookmark: "Bookmark \(hit.heading)"
            case .alert: "Alert \(hit.heading)"
            case .field(let name): "Field \(name)"
            }
        pieces = hit.snippet.map { SearchPage.Piece(words: $0.text, isMatch: $0.isMatch) }
        more = hit.matchCount > 1 ? "and \(hit.matchCount - 1) more" : nil
    }

    /// The incident's page, or that of an alert which is in none.
    private static func path(of hit: SearchHit) -> String? {
        if let incident = hit.incident { return PortalURL.incident(incident.id.rawValue).path }
        if case .alert(let id) = hit.place { return PortalURL.alert(id.rawValue).path }
        return nil
    }
}
