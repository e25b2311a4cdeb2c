internal import GRDB
public import StateStore

extension Casebook {
    /// Ties an incident to an alert, a bookmark or another incident: the alert or bookmark comes into the incident, out of
    /// the one where it was.
    ///
    /// Doing it again under the same name changes nothing.
    ///
    /// - Parameters:
    ///   - name: Nil takes the id of what is related.
    ///   - version: The version of the relation that the caller has seen.
    /// - Throws: `CasebookError` with code `notFound`; `conflict` when the name means something else already or the
    ///   version is another; `limitReached` at 150 alerts, 20 bookmarks or 100 links; `invalidTransition` for a merged
    ///   incident; `invalidField` for a link of an incident to itself.
    @discardableResult
    public func relate(
        _ incident: IncidentID,
        to related: IncidentRelation.Related,
        named name: RelationName? = nil,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Put<IncidentRelation> {
        if let name { try FieldCheck.identifier(name.rawValue, field: "name") }
        return try await change(by: actor) { transaction in
            try transaction.relate(incident, to: related, named: name, expecting: version)
        }
    }

    /// Takes a relation away; the alert, bookmark or incident itself stays.
    ///
    /// - Returns: False when there is none.
    @discardableResult
    public func deleteRelation(
        _ name: RelationName,
        of incident: IncidentID,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            let rows = RelationRows(database: transaction.database)
            guard let relation = try rows.fetch(name, of: incident) else { return false }
            try CasebookTransaction.requireVersion(version, now: relation.version, of: "the relation")
            try transaction.remove(relation)
            return true
        }
    }

    /// One relation of an incident; nil when there is none.
    public func relation(
        _ name: RelationName,
        of incident: IncidentID
    ) async throws(CasebookError) -> IncidentRelation? {
        try await reading { try RelationRows(database: $0).fetch(name, of: incident) }
    }

    /// The incident's alerts in the order in which they were recorded, then its bookmarks, then linked incidents.
    public func relations(of incident: IncidentID) async throws(CasebookError) -> [IncidentRelation] {
        try await reading { try RelationRows(database: $0).fetchAll(of: incident) }
    }

    /// The relation of the incident that a bookmark belongs to; nil when it belongs to none.
    public func relation(ofBookmark id: BookmarkID) async throws(CasebookError) -> IncidentRelation? {
        try await reading { try RelationRows(database: $0).fetch(ofBookmark: id) }
    }
}

extension CasebookTransaction {
    private var relations: RelationRows { RelationRows(database: database) }

    func relate(
        _ incident: IncidentID, to related: IncidentRelation.Related, named name: RelationName?,
        expecting version: Int64?
    ) throws -> Put<IncidentRelation> {
        let stored = try storedIncident(incident)
        let wanted = name ?? RelationName(related.targetID)
        if let named = try relations.fetch(wanted, of: incident) {
            try CasebookTransaction.requireVersion(version, now: named.version, of: "the relation")
            guard named.related == related else {
                throw CasebookError(
                    .conflict, field: "relatedResourceId",
                    "the relation \(wanted) of incident \(stored.incident.number) leads elsewhere; delete it first")
            }
            return Put(value: named, isNew: false)
        }
        try stored.incident.requireUnmerged()
        switch related {
        case .alert(let id): try hold(id, in: incident, named: wanted)
        case .bookmark(let id): try hold(id, in: stored.incident, named: wanted)
        case .incident(let other, let link): try self.link(stored.incident, to: other, link, named: wanted)
        }
        guard let relation = try relations.fetch(wanted, of: incident) else {
            throw CasebookError(.storage, "the relation \(wanted) was not kept")
        }
        return Put(value: relation, isNew: true)
    }

    func remove(_ relation: IncidentRelation) throws {
        let incident = relation.incidentID
        if case .alert(let id) = relation.related {
            try release(id, from: incident)
            return
        }
        try relations.delete(to: relation.related, of: incident)
        try touch(incident)
        try note(.relation(incident, .removed(relation.name, relation.related)))
        guard case .incident(let other, let link) = relation.related else { return }
        let mirror = IncidentRelation.Related.incident(incident, link.counterpart)
        guard let known = try relations.fetch(to: mirror, of: other) else { return }
        try relations.delete(to: mirror, of: other)
        try touch(other)
        try note(.relation(other, .removed(known.name, mirror)))
    }

    private func hold(_ alert: AlertID, in incident: IncidentID, named name: RelationName) throws {
        try hold(alert, in: incident)
        try relations.delete(to: .alert(alert), of: incident)
        if name.rawValue != alert.rawValue {
            try relations.insert(.alert(alert), named: name, of: incident, at: now)
        }
    }

    private func hold(_ bookmark: BookmarkID, in incident: Incident, named name: RelationName) throws {
        guard try BookmarkRows(database: database).fetch(bookmark) != nil else {
            throw CasebookError(.notFound, field: "relatedResourceId", "there is no bookmark \(bookmark)")
        }
        let known = try relations.fetch(ofBookmark: bookmark)
        if known?.incidentID != incident.id {
            try requireRoom(
                for: "bookmark", of: incident, limit: CasebookLimits.bookmarksPerIncident, field: "bookmarks")
        }
        if let known { try remove(known) }
        try relations.insert(.bookmark(bookmark), named: name, of: incident.id, at: now)
        try touch(incident.id)
        try note(.relation(incident.id, .added(name, .bookmark(bookmark))))
    }

    private func link(_ incident: Incident, to other: IncidentID, _ link: IncidentLink, named name: RelationName) throws
    {
        guard other != incident.id else {
            throw CasebookError(
                .invalidField, field: "relatedResourceId", "an incident cannot be linked to itself")
        }
        guard let far = try StoredIncident.fetch(other, in: database)?.incident else {
            throw CasebookError(.notFound, field: "relatedResourceId", "there is no incident \(other)")
        }
        let related = IncidentRelation.Related.incident(other, link)
        if let known = try relations.fetch(to: related, of: incident.id) {
            throw CasebookError(
                .conflict, field: "relatedResourceId",
                "incident \(incident.number) is linked to incident \(far.number) already, as \(known.name)")
        }
        for end in [incident, far] {
            try requireRoom(for: "incident", of: end, limit: CasebookLimits.linksPerIncident, field: "relations")
        }
        let mirrorName =
            try relations.fetch(name, of: other) == nil ? name : RelationName(identifiers.next())
        try insert(related, named: name, of: incident.id)
        try insert(.incident(incident.id, link.counterpart), named: mirrorName, of: other)
    }

    private func insert(_ related: IncidentRelation.Related, named name: RelationName, of incident: IncidentID) throws {
        try relations.insert(related, named: name, of: incident, at: now)
        try touch(incident)
        try note(.relation(incident, .added(name, related)))
    }

    private func requireRoom(for kind: String, of incident: Incident, limit: Int, field: String) throws {
        guard try relations.count(kind: kind, of: incident.id) < limit else {
            throw CasebookError(
                .limitReached, field: field, "incident \(incident.number) has its \(limit) \(field) already")
        }
    }
}

extension Incident {
    /// - Throws: `CasebookError` with code `invalidTransition` for an incident that was merged into another one.
    func requireUnmerged() throws(CasebookError) {
        guard mergedInto != nil else { return }
        throw CasebookError(
            .invalidTransition, field: "status",
            "incident \(number) was merged into another one; work on that one, or undo the merge")
    }
}
