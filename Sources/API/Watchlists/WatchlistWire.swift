internal import Chronology
internal import JSON
internal import StateStore
internal import Watchlists

/// Watchlists and their items in the shapes of Microsoft.SecurityInsights.
struct WatchlistWire {
    let names: WorkspaceNames

    static let listSchema = Schema.resource(
        "Watchlist",
        .object(
            .required("displayName", .string), .required("provider", .string), .required("itemsSearchKey", .string),
            .optional("watchlistId", .string), .optional("source", .string), .optional("sourceType", .string),
            .optional("description", .string), .optional("watchlistType", .string),
            .optional("watchlistAlias", .string), .optional("isDeleted", .boolean), .optional("labels", .strings),
            .optional("defaultDuration", .string), .optional("tenantId", .string),
            .optional("numberOfLinesToSkip", .integer(0...100_000)), .optional("rawContent", .string),
            .optional("contentType", .string), .readOnly("uploadStatus", .string),
            .readOnly("provisioningState", .string), .readOnly("created", .any), .readOnly("updated", .any),
            .readOnly("createdBy", .any), .readOnly("updatedBy", .any), .readOnly("itemCount", .any),
            .readOnly("columns", .any)))

    static let itemSchema = Schema.resource(
        "WatchlistItem",
        .object(
            .required("itemsKeyValue", .map(.any)), .optional("entityMapping", .map(.any)),
            .optional("watchlistItemType", .string), .optional("watchlistItemId", .string),
            .optional("tenantId", .string), .optional("isDeleted", .boolean),
            .optional("expiresTimeUtc", .dateTime), .readOnly("created", .any), .readOnly("updated", .any),
            .readOnly("createdBy", .any), .readOnly("updatedBy", .any)))

    static let reportSchema = Schema.object(
        .required("watchlist", .any), .required("added", .integer), .required("repeated", .integer),
        .required("leftOut", .integer),
        .required("findings", .array(.object(.required("line", .integer), .required("message", .string)))))

    // MARK: Writing

    func json(_ list: Watchlist) -> JSON {
        let facts = list.facts
        return Resource(
            id: "\(names.securityInsights)/watchlists/\(list.alias)", name: list.alias,
            type: "Microsoft.SecurityInsights/Watchlists", etag: "\"\(list.version)\"",
            properties: [
                "watchlistId": .string(list.id), "displayName": .string(facts.displayName),
                "provider": .string(facts.provider), "source": .string(facts.source),
                "sourceType": .string(facts.sourceType), "itemsSearchKey": .string(facts.itemsSearchKey),
                "description": .string(facts.description), "watchlistType": "watchlist",
                "watchlistAlias": .string(list.alias), "isDeleted": false,
                "labels": .array(facts.labels.map { .string($0) }),
                "defaultDuration": facts.defaultDuration.isEmpty ? .null : .string(facts.defaultDuration),
                "tenantId": .string(names.subscriptionID),
                "numberOfLinesToSkip": .int(Int64(facts.numberOfLinesToSkip)),
                "contentType": .string(facts.contentType.rawValue),
                "uploadStatus": .string(list.state == .succeeded ? "Complete" : "InProgress"),
                "provisioningState": .string(list.state.rawValue), "created": .string(list.created.description),
                "updated": .string(list.updated.description), "createdBy": Self.json(list.createdBy),
                "updatedBy": Self.json(list.updatedBy), "itemCount": .int(Int64(list.itemCount)),
                "columns": .array(list.columns.map { .string($0) }),
            ]
        ).json
    }

    func json(_ item: WatchlistItem, of alias: String) -> JSON {
        Resource(
            id: "\(names.securityInsights)/watchlists/\(alias)/watchlistItems/\(item.id)", name: item.id,
            type: "Microsoft.SecurityInsights/Watchlists/WatchlistItems", etag: "\"\(item.version)\"",
            properties: [
                "watchlistItemType": "watchlist-item", "watchlistItemId": .string(item.id),
                "tenantId": .string(names.subscriptionID), "isDeleted": false,
                "created": .string(item.created.description), "updated": .string(item.updated.description),
                "createdBy": Self.json(item.createdBy), "updatedBy": Self.json(item.updatedBy),
                "itemsKeyValue": .object(item.values), "entityMapping": .object(item.entityMapping),
                "expiresTimeUtc": item.expires.map { .string($0.description) } ?? .null,
            ]
        ).json
    }

    func json(_ report: UploadReport) -> JSON {
        [
            "watchlist": json(report.list), "added": .int(Int64(report.added)),
            "repeated": .int(Int64(report.repeated)), "leftOut": .int(Int64(report.findingCount)),
            "findings": .array(
                report.findings.map { ["line": .int(Int64($0.line)), "message": .string($0.message)] }),
        ]
    }

    private static func json(_ actor: JournalActor) -> JSON {
        ["objectId": .string(actor.id), "email": .null, "name": .string(actor.name)]
    }

    // MARK: Reading

    /// The list that a body describes; what the body does not say of a known list stays.
    static func draft(_ alias: String, _ body: JSON, known: Watchlist?) throws(APIError) -> WatchlistDraft {
        let properties = body["properties"] ?? .null
        func text(_ name: String) -> String? { properties[name]?.stringValue }
        var facts = known?.facts ?? WatchlistFacts(displayName: "", itemsSearchKey: "")
        facts.displayName = text("displayName") ?? facts.displayName
        facts.itemsSearchKey = text("itemsSearchKey") ?? facts.itemsSearchKey
        facts.provider = text("provider") ?? facts.provider
        facts.source = text("source") ?? facts.source
        facts.sourceType = text("sourceType") ?? facts.sourceType
        facts.description = text("description") ?? facts.description
        facts.defaultDuration = text("defaultDuration") ?? facts.defaultDuration
        if let labels = properties["labels"]?.arrayValue { facts.labels = labels.compactMap(\.stringValue) }
        if let lines = properties["numberOfLinesToSkip"]?.intValue { facts.numberOfLinesToSkip = Int(clamping: lines) }
        if let type = text("contentType"), !type.isEmpty {
            guard let known = WatchlistContentType(lenient: type) else {
                throw APIError.badRequest(
                    "the content type '\(type)' is not read; use text/csv or text/tsv", target: "properties.contentType"
                )
            }
            facts.contentType = known
        }
        return WatchlistDraft(
            alias: alias, facts: facts, id: text("watchlistId").flatMap { $0.isEmpty ? nil : $0 },
            version: try version(body))
    }

    static func itemDraft(_ body: JSON) throws(APIError) -> WatchlistItemDraft {
        let properties = body["properties"] ?? .null
        var draft = WatchlistItemDraft(values: properties["itemsKeyValue"]?.objectValue ?? [:])
        draft.entityMapping = properties["entityMapping"]?.objectValue ?? [:]
        draft.version = try version(body)
        if let text = properties["expiresTimeUtc"]?.stringValue {
            guard let time = Instant(iso8601: text) else {
                throw APIError.badRequest("'\(text)' is no ISO 8601 time", target: "properties.expiresTimeUtc")
            }
            draft.expires = time
        }
        return draft
    }

    /// The version that an entity tag names.
    ///
    /// - Throws: 409 for a tag that this installation did not give.
    private static func version(_ body: JSON) throws(APIError) -> Int64? {
        guard let tag = body["etag"]?.stringValue, !tag.isEmpty, tag != "*" else { return nil }
        guard let version = Int64(tag.filter { $0 != "\"" }) else {
            throw APIError(.conflict, "the etag '\(tag)' is of another version; read it again", target: "etag")
        }
        return version
    }
}
