internal import Casebook
internal import Chronology
internal import JSON
internal import Vocabulary

// The graph of entities.
extension IncidentResources {
    /// The neighbours of an entity; incidents are no entities and stand among the edges alone.
    func expansion(_ found: EntityNeighbourhood) -> JSON {
        let related = found.entities.map { (resources: json($0.entity), data: sharedAlerts($0)) }
        let alerts = found.alerts.map { (resources: json($0), data: JSONObject()) }
        let incidents = found.incidents.map { incident in
            edge(
                "\(names.securityInsights)/Incidents/\(incident.id.rawValue)",
                [
                    "incidentNumber": .int(Int64(incident.number)), "title": .string(incident.title),
                    "severity": .string(incident.severity.rawValue), "status": .string(incident.status.rawValue),
                ])
        }
        let nodes = related + alerts
        var counts = Dictionary(grouping: found.entities, by: \.entity.kind.restKind).mapValues(\.count)
        if !alerts.isEmpty { counts["SecurityAlert"] = alerts.count }
        if !incidents.isEmpty { counts["Incident"] = incidents.count }
        return expansion(
            counts, entities: nodes.map(\.resources),
            edges: nodes.map { edge($0.resources["id"]?.stringValue ?? "", $0.data) } + incidents)
    }

    /// The entities that an alert or a bookmark names.
    func expansion(entities: [KnownEntity]) -> JSON {
        let nodes = entities.map(json)
        return expansion(
            Dictionary(grouping: entities, by: \.kind.restKind).mapValues(\.count), entities: nodes,
            edges: nodes.map { edge($0["id"]?.stringValue ?? "", [:]) })
    }

    private func expansion(_ counts: [String: Int], entities: [JSON], edges: [JSON]) -> JSON {
        let aggregations = counts.sorted { $0.key < $1.key }.map { kind, count -> JSON in
            [
                "aggregationType": "Count", "entityKind": .string(kind), "displayName": .string(kind),
                "count": .int(Int64(count)),
            ]
        }
        return [
            "metaData": ["aggregations": .array(aggregations)],
            "value": ["entities": .array(entities), "edges": .array(edges)],
        ]
    }

    private func sharedAlerts(_ related: EntityNeighbourhood.Related) -> JSONObject {
        ["sharedAlerts": .int(Int64(related.sharedAlerts))]
    }

    private func edge(_ target: String, _ data: JSONObject) -> JSON {
        ["targetEntityId": .string(target), "additionalData": .object(data)]
    }
}
