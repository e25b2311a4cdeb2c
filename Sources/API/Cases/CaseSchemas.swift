internal import Casebook
internal import JSON

/// The forms of what `CaseRoutes` and `CaseFileRoutes` take and give.
enum CaseSchemas {
    static let person = Schema.object(
        .required("kind", .string), .required("id", .string), .required("name", .string)
    ).named("Person")

    static let parts = Schema.object(
        ["alerts", "bookmarks", "comments", "tasks", "timeEntries", "attachments", "labels"].map {
            .optional($0, .strings)
        }
    ).named("IncidentParts")

    static let transfer = Schema.object(
        .required("id", .string), .required("kind", .word(IncidentTransfer.Kind.self)), .required("source", .string),
        .required("target", .string), .required("moved", parts), .required("madeBy", person),
        .required("madeTimeUtc", .dateTime), .optional("undoneTimeUtc", .dateTime)
    ).named("IncidentTransfer")

    static let undone = Schema.object(
        .required("transfer", transfer), .required("left", parts), .required("incident", .any))

    static let merge = Schema.object(.required("incidents", .array(.string, most: 1_000)))

    static let split = Schema.object(
        [.optional("title", .string)]
            + ["alerts", "bookmarks", "comments", "tasks", "timeEntries", "attachments"].map {
                .optional($0, .strings)
            })

    static let bulk = Schema.object(
        .required(
            "incidents",
            .array(.oneOf(.string, .object(.required("id", .string), .optional("etag", .string))), most: 1_000)),
        .required(
            "properties",
            .object(
                .optional("severity", .string), .optional("status", .string), .optional("classification", .string),
                .optional("classificationReason", .string), .optional("classificationComment", .string),
                .optional("owner", .any), .optional("addLabels", .strings), .optional("removeLabels", .strings))))

    static let bulkOutcomes = Schema.page(
        of: .object(
            .required("id", .string), .required("status", .integer), .optional("incident", .any),
            .optional("error", .any)))

    static let searchResult = Schema.object(
        .required(
            "value",
            .array(
                .object(
                    .optional("incident", .any), .required("place", .string), .optional("placeId", .string),
                    .required("heading", .string), .required("snippet", .array(.any)),
                    .required("matchCount", .integer)))),
        .required("isCutOff", .boolean))

    static let activity = Schema.object(
        .required("sequence", .integer), .required("timeUtc", .dateTime), .required("event", .string),
        .required("actor", person), .required("details", .any))

    static let watcher = Schema.object(
        .required("person", person), .required("reason", .word(IncidentWatcher.Reason.self)),
        .required("sinceUtc", .dateTime))

    static let newTime = Schema.object(
        .required("minutes", .integer(1...1_440)), .optional("note", .string(0...500)))

    static let timeEntry = Schema.object(
        .required("id", .string), .required("person", person), .required("minutes", .integer),
        .required("note", .string), .required("madeTimeUtc", .dateTime)
    ).named("TimeEntry")

    static let timeList = Schema.object(.required("value", .array(timeEntry)), .required("minutes", .integer))

    static let type = Schema.object(
        .required("name", .string), .required("title", .string), .required("fields", .array(.any)),
        .required("tasks", .array(.any)), .required("labels", .strings)
    ).named("IncidentType")

    static let typeChoice = Schema.object(.required("name", .string), .optional("etag", .string))

    static let fields = Schema.object(.required("fields", .map(.any)), .optional("etag", .string))

    static let attachment = Schema.object(
        .required("id", .string), .required("name", .string), .required("bytes", .integer),
        .required("sha256", .string), .required("mediaType", .string), .required("addedBy", person),
        .required("addedTimeUtc", .dateTime)
    ).named("Attachment")
}
