internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// What can be done with incidents that Azure has no shape for, at the short path alone: merging, splitting, changing many,
/// searching, watching, time and activity.
struct CaseRoutes {
    let casebook: Casebook
    let resources: IncidentResources
    let address: RequestAddress

    var endpoints: [Endpoint] { moving + noting }

    private var moving: [Endpoint] {
        [
            Endpoint(
                .get, "search", id: "Search_Run", tag: .incidents, "Searches all that incidents hold",
                needs: .readIncidents,
                parameters: [
                    EndpointParameter("q", "The words", .string, isRequired: true),
                    EndpointParameter("$top", "The most hits", .integer(1...200)),
                ], answers: [.ok(CaseSchemas.searchResult)], search),
            Endpoint(
                .post, "bulk/incidents", id: "Incidents_UpdateMany", tag: .incidents,
                "Makes the same change on many incidents", needs: .changeIncidents,
                body: .json(CaseSchemas.bulk), answers: [.ok(CaseSchemas.bulkOutcomes)], bulk),
            Endpoint(
                .post, "incidents/{incident}/merge", id: "Incidents_Merge", tag: .incidents,
                "Merges other incidents into this one", needs: .changeIncidents, body: .json(CaseSchemas.merge),
                answers: [.ok(.page(of: CaseSchemas.transfer)), .conflict], merge),
            Endpoint(
                .post, "incidents/{incident}/split", id: "Incidents_Split", tag: .incidents,
                "Makes an incident of a part of this one", needs: .changeIncidents, body: .json(CaseSchemas.split),
                answers: [.created(CaseSchemas.transfer), .conflict], split),
            Endpoint(
                .get, "incidents/{incident}/transfers", id: "Transfers_List", tag: .incidents,
                "Lists the merges and splits of an incident", needs: .readIncidents,
                answers: [.ok(.page(of: CaseSchemas.transfer))], transfers),
            Endpoint(
                .post, "transfers/{transfer}/undo", id: "Transfers_Undo", tag: .incidents,
                "Takes a merge or split back", needs: .changeIncidents,
                answers: [.ok(CaseSchemas.undone), .conflict], undo),
        ]
    }

    private var noting: [Endpoint] {
        [
            Endpoint(
                .get, "incidents/{incident}/activity", id: "Incidents_ListActivity", tag: .incidents,
                "Lists what was done to an incident, the newest first", needs: .readIncidents, parameters: .paging,
                answers: [.ok(.page(of: CaseSchemas.activity))], activity),
            Endpoint(
                .get, "incidents/{incident}/watchers", id: "Watchers_List", tag: .incidents,
                "Lists who hears of an incident", needs: .readIncidents,
                answers: [.ok(.page(of: CaseSchemas.watcher))], watchers),
            Endpoint(
                .put, "incidents/{incident}/watchers/me", id: "Watchers_Add", tag: .incidents,
                "Lets the caller hear of an incident", needs: .changeIncidents,
                answers: [.ok(.page(of: CaseSchemas.watcher))], watch),
            Endpoint(
                .delete, "incidents/{incident}/watchers/me", id: "Watchers_Remove", tag: .incidents,
                "Lets the caller hear no more of an incident", needs: .changeIncidents,
                answers: [.done, .noContent], unwatch),
            Endpoint(
                .get, "incidents/{incident}/timeEntries", id: "TimeEntries_List", tag: .incidents,
                "Lists the time spent on an incident", needs: .readIncidents,
                answers: [.ok(CaseSchemas.timeList)], timeEntries),
            Endpoint(
                .post, "incidents/{incident}/timeEntries", id: "TimeEntries_Add", tag: .incidents,
                "Notes time that the caller spent", needs: .changeIncidents, body: .json(CaseSchemas.newTime),
                answers: [.created(CaseSchemas.timeEntry)], addTime),
            Endpoint(
                .delete, "incidents/{incident}/timeEntries/{entry}", id: "TimeEntries_Delete", tag: .incidents,
                "Deletes a time entry of the caller", needs: .changeIncidents, answers: [.done, .noContent],
                deleteTime),
        ]
    }

    @Sendable func search(_ call: EndpointCall) async throws -> Response {
        let result = try await casebook.search(call.query("q") ?? "", limit: call.number("$top") ?? 50)
        return Response(json: [
            "value": .array(result.hits.map(\.wire)), "isCutOff": .bool(result.isCutOff),
        ])
    }

    @Sendable func bulk(_ call: EndpointCall) async throws -> Response {
        let targets = (call.body["incidents"]?.arrayValue ?? []).map { target in
            BulkTarget(
                IncidentID(target["id"]?.stringValue ?? target.stringValue ?? ""),
                version: target["etag"]?.stringValue.flatMap(Incident.version(etag:)))
        }
        let change = try IncidentChange(bulk: call.body["properties"] ?? .null)
        let outcomes = try await casebook.update(targets, change, by: try call.actor)
        return Response(json: ["value": .array(outcomes.map { $0.wire(resources) })])
    }

    @Sendable func merge(_ call: EndpointCall) async throws -> Response {
        let sources = (call.body["incidents"]?.arrayValue ?? []).compactMap(\.stringValue).map { IncidentID($0) }
        let transfers = try await casebook.merge(sources, into: try await incident(call), by: try call.actor)
        return Response(json: ["value": .array(transfers.map(\.wire))])
    }

    @Sendable func split(_ call: EndpointCall) async throws -> Response {
        let transfer = try await casebook.split(
            try await incident(call), taking: MovedParts(call.body), title: call.body["title"]?.stringValue,
            by: try call.actor)
        return Response(status: .created, json: transfer.wire)
    }

    @Sendable func transfers(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.transfers(of: try await incident(call))
        return Response(json: ["value": .array(found.map(\.wire))])
    }

    @Sendable func undo(_ call: EndpointCall) async throws -> Response {
        let undone = try await casebook.undo(TransferID(call.name("transfer")), by: try call.actor)
        return Response(json: [
            "transfer": undone.transfer.wire, "left": undone.left.wire, "incident": resources.json(undone.incident),
        ])
    }

    @Sendable func activity(_ call: EndpointCall) async throws -> Response {
        let before = call.query("$skipToken").flatMap { Int64($0) } ?? .max
        let limit = min(max(call.number("$top") ?? 100, 1), 500)
        let id = try await incident(call)
        let entries = try await casebook.activity(of: id, before: before, limit: limit)
        var members: JSONObject = ["value": .array(entries.map(\.wire))]
        if entries.count == limit, let last = entries.last {
            members["nextLink"] = .string(NextLink.make(call.request, address, skipToken: "\(last.sequence)"))
        }
        return Response(json: .object(members))
    }

    @Sendable func watchers(_ call: EndpointCall) async throws -> Response {
        try await watchers(of: try await incident(call))
    }

    @Sendable func watch(_ call: EndpointCall) async throws -> Response {
        let id = try await incident(call)
        try await casebook.watch(id, by: try call.actor)
        return try await watchers(of: id)
    }

    @Sendable func unwatch(_ call: EndpointCall) async throws -> Response {
        let wasThere = try await casebook.unwatch(try await incident(call), by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    @Sendable func timeEntries(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.timeEntries(of: try await incident(call))
        let sum = found.reduce(0) { $0 + $1.minutes }
        return Response(json: ["value": .array(found.map(\.wire)), "minutes": .int(Int64(sum))])
    }

    @Sendable func addTime(_ call: EndpointCall) async throws -> Response {
        let minutes = call.body["minutes"]?.intValue.flatMap { Int(exactly: $0) } ?? 0
        let entry = try await casebook.addTime(
            minutes: minutes, note: call.body["note"]?.stringValue ?? "", to: try await incident(call),
            by: try call.actor)
        return Response(status: .created, json: entry.wire)
    }

    @Sendable func deleteTime(_ call: EndpointCall) async throws -> Response {
        let wasThere = try await casebook.deleteTime(
            TimeEntryID(call.name("entry")), of: try await incident(call), by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    private func watchers(of id: IncidentID) async throws -> Response {
        let found = try await casebook.watchers(of: id)
        return Response(json: ["value": .array(found.map(\.wire))])
    }

    private func incident(_ call: EndpointCall) async throws -> IncidentID {
        try await casebook.incidentID(named: call.name("incident"))
    }
}

extension Casebook {
    /// The incident of an id, or of a number for people at a terminal.
    ///
    /// - Throws: `APIError` 404.
    func incidentID(named name: String) async throws -> IncidentID { try await incident(named: name).id }
}
