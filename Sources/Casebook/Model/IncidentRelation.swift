public import Chronology

/// A tie of an incident to an alert, a bookmark or another incident, under a name.
public struct IncidentRelation: Sendable, Hashable {
    public enum Related: Sendable, Hashable {
        /// The incident holds the alert.
        case alert(AlertID)
        /// The incident holds the bookmark.
        case bookmark(BookmarkID)
        case incident(IncidentID, IncidentLink)
    }

    public let incidentID: IncidentID
    public let name: RelationName
    public let related: Related
    /// When the relation was named; nil for an alert that joined without a name.
    public let createdTime: Instant?
    public let version: Int64

    /// The entity tag of this version.
    public var etag: String { Incident.etag(version: version) }
}

/// How one incident bears on another. Each link has its counterpart, under which the other incident shows it.
public enum IncidentLink: String, Sendable, Hashable, CaseIterable {
    case related = "Related"
    /// This incident tells of the same as the other, which is worked on.
    case duplicateOf = "DuplicateOf"
    case hasDuplicate = "HasDuplicate"
    case causedBy = "CausedBy"
    case causes = "Causes"

    /// The same link as the other incident sees it.
    public var counterpart: IncidentLink {
        switch self {
        case .related: .related
        case .duplicateOf: .hasDuplicate
        case .hasDuplicate: .duplicateOf
        case .causedBy: .causes
        case .causes: .causedBy
        }
    }

    /// Reads a link in any letter case.
    public init?(lenient text: some StringProtocol) {
        let wanted = text.lowercased()
        guard let link = IncidentLink.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
        self = link
    }
}
