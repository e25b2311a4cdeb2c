internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Vocabulary

/// The bookmarks' SQL.
struct BookmarkRows {
    let database: Database

    private static let selection = """
        SELECT b.*, i.id AS incident, i.title AS incident_title, i.severity AS incident_severity, r.name AS relation
        FROM casebook_bookmark b
        LEFT JOIN casebook_relation r ON r.target = b.id AND r.kind = 'bookmark'
        LEFT JOIN casebook_incident i ON i.id = r.incident
        """

    func fetch(_ id: BookmarkID) throws -> Bookmark? {
        let statement = try database.cachedStatement(sql: "\(Self.selection) WHERE b.id = ?")
        return try statement.first([id.rawValue], Bookmark.init(row:))
    }

    /// In the order in which they were made.
    func fetchAll(of incident: IncidentID) throws -> [Bookmark] {
        let statement = try database.cachedStatement(
            sql: """
                \(Self.selection) WHERE b.id IN
                    (SELECT target FROM casebook_relation WHERE incident = ? AND kind = 'bookmark') ORDER BY b.seq
                """)
        return try statement.all([incident.rawValue], Bookmark.init(row:))
    }

    /// The newest first.
    func page(limit: Int, offset: Int) throws -> [Bookmark] {
        let statement = try database.cachedStatement(sql: "\(Self.selection) ORDER BY b.seq DESC LIMIT ? OFFSET ?")
        return try statement.all([limit, offset], Bookmark.init(row:))
    }

    func insert(_ bookmark: Bookmark) throws {
        let columns = bookmark.columns
        let names = columns.map(\.name).joined(separator: ", ")
        try database.cachedStatement(
            sql: "INSERT INTO casebook_bookmark (\(names)) VALUES \(columns.sqlMarks)"
        ).execute(arguments: StatementArguments(columns.map(\.value)))
    }

    func update(_ bookmark: Bookmark) throws {
        let columns = bookmark.columns.filter { $0.name != "id" }
        let assignments = columns.map { "\($0.name) = ?" }.joined(separator: ", ")
        try database.cachedStatement(sql: "UPDATE casebook_bookmark SET \(assignments) WHERE id = ?")
            .execute(arguments: StatementArguments(columns.map(\.value) + [bookmark.id.rawValue]))
    }

    func delete(_ id: BookmarkID) throws {
        try database.cachedStatement(sql: "DELETE FROM casebook_bookmark WHERE id = ?").execute(arguments: [id.rawValue]
        )
    }
}

extension Bookmark {
    fileprivate var columns: [(name: String, value: (any DatabaseValueConvertible)?)] {
        [
            ("id", id.rawValue), ("display_name", content.displayName), ("query", content.query),
            ("query_result", content.queryResult), ("notes", content.notes),
            ("labels", JSON.array(content.labels.map(JSON.string)).description),
            ("event_time", content.eventTime?.ticks), ("query_start", content.queryStartTime?.ticks),
            ("query_end", content.queryEndTime?.ticks),
            ("entities", JSON.array(content.entities.map(\.json)).description),
            ("tactics", content.tactics.map(\.rawValue).joined(separator: " ")),
            ("techniques", content.techniques.joined(separator: " ")), ("creator_kind", createdBy.kind.rawValue),
            ("creator_id", createdBy.id), ("creator_name", createdBy.name), ("created", createdTime.ticks),
            ("modifier_kind", updatedBy.kind.rawValue), ("modifier_id", updatedBy.id),
            ("modifier_name", updatedBy.name), ("modified", updatedTime.ticks), ("version", version),
        ]
    }

    fileprivate init(row: Row) throws {
        var content = BookmarkContent(displayName: row["display_name"], query: row["query"])
        content.queryResult = row["query_result"]
        content.notes = row["notes"]
        let labels: String = row["labels"]
        content.labels = (try JSON(parsing: labels).arrayValue ?? []).compactMap(\.stringValue)
        content.eventTime = Instant(stored: row["event_time"])
        content.queryStartTime = Instant(stored: row["query_start"])
        content.queryEndTime = Instant(stored: row["query_end"])
        let entities: String = row["entities"]
        content.entities = (try JSON(parsing: entities).arrayValue ?? []).compactMap(BookmarkEntity.init(json:))
        content.tactics = AlertRows.tactics(row["tactics"])
        content.techniques = AlertRows.words(row["techniques"])
        let incident: String? = row["incident"]
        self.init(
            id: BookmarkID(row["id"] as String), content: content,
            incident: incident.map { incident in
                Membership(
                    incidentID: IncidentID(incident), title: row["incident_title"],
                    severity: Severity(rank: row["incident_severity"]),
                    relationName: RelationName(row["relation"] as String))
            },
            createdBy: JournalActor(row: row, prefix: "creator"), createdTime: Instant(ticks: row["created"]),
            updatedBy: JournalActor(row: row, prefix: "modifier"), updatedTime: Instant(ticks: row["modified"]),
            version: row["version"])
    }
}

extension BookmarkEntity {
    fileprivate var json: JSON {
        [
            "kind": .string(kind.rawValue),
            "fields": .array(fields.map { .array([.string($0.identifier), .string($0.value)]) }),
        ]
    }

    fileprivate init?(json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap(EntityKind.init(rawValue:)) else { return nil }
        let fields = (json["fields"]?.arrayValue ?? []).compactMap { pair -> Field? in
            guard let texts = pair.arrayValue?.compactMap(\.stringValue), texts.count == 2 else { return nil }
            return Field(identifier: texts[0], value: texts[1])
        }
        self.init(kind: kind, fields: fields)
    }
}
