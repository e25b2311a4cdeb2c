public import Chronology
public import JSON
public import StateStore

/// A list of things to know about: people, hosts, addresses, names; queries read it with `_GetWatchlist`.
public struct Watchlist: Sendable, Hashable {
    /// What is being done to the list; the raw values are Sentinel's.
    public enum State: String, Sendable, Hashable {
        case succeeded = "Succeeded"
        /// Items are being uploaded, and are not seen yet.
        case uploading = "Uploading"
    }

    /// Its place in the room's tables.
    let number: Int64
    /// What queries call it; unique in any letter case.
    public let alias: String
    /// A GUID, `watchlistId`.
    public let id: String
    public var facts: WatchlistFacts
    /// The properties that items have, in order.
    public var columns: [String]
    public let created: Instant
    public var updated: Instant
    public let createdBy: JournalActor
    public var updatedBy: JournalActor
    public var itemCount: Int
    public var state: State
    /// Counts the changes of the list and of its items.
    public var version: Int64
    /// Items lie above the first number, up to and including the last.
    let range: ItemRange
}

/// What people say about a list.
public struct WatchlistFacts: Sendable, Hashable {
    public var displayName: String
    /// The property by which items are looked up.
    public var itemsSearchKey: String
    public var provider = "Tocsin"
    /// Where the content came from, such as a file's name.
    public var source = ""
    public var sourceType = "Local"
    public var description = ""
    public var labels: [String] = []
    /// How long items are kept after their last change, ISO 8601; empty: for ever.
    public var defaultDuration = ""
    public var contentType = WatchlistContentType.csv
    /// Lines before the header.
    public var numberOfLinesToSkip = 0

    public init(displayName: String, itemsSearchKey: String) {
        self.displayName = displayName
        self.itemsSearchKey = itemsSearchKey
    }
}

/// The form of an uploaded content; the raw values are media types.
public enum WatchlistContentType: String, Sendable, Hashable, CaseIterable {
    case csv = "text/csv"
    case tsv = "text/tsv"

    /// Reads the names that clients use, in any letter case and with parameters.
    public init?(lenient text: some StringProtocol) {
        let name = text.split(separator: ";").first.map { $0.lowercased().filter { !$0.isWhitespace } } ?? ""
        switch name {
        case "text/csv", "csv", "text/plain", "application/csv", "application/vnd.ms-excel": self = .csv
        case "text/tsv", "tsv", "text/tab-separated-values": self = .tsv
        default: return nil
        }
    }

    var separator: UInt8 { self == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t") }
}

/// Where a list's items lie among all items: above `after`, up to and including `through`.
struct ItemRange: Sendable, Hashable {
    var after: Int64
    var through: Int64
}

/// One item of a list.
public struct WatchlistItem: Sendable, Hashable {
    let number: Int64
    /// Usually a GUID.
    public let id: String
    /// The value of the search key's property.
    public let key: String
    public let values: JSONObject
    public let entityMapping: JSONObject
    public let created: Instant
    public let updated: Instant
    public let createdBy: JournalActor
    public let updatedBy: JournalActor
    /// When it leaves the list by itself.
    public let expires: Instant?
    public let version: Int64
}

/// An item that somebody wants to add or change.
public struct WatchlistItemDraft: Sendable, Hashable {
    public var values: JSONObject
    public var entityMapping: JSONObject = [:]
    /// Nil: after the list's `defaultDuration`, if it has one.
    public var expires: Instant?
    /// The version that the caller saw; nil: whatever it is.
    public var version: Int64?

    public init(values: JSONObject) {
        self.values = values
    }
}
