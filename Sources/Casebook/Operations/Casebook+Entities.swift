internal import Chronology
internal import GRDB
public import StateStore
public import Vocabulary

extension Casebook {
    /// One entity by its present or a former identifier; nil when there is none.
    public func entity(_ id: EntityID) async throws(CasebookError) -> KnownEntity? {
        try await profile(of: id)?.entity
    }

    /// What is known of an entity, by its present or a former identifier; nil when there is none.
    public func profile(of id: EntityID) async throws(CasebookError) -> EntityProfile? {
        try await reading { database in
            let sql = "SELECT * FROM casebook_entity WHERE seq = \(FormerEntities.row)"
            let row = try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [id.rawValue, id.rawValue])
            guard let row, let entity = try EntityRows.known(row) else { return nil }
            let former = try database.cachedStatement(
                sql: "SELECT id, kind, identifiers FROM casebook_entity_former WHERE entity = ? ORDER BY rowid")
            return EntityProfile(
                entity: entity, firstSeen: Instant(ticks: row["first_seen"]),
                lastSeen: Instant(ticks: row["last_seen"]),
                former: try Row.fetchAll(former, arguments: [row["seq"] as Int64]).compactMap(EntityRows.known))
        }
    }

    /// All entities, those seen last first; at most 1,000 at a time.
    public func entities(
        kinds: Set<EntityKind>? = nil, limit: Int = 100, offset: Int = 0
    ) async throws(CasebookError) -> [KnownEntity] {
        try await reading { database in
            let wanted = (kinds ?? Set(EntityKind.allCases)).map(\.rawValue).sorted()
            let sql = """
                SELECT id, kind, identifiers FROM casebook_entity WHERE kind IN \(wanted.sqlMarks)
                ORDER BY last_seen DESC, seq LIMIT ? OFFSET ?
                """
            let page: StatementArguments = [min(max(limit, 0), CasebookLimits.pageSize), max(offset, 0)]
            return try database.cachedStatement(sql: sql).all(StatementArguments(wanted) + page, EntityRows.known)
                .compactMap(\.self)
        }
    }

    /// Entities in whose names a text stands, those seen last first; looked for among the newest 20,000.
    public func entities(named text: String, limit: Int = 10) async throws(CasebookError) -> [KnownEntity] {
        let text = text.trimmedBlanks.lowercased()
        guard !text.isEmpty else { return [] }
        return try await reading { database in
            let sql = """
                SELECT id, kind, identifiers FROM (SELECT * FROM casebook_entity ORDER BY last_seen DESC, seq LIMIT 20000)
                WHERE instr(lower(name), ?) > 0 ORDER BY last_seen DESC, seq LIMIT ?
                """
            return try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [text, limit])
                .compactMap(EntityRows.known)
        }
    }

    /// The entities that an alert names, in its order.
    public func entities(ofAlert id: AlertID) async throws(CasebookError) -> [KnownEntity] {
        try await reading { database in
            let sql = """
                SELECT e.id AS id, e.kind AS kind, e.identifiers AS identifiers FROM casebook_alert a
                JOIN casebook_alert_entity l ON l.alert = a.seq JOIN casebook_entity e ON e.seq = l.entity
                WHERE a.id = ? ORDER BY l.position
                """
            return try database.cachedStatement(sql: sql).all([id.rawValue], EntityRows.known).compactMap(\.self)
        }
    }

    /// What a bookmark names of the entities that alerts named, without repetition; none for an unknown bookmark.
    ///
    /// What it names by weak identifiers alone may be several: all that differ from it in nothing.
    public func entities(ofBookmark id: BookmarkID) async throws(CasebookError) -> [KnownEntity] {
        try await reading { database in
            guard let bookmark = try BookmarkRows(database: database).fetch(id) else { return [] }
            var found: [KnownEntity] = []
            for named in bookmark.content.entities.map(\.entity) {
                for known in try EntityRows.known(like: named, in: database) where !found.contains(known) {
                    found.append(known)
                }
            }
            return found
        }
    }

    /// The alerts that name an entity, the newest activity first; at most 1,000.
    public func alerts(ofEntity id: EntityID, over range: TimeRange? = nil) async throws(CasebookError) -> [Alert] {
        try await reading { database in
            let sql = """
                SELECT \(AlertRows.columns) FROM \(AlertRows.source) WHERE a.seq IN (
                    SELECT l.alert FROM casebook_alert_entity l WHERE l.entity = \(FormerEntities.row))
                    AND a.finish >= ? AND a.start < ? ORDER BY a.start DESC, a.id LIMIT \(CasebookLimits.pageSize)
                """
            return try database.cachedStatement(sql: sql).all(
                [id.rawValue, id.rawValue, range?.start.ticks ?? .min, range?.end.ticks ?? .max], AlertRows.alert)
        }
    }

    /// What lies next to an entity in the graph of entities, alerts and incidents, within a time where one is given.
    ///
    /// - Parameter limit: At most so many of each; 1,000 at most.
    /// - Throws: `CasebookError` with code `notFound`.
    public func expand(
        _ id: EntityID, by expansions: Set<EntityExpansion>, over range: TimeRange? = nil, limit: Int = 100
    ) async throws(CasebookError) -> EntityNeighbourhood {
        guard let entity = try await entity(id) else { throw CasebookError(.notFound, "there is no entity \(id)") }
        let limit = min(max(limit, 1), CasebookLimits.pageSize)
        var found = EntityNeighbourhood()
        if expansions.contains(.alerts) {
            let alerts = try await alerts(ofEntity: entity.id, over: range)
            found.alerts = Array(alerts.prefix(limit))
            found.isCut = alerts.count > limit
        }
        if expansions.contains(.relatedEntities) {
            let related = try await related(to: entity.id, over: range, limit: limit + 1)
            found.entities = Array(related.prefix(limit))
            found.isCut = found.isCut || related.count > limit
        }
        if expansions.contains(.incidents) {
            var filter = IncidentFilter.entity(entity.id)
            if let range {
                filter = .and([
                    filter, .time(.lastActivityTime, TimeRange(start: range.start, end: Instant(ticks: .max))),
                ])
            }
            let page = try await incidents(
                IncidentQuery(
                    filter, order: .by(.number, descending: true), limit: limit, detail: .summary))
            found.incidents = page.incidents
            found.isCut = found.isCut || page.total > page.incidents.count
        }
        return found
    }

    /// What the casebook holds about an entity within a time, the earliest first; at most 1,000 alerts and bookmarks.
    ///
    /// - Throws: `CasebookError` with code `notFound`.
    public func timeline(of id: EntityID, over range: TimeRange) async throws(CasebookError) -> [EntityTimelineItem] {
        guard let known = try await entity(id) else { throw CasebookError(.notFound, "there is no entity \(id)") }
        let alerts = try await alerts(ofEntity: known.id, over: range)
        let bookmarks = try await reading {
            try BookmarkRows(database: $0).page(limit: CasebookLimits.pageSize, offset: 0)
        }
        let items =
            alerts.map(EntityTimelineItem.alert)
            + bookmarks.filter { bookmark in
                bookmark.content.entities.contains { $0.entity.matches(known.entity) }
            }.map(EntityTimelineItem.bookmark).filter { $0.time >= range.start && $0.time < range.end }
        return items.sorted { $0.time < $1.time }
    }

    /// Tells an entity apart again that was merged into another one: it gets its identifiers and alerts back, and the two
    /// are not merged anew.
    ///
    /// - Throws: `CasebookError` with code `notFound` for what is no former entity.
    @discardableResult
    public func separate(_ former: EntityID, by actor: JournalActor) async throws(CasebookError) -> KnownEntity {
        try await change(by: actor) { transaction in
            guard let survivor = try FormerEntities(database: transaction.database).separate(former) else {
                throw CasebookError(.notFound, "no entity \(former) was merged into another one")
            }
            try transaction.note(.entity(survivor, .separated(former)))
        }
        guard let entity = try await entity(former) else {
            throw CasebookError(.notFound, "there is no entity \(former)")
        }
        return entity
    }

    /// Through the newest thousand alerts that name the entity.
    private func related(
        to id: EntityID, over range: TimeRange?, limit: Int
    ) async throws(CasebookError) -> [EntityNeighbourhood.Related] {
        try await reading { database in
            let sql = """
                SELECT e.id AS id, e.kind AS kind, e.identifiers AS identifiers, COUNT(*) AS shared
                FROM (SELECT l.alert, l.entity FROM casebook_alert_entity l
                    WHERE l.entity = (SELECT seq FROM casebook_entity WHERE id = ?) ORDER BY l.alert DESC LIMIT 1000) own
                CROSS JOIN casebook_alert a ON a.seq = own.alert
                CROSS JOIN casebook_alert_entity l ON l.alert = own.alert AND l.entity <> own.entity
                CROSS JOIN casebook_entity e ON e.seq = l.entity
                WHERE a.finish >= ? AND a.start < ? GROUP BY e.seq ORDER BY shared DESC, e.seq LIMIT ?
                """
            let rows = try Row.fetchAll(
                database.cachedStatement(sql: sql),
                arguments: [id.rawValue, range?.start.ticks ?? .min, range?.end.ticks ?? .max, limit])
            return try rows.compactMap { row in
                try EntityRows.known(row).map { EntityNeighbourhood.Related(entity: $0, sharedAlerts: row["shared"]) }
            }
        }
    }
}
