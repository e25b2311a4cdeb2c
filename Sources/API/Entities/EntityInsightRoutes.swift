internal import Access
internal import Casebook
internal import Chronology
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLValues
internal import StateStore
internal import Vocabulary

/// What can be asked about an entity, and the answers out of the event store.
struct EntityInsightRoutes {
    let casebook: Casebook
    let entities: EntityDesk
    let names: WorkspaceNames

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "entities/{entity}/queries", id: "Entities_Queries", tag: .entities,
                "Lists what can be asked about an entity", needs: .readIncidents,
                parameters: [
                    EndpointParameter(
                        "kind", "Insights, or the ways to go on in the graph", .word(["Insight", "Expansion"]),
                        isRequired: true)
                ], answers: [.ok(EntitySchemas.queries)], list),
            Endpoint(
                .post, "entities/{entity}/getInsights", id: "Entities_GetInsights", tag: .entities,
                "Asks insights about an entity", needs: .readEvents, body: .json(EntitySchemas.insightsRequest),
                answers: [.ok(EntitySchemas.insights)], answer),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let node = try await casebook.graphNode(named: call)
        let found: [JSON] =
            switch (call.query("kind")?.lowercased(), node) {
            case ("insight", .entity(let known)):
                entities.insights.fitting(known.kind, known.entity.identifiers).map(insight)
            case ("insight", _): []
            case (_, .entity(let known)):
                EntityExpansion.allCases.map { expansion($0.rawValue, $0.displayName, of: known.kind.restKind) }
            case (_, .alert): [expansion(EntityExpansion.entitiesOfAlert, "Entities", of: "SecurityAlert")]
            case (_, .bookmark): [expansion(EntityExpansion.entitiesOfAlert, "Entities", of: "Bookmark")]
            }
        return Response(json: ["value": .array(found)])
    }

    @Sendable func answer(_ call: EndpointCall) async throws -> Response {
        let known = try await casebook.entity(named: call)
        let range = try TimeRange.required(call.body, now: entities.queries.now())
        let wanted = try chosen(call.body, of: entities.insights.fitting(known.kind, known.entity.identifiers))
        let actor = try call.actor
        let answers = await entities.queries.answers(
            to: wanted, about: known.entity.identifiers, over: range,
            extended: call.body["addDefaultExtendedTimeRange"]?.boolValue ?? false,
            for: QueryAsker(id: actor.id, name: actor.name))
        let errors = answers.flatMap { answer in
            answer.problems.map { problem -> JSON in
                [
                    "kind": "Insight", "queryId": .string(answer.insight.id), "errorMessage": .string(problem.message),
                ]
            }
        }
        return Response(json: [
            "metaData": ["totalCount": .int(Int64(answers.count)), "errors": .array(errors)],
            "value": .array(answers.map(Self.json)),
        ])
    }

    /// All that fit, or those that the body names.
    private func chosen(_ body: JSON, of fitting: [EntityInsight]) throws(APIError) -> [EntityInsight] {
        guard let ids = body["insightQueryIds"]?.arrayValue, !ids.isEmpty else { return fitting }
        var chosen: [EntityInsight] = []
        for (index, id) in ids.enumerated() {
            let id = id.stringValue?.lowercased() ?? ""
            guard let insight = fitting.first(where: { $0.id == id }) else {
                throw .badRequest(
                    "'\(id)' is no insight of this entity; GET …/queries?kind=Insight lists them",
                    target: "insightQueryIds[\(index)]")
            }
            if !chosen.contains(insight) { chosen.append(insight) }
        }
        return chosen
    }

    // MARK: Shapes

    private func insight(_ insight: EntityInsight) -> JSON {
        query(
            insight.id, kind: "Insight",
            [
                "displayName": .string(insight.name), "description": .string(insight.description),
                "baseQuery": .string(insight.tableQuery ?? insight.chartQuery ?? ""),
                "chartQuery": insight.chartQuery.map { .object(["query": .string($0)]) } ?? .null,
                "dataTypes": .array(insight.tables.map { ["dataType": .string($0)] }),
                "inputEntityType": .string(insight.kind.restKind),
                "requiredInputFieldsSets": .array(
                    insight.requiredIdentifiers.map { set in
                        .array(set.map { .string("\(insight.kind.rawValue)_\($0)") })
                    }),
                "defaultTimeRange": [
                    "beforeRange": .string("P\(max(1, Int(insight.period.seconds / 86_400)))D"), "afterRange": "P0D",
                ],
            ])
    }

    private func expansion(_ id: String, _ name: String, of kind: String) -> JSON {
        query(id, kind: "Expansion", ["displayName": .string(name), "inputEntityType": .string(kind)])
    }

    private func query(_ id: String, kind: String, _ properties: JSONObject) -> JSON {
        [
            "id": .string("\(names.securityInsights)/entityQueries/\(id)"), "name": .string(id),
            "type": "Microsoft.SecurityInsights/entityQueries", "kind": .string(kind),
            "properties": .object(properties),
        ]
    }

    private static func json(_ answer: InsightAnswer) -> JSON {
        var members: JSONObject = [
            "queryId": .string(answer.insight.id),
            "queryTimeInterval": [
                "startTime": .string(answer.start.description), "endTime": .string(answer.end.description),
            ],
            "chartQueryResults": .array(answer.chart.map { [json($0)] } ?? []),
        ]
        members["tableQueryResults"] = answer.table.map(json)
        return .object(members)
    }

    /// Cells are texts, whatever their columns' types; an empty one is empty text.
    private static func json(_ table: Table) -> JSON {
        [
            "columns": QueryWire.columns(of: table.schema),
            "rows": .array(
                (0..<table.rowCount).map { row in
                    .array(table.columns.map { .string($0[row].text ?? "") })
                }),
        ]
    }
}
