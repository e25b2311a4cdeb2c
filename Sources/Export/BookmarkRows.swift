internal import Casebook
internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import StateStore
internal import Vocabulary

/// Rows of `HuntingBookmark`, as Azure Monitor documents the table: one for each change of a bookmark.
struct BookmarkRows {
    private(set) var builder = RowBuilder([
        "TimeGenerated": .datetime, "BookmarkId": .string, "BookmarkName": .string, "BookmarkType": .string,
        "CreatedBy": .string, "CreatedTime": .datetime, "Entities": .string, "EventTime": .datetime,
        "LastUpdatedTime": .datetime, "Notes": .string, "QueryStartTime": .datetime, "QueryEndTime": .datetime,
        "QueryResultRow": .string, "QueryText": .string, "SoftDelete": .bool, "Tactics": .string, "Tags": .string,
        "Techniques": .string, "UpdatedBy": .string, "SourceSystem": .string, "Type": .string,
    ])

    /// Adds a bookmark as it is now; `time` is when it became so.
    mutating func add(_ bookmark: Bookmark, at time: Instant) {
        let content = bookmark.content
        let entities = content.entities.map { entity -> JSON in
            var members: JSONObject = ["Type": .string(entity.kind.rawValue.lowercased())]
            for field in entity.fields { members[field.identifier] = .string(field.value) }
            return .object(members)
        }
        builder.add(
            common(bookmark.id, at: time).merging([
                "BookmarkName": .string(content.displayName), "CreatedBy": .string(bookmark.createdBy.name),
                "CreatedTime": .datetime(bookmark.createdTime), "Entities": .string(JSON.array(entities).description),
                "EventTime": .time(content.eventTime), "LastUpdatedTime": .datetime(bookmark.updatedTime),
                "Notes": .string(content.notes), "QueryStartTime": .time(content.queryStartTime),
                "QueryEndTime": .time(content.queryEndTime), "QueryResultRow": .string(content.queryResult),
                "QueryText": .string(content.query), "SoftDelete": .bool(false),
                "Tactics": .string(Self.list(content.tactics.map(\.rawValue))),
                "Tags": .string(Self.list(content.labels)), "Techniques": .string(Self.list(content.techniques)),
                "UpdatedBy": .string(bookmark.updatedBy.name),
            ]) { $1 })
    }

    /// Adds that a bookmark is gone.
    mutating func add(deleted id: BookmarkID, by name: String, at time: Instant) {
        builder.add(
            common(id, at: time).merging([
                "LastUpdatedTime": .datetime(time), "SoftDelete": .bool(true), "UpdatedBy": .string(name),
            ]) { $1 })
    }

    private func common(_ id: BookmarkID, at time: Instant) -> [String: Value] {
        [
            "TimeGenerated": .datetime(time), "BookmarkId": .string(id.rawValue), "BookmarkType": .string("Hunting"),
            "SourceSystem": .string("Tocsin"), "Type": .string("HuntingBookmark"),
        ]
    }

    private static func list(_ texts: [String]) -> String { JSON.array(texts.map { .string($0) }).description }
}
