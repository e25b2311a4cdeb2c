internal import Casebook
internal import Chronology
internal import Foundation
internal import JSON
internal import StateStore

/// What people have added to an incident, read for its page.
struct CaseFile: Sendable {
    let bookmarks: [Bookmark]
    /// Other incidents, with how they are linked.
    var links: [(incident: Incident, link: IncidentLink, name: RelationName)] = []
    let watchers: [IncidentWatcher]
    let timeEntries: [TimeEntry]
    let attachments: [Attachment]
    var transfers: [(transfer: IncidentTransfer, other: Incident)] = []
    let fields: [CustomFieldValue]
    let types: [IncidentType]
    let team: IncidentTeam?

    init(of incident: Incident, in casebook: Casebook, types: [IncidentType]) async throws {
        let id = incident.id
        self.types = types
        bookmarks = try await casebook.bookmarks(of: id)
        watchers = try await casebook.watchers(of: id)
        timeEntries = try await casebook.timeEntries(of: id)
        attachments = try await casebook.attachments(of: id)
        fields = try await casebook.fields(of: id)
        team = try await casebook.team(of: id)
        for relation in try await casebook.relations(of: id) {
            guard case .incident(let otherID, let link) = relation.related,
                let other = try await casebook.incident(otherID)
            else { continue }
            links.append((other, link, relation.name))
        }
        for transfer in try await casebook.transfers(of: id) {
            let otherID = transfer.source == id ? transfer.target : transfer.source
            if let other = try await casebook.incident(otherID) { transfers.append((transfer, other)) }
        }
    }
}

/// The part of an incident's page that shows it.
struct CaseParts: Sendable {
    let isMerged: Bool
    let isWatching: Bool
    /// Nil when nobody watches.
    let watcherNames: String?
    let watcherCount: Int
    let bookmarks: [BookmarkRow]
    let bookmarkCount: Int
    let links: [LinkRow]
    let linkCount: Int
    let linkChoices: [Choice]
    let timeEntries: [TimeRow]
    let timeSum: String
    let attachments: [AttachmentRow]
    let attachmentCount: Int
    let transfers: [TransferRow]
    let typeTitle: String?
    let types: [Choice]
    let fields: [FieldRow]
    let ownComments: [OwnComment]
    let splitAlerts: [SplitAlert]
    let canSplit: Bool
    let team: TeamRow?

    struct BookmarkRow: Sendable {
        let name: String
        let notes: String?
        let logsPath: String
        let maker: String
    }

    struct LinkRow: Sendable {
        let linkName: String
        let linkWords: String
        let otherTitle: String
        let otherNumber: Int
        let otherPath: String
    }

    struct TimeRow: Sendable {
        let who: String
        let spent: String
    }

    struct AttachmentRow: Sendable {
        let name: String
        let size: String
        let digest: String
        let downloadPath: String
    }

    struct TransferRow: Sendable {
        let transferID: String
        let words: String
        let canUndo: Bool
    }

    struct FieldRow: Sendable {
        let field: String
        let fieldTitle: String
        let current: String
        let inputType: String
        /// Of a choice; empty for a text box.
        let options: [Choice]
        let hasOptions: Bool
    }

    struct OwnComment: Sendable {
        let commentID: String
        let words: String
    }

    struct SplitAlert: Sendable {
        let alertField: String
        let alertName: String
    }

    struct TeamRow: Sendable {
        let teamName: String
        let channel: String?
    }
}

extension CaseParts {
    init(_ file: IncidentFile, _ parts: CaseFile, caller: JournalActor, now: Instant) {
        let incident = file.incident
        isMerged = incident.mergedInto != nil
        isWatching = parts.watchers.contains { $0.person.kind == caller.kind && $0.person.id == caller.id }
        watcherNames =
            parts.watchers.isEmpty ? nil : parts.watchers.map(\.person.name).joined(separator: ", ")
        watcherCount = parts.watchers.count
        bookmarks = parts.bookmarks.map { mark in
            BookmarkRow(
                name: mark.content.displayName, notes: mark.content.notes.isEmpty ? nil : mark.content.notes,
                logsPath: PortalURL.query(mark.content.query).path, maker: mark.createdBy.name)
        }
        bookmarkCount = parts.bookmarks.count
        links = parts.links.map { link in
            LinkRow(
                linkName: link.name.rawValue, linkWords: link.link.words, otherTitle: link.incident.title,
                otherNumber: link.incident.number, otherPath: PortalURL.incident(link.incident.id.rawValue).path)
        }
        linkCount = parts.links.count
        linkChoices = IncidentLink.allCases.map { Choice(value: $0.rawValue, name: $0.words, isSelected: false) }
        timeEntries = Self.times(parts.timeEntries)
        timeSum = Self.duration(parts.timeEntries.reduce(0) { $0 + $1.minutes })
        attachments = parts.attachments.map { file in
            AttachmentRow(
                name: file.name, size: "\(max(1, file.byteCount >> 10)) KiB", digest: String(file.digest.prefix(16)),
                downloadPath: PortalURL.attachment(incident: incident.id.rawValue, file: file.id.rawValue).path)
        }
        attachmentCount = parts.attachments.count
        transfers = parts.transfers.map { TransferRow($0.transfer, other: $0.other, seenFrom: incident.id) }
        let type = parts.types.first { $0.name == incident.typeName }
        typeTitle = type?.title
        types = parts.types.map { Choice(value: $0.name, name: $0.title, isSelected: $0.name == incident.typeName) }
        fields = (type?.fields ?? []).map { field in
            FieldRow(field, value: parts.fields.first { $0.name == field.name }?.value)
        }
        ownComments = file.comments.filter { $0.author.kind == caller.kind && $0.author.id == caller.id }.map {
            OwnComment(commentID: $0.id.rawValue, words: $0.message)
        }
        canSplit = file.alerts.count > 1
        splitAlerts = file.alerts.map {
            SplitAlert(alertField: "alert.\($0.id.rawValue)", alertName: $0.content.displayName)
        }
        team = parts.team.map {
            TeamRow(teamName: $0.name, channel: $0.channelURL.isEmpty ? nil : $0.channelURL)
        }
    }

    /// The sum of each person.
    private static func times(_ entries: [TimeEntry]) -> [TimeRow] {
        var order: [String] = []
        var minutes: [String: Int] = [:]
        for entry in entries {
            if minutes[entry.person.name] == nil { order.append(entry.person.name) }
            minutes[entry.person.name, default: 0] += entry.minutes
        }
        return order.map { TimeRow(who: $0, spent: duration(minutes[$0] ?? 0)) }
    }

    private static func duration(_ minutes: Int) -> String {
        minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}

extension IncidentLink {
    /// How one incident bears on another, in words.
    var words: String {
        switch self {
        case .related: "Related to"
        case .duplicateOf: "Duplicate of"
        case .hasDuplicate: "Has as duplicate"
        case .causedBy: "Caused by"
        case .causes: "Causes"
        }
    }
}

extension CaseParts.TransferRow {
    init(_ transfer: IncidentTransfer, other: Incident, seenFrom id: IncidentID) {
        let count = transfer.moved.alerts.count
        let alerts = count == 1 ? "1 alert" : "\(count) alerts"
        words =
            switch (transfer.kind, transfer.source == id) {
            case (.merge, true): "Merged into #\(other.number), with \(alerts)"
            case (.merge, false): "#\(other.number) was merged into this one, with \(alerts)"
            case (.split, true): "\(alerts) went into #\(other.number)"
            case (.split, false): "Split from #\(other.number), with \(alerts)"
            }
        transferID = transfer.id.rawValue
        canUndo = transfer.undoneTime == nil
    }
}

extension CaseParts.FieldRow {
    init(_ definition: CustomField, value: JSON?) {
        field = "field.\(definition.name)"
        fieldTitle = definition.title
        let text = value.map { value in
            value.stringValue ?? value.arrayValue.map { $0.compactMap(\.stringValue).joined(separator: ", ") }
                ?? value.description
        }
        var choices: [String] = []
        switch definition.form {
        case .choice(let all): choices = all
        case .boolean: choices = ["true", "false"]
        case .text, .number, .date, .multipleChoice, .user: break
        }
        current = text ?? ""
        inputType = definition.form == .number ? "number" : "text"
        hasOptions = !choices.isEmpty
        options =
            choices.isEmpty
            ? []
            : ([""] + choices).map { Choice(value: $0, name: $0.isEmpty ? "–" : $0, isSelected: $0 == (text ?? "")) }
    }
}
