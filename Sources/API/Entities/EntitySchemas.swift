internal import Casebook

/// The forms of the graph, the timeline and the insights of entities, after Microsoft.SecurityInsights.
enum EntitySchemas {
    private static let entity = IncidentSchemas.entity

    static let expand = Schema.object(
        .optional("expansionId", .string), .optional("startTime", .dateTime), .optional("endTime", .dateTime))

    static let expanded = Schema.object(
        .required(
            "metaData",
            .object(
                .required(
                    "aggregations",
                    .array(
                        .object(
                            .required("count", .integer), .required("entityKind", .string),
                            .optional("aggregationType", .string), .optional("displayName", .string)))))),
        .required(
            "value",
            .object(
                .required("entities", .array(entity)),
                .required(
                    "edges",
                    .array(
                        .object(.required("targetEntityId", .string), .required("additionalData", .map(.any)))))))
    ).named("EntityExpandResponse")

    /// Two years of hourly parts, and more than a page can draw.
    static let mostBuckets: Int64 = 20_000

    static let timelineRequest = Schema.object(
        .required("startTime", .dateTime), .required("endTime", .dateTime),
        .optional("kinds", .array(.word(TimelineKind.self))),
        .optional("numberOfBucket", .integer(1...mostBuckets)))

    static let timeline = Schema.object(
        .required(
            "metaData",
            .object(
                .required("totalCount", .integer),
                .required(
                    "aggregations", .array(.object(.required("count", .integer), .required("kind", .string)))),
                .required("errors", errors),
                .optional(
                    "tocsinBuckets",
                    .array(
                        .object(
                            .required("kind", .string), .required("startTimeUtc", .dateTime),
                            .required("endTimeUtc", .dateTime), .required("count", .integer)))))),
        .required("value", .array(.object(.required("kind", .string), .optional("azureResourceId", .string))))
    ).named("EntityTimelineResponse")

    static let queries = Schema.object(
        .required(
            "value",
            .array(
                .object(
                    .required("id", .string), .required("name", .string), .required("type", .string),
                    .required("kind", .string), .required("properties", .map(.any)))))
    ).named("GetQueriesResponse")

    static let insightsRequest = Schema.object(
        .required("startTime", .dateTime), .required("endTime", .dateTime),
        .optional("addDefaultExtendedTimeRange", .boolean), .optional("insightQueryIds", .array(.string, most: 200)))

    private static let result = Schema.object(
        .required("columns", .array(.object(.required("name", .string), .required("type", .string)))),
        .required("rows", .array(.strings)))

    static let insights = Schema.object(
        .required("metaData", .object(.required("totalCount", .integer), .required("errors", errors))),
        .required(
            "value",
            .array(
                .object(
                    .required("queryId", .string),
                    .required(
                        "queryTimeInterval",
                        .object(.required("startTime", .dateTime), .required("endTime", .dateTime))),
                    .optional("tableQueryResults", result), .required("chartQueryResults", .array(result)))))
    ).named("EntityGetInsightsResponse")

    private static let errors = Schema.array(
        .object(
            .required("kind", .string), .required("errorMessage", .string), .optional("queryId", .string)))
}

/// What a timeline may show (`EntityTimelineKind`).
enum TimelineKind: String, Sendable, Hashable, CaseIterable {
    case activity = "Activity"
    case bookmark = "Bookmark"
    case alert = "SecurityAlert"
    case anomaly = "Anomaly"
}
