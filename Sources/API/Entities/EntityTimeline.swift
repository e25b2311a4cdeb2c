internal import Casebook
internal import Chronology
internal import Investigation
internal import JSON
internal import Vocabulary

/// What stands on an entity's timeline: what the casebook holds, and what logs tell.
struct EntityTimeline {
    enum Item {
        case kept(EntityTimelineItem)
        case logged(EntityOccurrence)

        var time: Instant {
            switch self {
            case .kept(let item): item.time
            case .logged(let occurrence): occurrence.time
            }
        }

        var kind: TimelineKind {
            switch self {
            case .kept(.alert): .alert
            case .kept(.bookmark): .bookmark
            case .logged(.activity): .activity
            case .logged(.anomaly): .anomaly
            }
        }
    }

    /// What is missing, and why.
    struct Gap {
        let kind: TimelineKind
        /// Of one query; empty: of all.
        let query: String
        let message: String
    }

    private(set) var items: [Item]
    private(set) var errors: [Gap] = []

    /// - Parameter kinds: What is wanted of it.
    init(kept: [EntityTimelineItem], of kinds: [TimelineKind]) {
        items = kept.map(Item.kept).filter { kinds.contains($0.kind) }
    }

    mutating func add(_ found: EntityOccurrences) {
        items += found.items.map(Item.logged)
        errors += found.problems.map {
            Gap(kind: $0.activity.form.timelineKind, query: $0.activity.id, message: $0.problem.message)
        }
        errors += found.faults.map { Gap(kind: .activity, query: $0.file, message: $0.message) }
    }

    mutating func omit(_ forms: Set<EntityActivity.Form>, _ reason: String) {
        errors += forms.map(\.timelineKind).sorted { $0.rawValue < $1.rawValue }.map {
            Gap(kind: $0, query: "", message: reason)
        }
    }
}

extension EntityActivity.Form {
    var timelineKind: TimelineKind {
        switch self {
        case .activity: .activity
        case .anomaly: .anomaly
        }
    }
}

extension IncidentResources {
    /// - Parameter buckets: In how many equal parts of the time the items are counted too.
    func timeline(_ timeline: EntityTimeline, over range: TimeRange, buckets: Int?) -> JSON {
        let items = timeline.items.sorted { $0.time < $1.time }
        let counts = Dictionary(grouping: items, by: \.kind).sorted { $0.key.rawValue < $1.key.rawValue }
        var metaData: JSONObject = [
            "totalCount": .int(Int64(items.count)),
            "aggregations": .array(
                counts.map { ["kind": .string($0.key.rawValue), "count": .int(Int64($0.value.count))] }),
            "errors": .array(
                timeline.errors.map {
                    [
                        "kind": .string($0.kind.rawValue), "queryId": .string($0.query),
                        "errorMessage": .string($0.message),
                    ]
                }),
        ]
        if let buckets { metaData["tocsinBuckets"] = .array(counted(items, over: range, in: buckets)) }
        return ["metaData": .object(metaData), "value": .array(items.map(json))]
    }

    /// How many items of each kind began in each part of the time; parts without any are left out.
    private func counted(_ items: [EntityTimeline.Item], over range: TimeRange, in buckets: Int) -> [JSON] {
        let width = TimeSpan(ticks: max(1, range.duration.ticks / Int64(buckets)))
        func bucket(_ item: EntityTimeline.Item) -> Int64 {
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

    private func json(_ item: EntityTimeline.Item) -> JSON {
        switch item {
        case .kept(.alert(let alert)): timelineItem(alert)
        case .kept(.bookmark(let bookmark)): timelineItem(bookmark)
        case .logged(.activity(let activity)): timelineItem(activity)
        case .logged(.anomaly(let anomaly)): timelineItem(anomaly)
        }
    }

    private func timelineItem(_ activity: LoggedActivity) -> JSON {
        [
            "kind": .string(TimelineKind.activity.rawValue), "queryId": .string(activity.queryID),
            "title": .string(activity.title), "content": .string(activity.content),
            "bucketStartTimeUTC": .string(activity.bucketStart.description),
            "bucketEndTimeUTC": .string(activity.bucketEnd.description),
            "firstActivityTimeUTC": .string(activity.first.description),
            "lastActivityTimeUTC": .string(activity.last.description),
            "tocsinCount": .int(Int64(activity.count)),
        ]
    }

    private func timelineItem(_ anomaly: LoggedAnomaly) -> JSON {
        [
            "kind": .string(TimelineKind.anomaly.rawValue),
            "azureResourceId": .string("\(names.securityInsights)/anomalies/\(anomaly.id)"),
            "displayName": .string(anomaly.name), "description": .string(anomaly.description),
            "productName": "Tocsin", "vendor": .string(anomaly.vendor),
            "startTimeUtc": .string(anomaly.start.description), "endTimeUtc": .string(anomaly.end.description),
            "timeGenerated": .string(anomaly.generated.description),
            "intent": .string(Self.intent(of: anomaly.tactics)),
            "techniques": .array(anomaly.techniques.map { .string($0) }),
            "reasons": .array(anomaly.reasons.map { .string($0) }),
        ]
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
