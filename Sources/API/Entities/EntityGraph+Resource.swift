internal import Casebook
internal import Chronology
internal import JSON
internal import Vocabulary

// The graph and the timeline of entities.
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

    // MARK: Timeline

    /// - Parameter buckets: In how many equal parts of the time the items are counted too.
    func timeline(_ items: [EntityTimelineItem], over range: TimeRange, buckets: Int?) -> JSON {
        let counts = Dictionary(grouping: items, by: \.kind).sorted { $0.key.rawValue < $1.key.rawValue }
        var metaData: JSONObject = [
            "totalCount": .int(Int64(items.count)),
            "aggregations": .array(
                counts.map { ["kind": .string($0.key.rawValue), "count": .int(Int64($0.value.count))] }),
            "errors": [],
        ]
        if let buckets { metaData["tocsinBuckets"] = .array(counted(items, over: range, in: buckets)) }
        return ["metaData": .object(metaData), "value": .array(items.map(json))]
    }

    /// How many items of each kind began in each part of the time; parts without any are left out.
    private func counted(_ items: [EntityTimelineItem], over range: TimeRange, in buckets: Int) -> [JSON] {
        let width = TimeSpan(ticks: max(1, range.duration.ticks / Int64(buckets)))
        func bucket(_ item: EntityTimelineItem) -> Int64 {
            // An alert that began before the time counts in its first part.
            min(max(0, (item.time - range.start).ticks / width.ticks), Int64(buckets) - 1)
        }
        return Dictionary(grouping: items, by: \.kind).sorted { $0.key.rawValue < $1.key.rawValue }.flatMap {
            kind, all in
            Dictionary(grouping: all, by: bucket).sorted { $0.key < $1.key }.map { index, found -> JSON in
                let start = range.start + TimeSpan(ticks: index * width.ticks)
                return [
                    "kind": .string(kind.rawValue), "startTimeUtc": .string(start.description),
                    "endTimeUtc": .string((index == Int64(buckets) - 1 ? range.end : start + width).description),
                    "count": .int(Int64(found.count)),
                ]
            }
        }
    }

    private func json(_ item: EntityTimelineItem) -> JSON {
        switch item {
        case .alert(let alert): timelineItem(alert)
        case .bookmark(let bookmark): timelineItem(bookmark)
        }
    }

    private func timelineItem(_ alert: Alert) -> JSON {
        let content = alert.content
        return [
            "kind": .string(TimelineKind.alert.rawValue),
            "azureResourceId": .string("\(names.securityInsights)/Entities/\(alert.id.rawValue)"),
            "displayName": .string(content.displayName), "description": .string(content.description),
            "severity": .string(content.severity.rawValue), "alertType": .string(content.alertType),
            "productName": .string(content.productName),
            "startTimeUtc": .string(content.startTime.description),
            "endTimeUtc": .string(content.endTime.description),
            "timeGenerated": .string(content.generatedTime.description),
            "intent": .string(Self.intent(of: content.tactics)),
            "techniques": .array(content.techniques.map { .string($0) }),
        ]
    }

    private func timelineItem(_ bookmark: Bookmark) -> JSON {
        let content = bookmark.content
        var members: JSONObject = [
            "kind": .string(TimelineKind.bookmark.rawValue),
            "azureResourceId": .string("\(names.securityInsights)/bookmarks/\(bookmark.id.rawValue)"),
            "displayName": .string(content.displayName), "notes": .string(content.notes),
            "createdBy": json(bookmark.createdBy), "labels": .array(content.labels.map { .string($0) }),
            "eventTime": .string((content.eventTime ?? bookmark.createdTime).description),
        ]
        members["startTimeUtc"] = content.queryStartTime.map { .string($0.description) }
        members["endTimeUtc"] = content.queryEndTime.map { .string($0.description) }
        return .object(members)
    }

    /// The first tactic that a kill-chain intent is called after.
    private static func intent(of tactics: [Tactic]) -> String {
        tactics.map(\.rawValue).first { intents.contains($0) } ?? "Unknown"
    }

    private static let intents: Set<String> = [
        "Persistence", "PrivilegeEscalation", "DefenseEvasion", "CredentialAccess", "Discovery", "LateralMovement",
        "Execution", "Collection", "Exfiltration", "CommandAndControl", "Impact",
    ]
}

extension EntityTimelineItem {
    var kind: TimelineKind {
        switch self {
        case .alert: .alert
        case .bookmark: .bookmark
        }
    }
}
