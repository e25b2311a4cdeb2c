public import Vocabulary

/// Something that a search found: an incident, or an alert or bookmark that is in none.
public struct SearchHit: Sendable, Hashable {
    /// Where the words stand.
    public enum Place: Sendable, Hashable {
        case incident
        case comment(CommentID)
        case task(TaskID)
        case bookmark(BookmarkID)
        case alert(AlertID)
        /// A custom field of this name.
        case field(String)
    }

    /// The incident in short.
    public struct FoundIncident: Sendable, Hashable {
        public let id: IncidentID
        public let number: Int
        public let title: String
        public let severity: Severity
        public let status: IncidentStatus
    }

    /// A piece of a snippet.
    public struct Piece: Sendable, Hashable {
        public let text: String
        /// It is one of the words looked for.
        public let isMatch: Bool
    }

    public let incident: FoundIncident?
    /// The best of its places.
    public let place: Place
    /// The title or name of what was found there.
    public let heading: String
    /// Around the first match.
    public let snippet: [Piece]
    /// How many of the incident's texts match.
    public let matchCount: Int
}

/// What a search found, the best first.
public struct SearchResult: Sendable, Hashable {
    public let hits: [SearchHit]
    /// Only the newest matches were looked at, since there are very many.
    public let isCutOff: Bool
}
