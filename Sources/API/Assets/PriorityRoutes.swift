internal import Access
internal import Casebook
internal import Chronology
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Prioritization
internal import StateStore
internal import Vocabulary
internal import WebGate

/// Priorities, service levels and metrics of incidents.
struct PriorityRoutes {
    let desk: PriorityDesk
    let casebook: Casebook
    let now: @Sendable () -> Instant

    var endpoints: [Endpoint] {
        let override = Schema.object(
            .required("score", .integer(0...100)), .required("reason", .string(1...1_000)),
            .optional("until", .string))
        return [
            Endpoint(
                .get, "incidents/{incident}/priority", id: "Priorities_Get", tag: .priorities,
                "Reads an incident's score with each factor's share, and its service level", needs: .readIncidents,
                answers: [.ok(.any)], show),
            Endpoint(
                .put, "incidents/{incident}/priority/override", id: "Priorities_Override", tag: .priorities,
                "Sets an incident's score by hand", needs: .changeIncidents, body: .json(override, upTo: 1 << 16),
                answers: [.ok(.any)], set),
            Endpoint(
                .delete, "incidents/{incident}/priority/override", id: "Priorities_RemoveOverride", tag: .priorities,
                "Lets the model score an incident again", needs: .changeIncidents,
                answers: [.ok(.any), .noContent], unset),
            Endpoint(
                .post, "incidents/{incident}/contained", id: "Incidents_MarkContained", tag: .priorities,
                "Says that an incident spreads no further", needs: .changeIncidents, answers: [.ok(.any)], contain),
            Endpoint(
                .get, "priorities/model", id: "Priorities_ListModels", tag: .priorities,
                "Lists the models that have scored, the latest first", needs: .readContent,
                answers: [.ok(.page(of: .any))], models),
            Endpoint(
                .post, "priorities/simulate", id: "Priorities_Simulate", tag: .priorities,
                "Tells what other weights would do to the order of the known incidents", needs: .readIncidents,
                body: .raw("*/*", upTo: 1 << 20), answers: [.ok(.any)], simulate),
            Endpoint(
                .get, "incidents/due", id: "Incidents_ListDue", tag: .priorities,
                "Lists the incidents whose service level ends next", needs: .readIncidents,
                parameters: [EndpointParameter("limit", "How many", .integer(1...1_000))],
                answers: [.ok(.page(of: .any))], due),
        ]
    }

    @Sendable func show(_ call: EndpointCall) async throws -> Response {
        Response(json: try await json(of: try await casebook.incident(named: call)))
    }

    @Sendable func set(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        var until: Instant?
        if let text = call.body["until"]?.stringValue, !text.isEmpty {
            guard let instant = Instant(iso8601: text) else {
                throw APIError.badRequest("'until' is a time such as 2026-12-24T18:00:00Z", target: "until")
            }
            until = instant
        }
        try await desk.override(
            incident.id, score: call.body["score"]?.intValue.flatMap { Int(exactly: $0) } ?? 0,
            reason: call.body["reason"]?.stringValue ?? "", until: until, by: try call.actor)
        return Response(json: try await json(of: try await casebook.incident(named: call)))
    }

    @Sendable func unset(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        guard try await desk.removeOverride(of: incident.id, by: try call.actor) else {
            return Response(status: .noContent)
        }
        return Response(json: try await json(of: try await casebook.incident(named: call)))
    }

    @Sendable func contain(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        try await desk.serviceLevels.markContained(incident.id, by: try call.actor)
        return Response(json: try await json(of: try await casebook.incident(named: call)))
    }

    @Sendable func models(_ call: EndpointCall) async throws -> Response {
        let versions = try await desk.history.versions().map { version -> JSON in
            [
                "number": .int(Int64(version.number)), "name": .string(version.name),
                "adopted": .string(version.adopted.description), "by": .string(version.by),
                "text": .string(version.text),
            ]
        }
        return Response(json: ["value": .array(versions)])
    }

    @Sendable func simulate(_ call: EndpointCall) async throws -> Response {
        let text = String(buffer: try await call.request.body.collect(upTo: 1 << 20))
        do {
            let model = try ScoringModel(yaml: text, file: call.query("file") ?? "model")
            return Response(json: try await desk.simulate(model).json)
        } catch let fault as ContentFault {
            throw APIError.badRequest(fault.description, target: fault.line.map { "line \($0)" } ?? "body")
        }
    }

    @Sendable func due(_ call: EndpointCall) async throws -> Response {
        let ids = try await desk.serviceLevels.dueNext(limit: call.number("limit") ?? 50)
        let timers = try await desk.serviceLevels.timers(of: ids)
        let incidents = try await casebook.incidents(
            IncidentQuery(.ids(ids), limit: ids.count, detail: .summary)
        ).incidents
        let known = Dictionary(incidents.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        var value: [JSON] = []
        for id in ids {
            guard let incident = known[id], let timer = timers[id] else { continue }
            value.append([
                "id": .string(id.rawValue), "number": .int(Int64(incident.number)), "title": .string(incident.title),
                "serviceLevel": timer.json(at: now(), desk.serviceLevels.policy),
            ])
        }
        return Response(json: ["value": .array(value)])
    }

    private func json(of incident: Incident) async throws -> JSON {
        let timer = try await desk.serviceLevels.timers(of: [incident.id])[incident.id]
        let override = try await desk.override(of: incident.id)
        return [
            "incident": .string(incident.id.rawValue), "number": .int(Int64(incident.number)),
            "score": incident.priority.map { .int(Int64($0.score)) } ?? .null, "model": .string(desk.model.version),
            "reasons": .array(
                (incident.priority?.reasons ?? []).map { reason in
                    [
                        "factor": .string(reason.factor), "points": .double(reason.points),
                        "text": .string(reason.text),
                    ]
                }),
            "override": override.map { override in
                [
                    "score": .int(Int64(override.score)), "reason": .string(override.reason),
                    "by": .string(override.by), "made": .string(override.made.description),
                    "until": override.until.map { .string($0.description) } ?? .null,
                ]
            } ?? .null,
            "serviceLevel": timer?.json(at: now(), desk.serviceLevels.policy) ?? .null,
        ]
    }
}

extension ServiceLevelTimer {
    fileprivate func json(at now: Instant, _ policy: ServiceLevelPolicy) -> JSON {
        var targets: JSONObject = [:]
        for target in ServiceTarget.allCases {
            guard let clock = clocks[target] else { continue }
            targets[target.rawValue] = [
                "due": due(target, policy).map { .string($0.description) } ?? .null,
                "met": clock.met.map { .string($0.description) } ?? .null,
                "usedMinutes": .double((used(target, at: now, policy).seconds / 6).rounded() / 10),
                "isBreached": .bool(clock.isBreached),
            ]
        }
        return ["level": level.map { .string($0) } ?? .null, "targets": .object(targets)]
    }
}

extension PrioritySimulation {
    fileprivate var json: JSON {
        func number(_ value: Double?) -> JSON { value.map { .double(($0 * 1_000).rounded() / 1_000) } ?? .null }
        func told(_ quality: Quality) -> JSON {
            [
                "auc": number(quality.auc), "rankCorrelation": number(quality.correlation),
                "meanTruePositivePlace": number(quality.meanTruePositivePlace),
                "meanFalsePositivePlace": number(quality.meanFalsePositivePlace),
            ]
        }
        return [
            "incidents": .int(Int64(cases.count)), "old": told(old), "new": told(new), "agreement": number(agreement),
            "moves": .array(
                cases.filter { $0.oldRank != $0.newRank }.prefix(200).map { moved in
                    [
                        "number": .int(Int64(moved.number)), "title": .string(moved.title),
                        "classification": moved.verdict.map { .string($0.rawValue) } ?? .null,
                        "oldScore": .int(Int64(moved.oldScore)), "newScore": .int(Int64(moved.newScore)),
                        "oldRank": .int(Int64(moved.oldRank)), "newRank": .int(Int64(moved.newRank)),
                    ]
                }),
        ]
    }
}
