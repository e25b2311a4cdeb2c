internal import Chronology
internal import Foundation
internal import Prioritization
internal import Vocabulary

/// The inventory, the most sensitive assets first, and the way in for lists.
struct AssetsPage: Page {
    let frame: Frame
    let count: String
    let search: String
    let levels: [Choice]
    let assets: [Row]
    let nextPath: String?
    let mayChange: Bool
    let importPath: String

    var template: TemplateName { .assets }

    /// How many assets a page shows.
    static let size = 100

    struct Row: Sendable {
        /// Nil for what files list and links imply.
        let path: String?
        let name: String
        let kind: String
        let icon: String
        let sensitivity: String
        let sensitivityClass: String
        let explanation: String
        let tags: [String]
        let owner: String
        let sources: String
        let lastSeen: String

        init(_ entry: AssetBook.Entry, now: Instant) {
            path = entry.id.map { PortalURL.asset($0.rawValue).path }
            name = entry.profile.name
            kind = entry.asset.type.isEmpty ? entry.profile.kind.rawValue : entry.asset.type
            icon = entry.profile.kind.icon
            sensitivity = entry.profile.sensitivity?.rawValue ?? ""
            sensitivityClass = entry.profile.sensitivity.chipClass
            explanation = entry.profile.explanation
            tags = Array(entry.profile.tags.prefix(4))
            owner = entry.profile.owner
            sources = entry.sightings.map(\.source.name).joined(separator: ", ")
            lastSeen = entry.sightings.map(\.lastSeen).max().map { ShownTime($0, now: now).relative } ?? ""
        }
    }

    init(
        frame: Frame, page: AssetBook.Page, search: String, sensitivity: Sensitivity?, offset: Int, mayChange: Bool,
        now: Instant
    ) {
        self.frame = frame
        self.search = search
        self.mayChange = mayChange
        importPath = PortalURL.importAssets.path
        count = page.total == 1 ? "1 asset" : "\(page.total.grouped) assets"
        levels =
            [Choice(value: "", name: "Any sensitivity", isSelected: sensitivity == nil)]
            + Sensitivity.allCases.reversed().map {
                Choice(value: $0.rawValue, name: $0.rawValue.capitalized, isSelected: $0 == sensitivity)
            }
        assets = page.entries.map { Row($0, now: now) }
        let next = offset + page.entries.count
        nextPath =
            next < page.total
            ? "\(PortalURL.assets.path)?search=\(PortalURL.escaped(search))&sensitivity=\(sensitivity?.rawValue ?? "")"
                + "&offset=\(next)" : nil
    }
}

/// One asset: what is known about it, from whom, and why it is as sensitive as it is.
struct AssetPage: Page {
    let frame: Frame
    let asset: AssetsPage.Row
    let names: [String]
    let addresses: String
    let resourceID: String
    let parts: [Part]
    let links: [Part]
    let sightings: [Sighting]
    let reach: String
    let tags: [String]
    let mayChange: Bool
    let removePath: String
    let logsPath: String

    var template: TemplateName { .asset }

    struct Part: Sendable {
        let name: String
        let value: String
    }

    struct Sighting: Sendable {
        let source: String
        let native: String
        let firstSeen: String
        let lastSeen: String
    }

    init(_ entry: AssetBook.Entry, reach: AssetReach, frame: Frame, mayChange: Bool, now: Instant) {
        self.frame = frame
        self.mayChange = mayChange
        asset = AssetsPage.Row(entry, now: now)
        names = entry.asset.names
        addresses = entry.asset.addresses.joined(separator: ", ")
        resourceID = entry.asset.resourceID
        tags = entry.profile.tags
        parts = (entry.profile.parts?.values ?? []).map { Part(name: $0.part, value: $0.meaning ?? $0.text) }
        links = entry.asset.links.map { Part(name: $0.relation.words, value: $0.name) }
        sightings = entry.sightings.map { sighting in
            Sighting(
                source: sighting.source.name, native: sighting.native,
                firstSeen: ShownTime(sighting.firstSeen, now: now).exact,
                lastSeen: ShownTime(sighting.lastSeen, now: now).exact)
        }
        let names = reach.foremost.map(\.name).joined(separator: ", ")
        self.reach =
            reach.count == 0
            ? "nothing else that is known"
            : "\(reach.isCut ? "more than " : "")\(reach.count.grouped) other \(reach.count == 1 ? "asset" : "assets")"
                + (names.isEmpty ? "" : ", among them \(names)")
        removePath = PortalURL.removeAsset(entry.id?.rawValue ?? "").path
        logsPath = PortalURL.query("search \"\(entry.profile.name.replacing("\"", with: ""))\" | take 100").path
    }
}

extension AssetRelation {
    fileprivate var words: String {
        switch self {
        case .within: "lies in"
        case .memberOf: "is a member of"
        case .ownedBy: "belongs to"
        case .administers: "administers"
        case .actsAs: "acts as"
        }
    }
}

extension Optional<Sensitivity> {
    /// The chip's class.
    var chipClass: String {
        switch self {
        case .critical: "bad"
        case .high: "warn"
        case .medium: "accent"
        case .low, nil: ""
        }
    }
}
