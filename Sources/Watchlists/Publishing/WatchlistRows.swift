internal import Chronology
internal import EventStore
internal import GRDB
internal import JSON
internal import KQLValues
internal import StateStore

/// Whether a row of the table `Watchlist` is about a list or an item, `_DTItemType`.
enum WatchlistRowKind: String {
    case list = "watchlist"
    case item = "watchlist-item"
}

/// What a row of the table `Watchlist` says became of its item, `_DTItemStatus`.
enum WatchlistRowStatus: String {
    case create = "Create"
    case update = "Update"
    case delete = "Delete"
}

/// Rows of `Watchlist`, as Azure Monitor documents the table: one for each change of a list or an item.
struct WatchlistRows {
    private var builder = RowBuilder([
        "TimeGenerated": .datetime, "TenantId": .string, "AzureTenantId": .string, "WatchlistId": .string,
        "WatchlistItemId": .string, "WatchlistName": .string, "WatchlistAlias": .string, "Source": .string,
        "Provider": .string, "CreatedBy": .dynamic, "UpdatedBy": .dynamic, "CreatedTimeUTC": .datetime,
        "LastUpdatedTimeUTC": .datetime, "Notes": .string, "Tags": .string, "DefaultDuration": .string,
        "TimeToLive": .datetime, "WatchlistItem": .dynamic, "EntityMapping": .dynamic, "CorrelationId": .string,
        "SearchKey": .string, "WatchlistCategory": .string, "_DTTimestamp": .datetime, "_DTItemId": .string,
        "_DTItemType": .string, "_DTItemStatus": .string, "SourceSystem": .string, "Type": .string,
    ])

    var batch: EventBatch { builder.batch("Watchlist") }

    mutating func add(_ list: Watchlist, _ status: WatchlistRowStatus, at time: Instant) {
        builder.add(
            Self.cells(list, .list, status, time).merging([
                "_DTItemId": .string(list.id), "CreatedBy": .dynamic(Self.json(list.createdBy)),
                "UpdatedBy": .dynamic(Self.json(list.updatedBy)), "CreatedTimeUTC": .datetime(list.created),
                "LastUpdatedTimeUTC": .datetime(list.updated), "SearchKey": .string(list.facts.itemsSearchKey),
            ]) { $1 })
    }

    mutating func add(_ item: WatchlistItem, of list: Watchlist, _ status: WatchlistRowStatus, at time: Instant) {
        builder.add(
            Self.cells(list, .item, status, time).merging([
                "_DTItemId": .string(item.id), "WatchlistItemId": .string(item.id),
                "CreatedBy": .dynamic(Self.json(item.createdBy)), "UpdatedBy": .dynamic(Self.json(item.updatedBy)),
                "CreatedTimeUTC": .datetime(item.created), "LastUpdatedTimeUTC": .datetime(item.updated),
                "TimeToLive": .time(item.expires), "WatchlistItem": .dynamic(.object(item.values)),
                "EntityMapping": .dynamic(.object(item.entityMapping)), "SearchKey": .string(item.key),
            ]) { $1 })
    }

    private static func cells(
        _ list: Watchlist, _ kind: WatchlistRowKind, _ status: WatchlistRowStatus, _ time: Instant
    ) -> [String: Value] {
        [
            "TimeGenerated": .datetime(time), "_DTTimestamp": .datetime(time), "WatchlistId": .string(list.id),
            "WatchlistName": .string(list.facts.displayName), "WatchlistAlias": .string(list.alias),
            "Source": .string(list.facts.source), "Provider": .string(list.facts.provider),
            "Notes": .string(list.facts.description),
            "Tags": .string(JSON.array(list.facts.labels.map { .string($0) }).description),
            "DefaultDuration": .string(list.facts.defaultDuration), "CorrelationId": .string("\(list.version)"),
            "_DTItemType": .string(kind.rawValue), "_DTItemStatus": .string(status.rawValue),
            "SourceSystem": .string("Tocsin"), "Type": .string("Watchlist"),
        ]
    }

    private static func json(_ actor: JournalActor) -> JSON {
        ["objectId": .string(actor.id), "name": .string(actor.name)]
    }
}

extension WatchlistItem {
    /// The item as it waits to be told of.
    var stored: JSON {
        [
            "id": .string(id), "key": .string(key), "values": .object(values), "mapping": .object(entityMapping),
            "created": .int(created.ticks), "updated": .int(updated.ticks), "createdBy": createdBy.stored,
            "updatedBy": updatedBy.stored, "expires": expires.map { .int($0.ticks) } ?? .null,
        ]
    }

    init(stored json: JSON) {
        number = 0
        version = 0
        id = json["id"]?.stringValue ?? ""
        key = json["key"]?.stringValue ?? ""
        values = json["values"]?.objectValue ?? [:]
        entityMapping = json["mapping"]?.objectValue ?? [:]
        created = Instant(ticks: json["created"]?.intValue ?? 0)
        updated = Instant(ticks: json["updated"]?.intValue ?? 0)
        createdBy = JournalActor(stored: json["createdBy"])
        updatedBy = JournalActor(stored: json["updatedBy"])
        expires = json["expires"]?.intValue.map { Instant(ticks: $0) }
    }
}

extension JournalActor {
    fileprivate var stored: JSON {
        ["kind": .string(kind.rawValue), "id": .string(id), "name": .string(name)]
    }

    fileprivate init(stored json: JSON?) {
        self.init(
            kind: json?["kind"]?.stringValue.flatMap(Kind.init) ?? .system, id: json?["id"]?.stringValue ?? "",
            name: json?["name"]?.stringValue ?? "")
    }
}
