internal import Chronology
internal import GRDB
internal import StateStore

extension IncidentComment {
    init(row: Row) {
        self.init(
            id: CommentID(row["id"] as String), incidentID: IncidentID(row["incident"] as String),
            message: row["message"], author: JournalActor(row: row, prefix: "author"),
            createdTime: Instant(ticks: row["created"]), lastModifiedTime: Instant(ticks: row["modified"]),
            version: row["version"])
    }

    static func fetch(_ id: CommentID, of incident: IncidentID, in database: Database) throws -> IncidentComment? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM casebook_comment WHERE incident = ? AND id = ?")
        return try statement.first([incident.rawValue, id.rawValue], IncidentComment.init(row:))
    }
}

extension IncidentTask {
    init(row: Row) {
        self.init(
            id: TaskID(row["id"] as String), incidentID: IncidentID(row["incident"] as String), title: row["title"],
            description: row["description"], status: Status(rawValue: row["status"]) ?? .new,
            createdBy: JournalActor(row: row, prefix: "creator"), createdTime: Instant(ticks: row["created"]),
            lastModifiedBy: JournalActor(row: row, prefix: "modifier"),
            lastModifiedTime: Instant(ticks: row["modified"]), version: row["version"])
    }

    static func fetch(_ id: TaskID, of incident: IncidentID, in database: Database) throws -> IncidentTask? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM casebook_task WHERE incident = ? AND id = ?")
        return try statement.first([incident.rawValue, id.rawValue], IncidentTask.init(row:))
    }
}

extension JournalActor {
    /// From the columns `…_kind`, `…_id` and `…_name`.
    init(row: Row, prefix: String) {
        self.init(
            kind: Kind(rawValue: row["\(prefix)_kind"]) ?? .system, id: row["\(prefix)_id"],
            name: row["\(prefix)_name"])
    }
}
