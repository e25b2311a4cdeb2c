internal import Casebook
internal import Vocabulary

/// The forms of incidents and of what hangs on them, after Microsoft.SecurityInsights.
enum IncidentSchemas {
    static let owner = Schema.object(
        .optional("objectId", .string), .optional("email", .string), .optional("assignedTo", .string),
        .optional("userPrincipalName", .string), .readOnly("ownerType", .word(IncidentOwner.Kind.self)))

    static let label = Schema.object(
        .required("labelName", .string(1...CasebookLimits.labelCharacters)),
        .readOnly("labelType", .word(IncidentLabel.Kind.self)))

    private static let additionalData = Schema.object(
        .optional("alertsCount", .integer), .optional("bookmarksCount", .integer),
        .optional("commentsCount", .integer), .optional("alertProductNames", .strings), .optional("tactics", .strings),
        .optional("techniques", .strings), .optional("mergedIncidentNumber", .string),
        .optional("mergedIncidentUrl", .string))

    static let team = Schema.object(
        .readOnly("teamId", .string), .readOnly("name", .string), .readOnly("description", .string),
        .readOnly("primaryChannelUrl", .string), .readOnly("teamCreationTimeUtc", .dateTime)
    ).named("TeamInformation")

    static let newTeam = Schema.object(
        .optional("teamName", .string(1...CasebookLimits.labelCharacters)),
        .optional("teamDescription", .string(0...CasebookLimits.descriptionCharacters)),
        .optional("primaryChannelUrl", .string(0...CasebookLimits.descriptionCharacters)),
        .optional(
            "memberIds",
            .array(.string(1...CasebookLimits.identifierCharacters), most: CasebookLimits.watchersPerIncident)),
        .optional(
            "groupIds",
            .array(.string(1...CasebookLimits.identifierCharacters), most: CasebookLimits.watchersPerIncident)))

    static let incident = Schema.resource(
        "Incident",
        .object(
            .required("title", .string(1...CasebookLimits.titleCharacters)),
            .optional("description", .string(0...CasebookLimits.descriptionCharacters)),
            .required("severity", .word(Severity.self)), .required("status", .word(IncidentStatus.self)),
            .optional("classification", .word(Classification.Verdict.self)),
            .optional("classificationReason", .word(Classification.Reason.self)),
            .optional("classificationComment", .string), .optional("owner", owner),
            .optional("labels", .array(label, most: CasebookLimits.labelsPerIncident)),
            .optional("firstActivityTimeUtc", .dateTime), .optional("lastActivityTimeUtc", .dateTime),
            .readOnly("createdTimeUtc", .dateTime), .readOnly("lastModifiedTimeUtc", .dateTime),
            .readOnly("incidentNumber", .integer), .readOnly("incidentUrl", .string),
            .readOnly("providerName", .string), .readOnly("providerIncidentId", .string),
            .readOnly("relatedAnalyticRuleIds", .strings), .readOnly("additionalData", additionalData),
            .readOnly("teamInformation", team), .readOnly("tocsinPriority", .any)))

    static let comment = Schema.resource(
        "IncidentComment",
        .object(
            .required("message", .string(1...CasebookLimits.commentCharacters)), .readOnly("author", client),
            .readOnly("createdTimeUtc", .dateTime), .readOnly("lastModifiedTimeUtc", .dateTime)))

    /// Who made something (`ClientInfo`, `UserInfo`).
    static let client = Schema.object(
        .optional("name", .string), .optional("objectId", .string), .optional("email", .string),
        .optional("userPrincipalName", .string))

    static let task = Schema.resource(
        "IncidentTask",
        .object(
            .required("title", .string(1...CasebookLimits.titleCharacters)),
            .optional("description", .string(0...CasebookLimits.commentCharacters)),
            .required("status", .word(IncidentTask.Status.self)), .readOnly("createdTimeUtc", .dateTime),
            .readOnly("lastModifiedTimeUtc", .dateTime), .readOnly("createdBy", client),
            .readOnly("lastModifiedBy", client)))

    static let relation = Schema.resource(
        "Relation",
        .object(
            .required("relatedResourceId", .string(1...1024)), .readOnly("relatedResourceName", .string),
            .readOnly("relatedResourceType", .string), .optional("relatedResourceKind", .string)))

    static let bookmark = Schema.resource(
        "Bookmark",
        .object(
            .required("displayName", .string(1...CasebookLimits.titleCharacters)),
            .required("query", .string(1...CasebookLimits.queryCharacters)), .optional("queryResult", .string),
            .optional("notes", .string), .optional("labels", .strings), .optional("eventTime", .dateTime),
            .optional("queryStartTime", .dateTime), .optional("queryEndTime", .dateTime),
            .readOnly("created", .dateTime), .readOnly("updated", .dateTime), .readOnly("createdBy", client),
            .readOnly("updatedBy", client),
            .optional(
                "incidentInfo",
                .object(
                    .optional("incidentId", .string), .readOnly("title", .string), .readOnly("severity", .string),
                    .readOnly("relationName", .string))),
            .optional(
                "entityMappings",
                .array(
                    .object(
                        .required("entityType", .string),
                        .required(
                            "fieldMappings",
                            .array(.object(.required("identifier", .string), .required("value", .string))))))),
            .optional("tactics", .array(.word(Tactic.self))), .optional("techniques", .strings)))

    /// An entity or an alert, told apart by `kind`; its properties depend on that.
    static let entity = Schema.object(
        .required("id", .string), .required("name", .string), .required("type", .string), .required("kind", .string),
        .required("properties", .map(.any))
    ).named("Entity")

    static let entities = Schema.object(
        .required("entities", .array(entity)),
        .required(
            "metaData",
            .array(.object(.required("entityKind", .string), .required("count", .integer)))))

    /// The body that starts a playbook on an incident.
    static let manualTrigger = Schema.object(
        .required("logicAppsResourceId", .string(1...2048)), .optional("tenantId", .string))

    /// The same on an entity.
    static let entityTrigger = Schema.object(
        .required("logicAppsResourceId", .string(1...2048)), .optional("tenantId", .string),
        .optional("incidentArmId", .string))
}
