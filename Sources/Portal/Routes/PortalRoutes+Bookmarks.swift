internal import Access
internal import Casebook
internal import Chronology
internal import Detection
internal import Foundation
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

extension PortalRoutes {
    /// Adds what keeps findings with incidents: bookmarks of rows, and files.
    func addBookmarks(to group: RouterGroup<TocsinRequestContext>) {
        let changes = group.group().add(middleware: Requires(.changeIncidents))
        changes.group().add(middleware: Requires(.readEvents)).post("logs/bookmarks", use: bookmarkRows)
        changes.post("incidents/:incident/attachments", use: addAttachment)
    }

    /// How many rows are kept at a time.
    private static let rowsAtATime = 20

    @Sendable func bookmarkRows(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let query = form["query"] ?? ""
        let span = LogsRequest(query: query, timespan: form["timespan"]).timespan
        let back = PortalURL.query(query).path + "&timespan=\(span.rawValue)"
        let rows = form.names(after: "row.").compactMap { form["row.\($0)"] }
        guard !rows.isEmpty else {
            return .redirect(to: Notice("Tick the rows to keep.", isError: true).on(back), type: .normal)
        }
        guard rows.count <= Self.rowsAtATime else {
            let text = "At most \(Self.rowsAtATime) rows are kept at a time."
            return .redirect(to: Notice(text, isError: true).on(back), type: .normal)
        }
        do {
            let number = form["incident"].flatMap { $0.isEmpty ? nil : $0 }
            let incident = try await numbered(number)
            guard number == nil || incident != nil else {
                return .redirect(to: Notice.noSuchNumber.on(back), type: .normal)
            }
            let now = services.site.now()
            for (index, row) in rows.enumerated() {
                let name = form["name"].flatMap { $0.isEmpty ? nil : $0 } ?? "Row of a query"
                var content = try BookmarkContent(
                    row: row, named: rows.count == 1 ? name : "\(name) (\(index + 1))", query: query)
                content.notes = form["notes"] ?? ""
                if let length = span.length {
                    content.queryStartTime = now - length
                    content.queryEndTime = now
                }
                try await services.cases.casebook.putBookmark(content, in: incident?.id, by: caller.actor)
            }
            let kept = rows.count == 1 ? "The row is kept as a bookmark" : "\(rows.count) rows are kept as bookmarks"
            let notice = Notice(incident.map { "\(kept) of #\($0.number)." } ?? "\(kept).")
            return .redirect(
                to: notice.on(incident.map { PortalURL.incident($0.id.rawValue).path } ?? back), type: .normal)
        } catch let error as CasebookError {
            return .redirect(to: Notice(error.message, isError: true).on(back), type: .normal)
        }
    }

    @Sendable func addAttachment(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let id = IncidentID(try context.parameters.require("incident"))
        // The file, and what else a form holds.
        let form = try await MultipartForm.checked(request, caller, upTo: CasebookLimits.attachmentBytes + (64 << 10))
        let notice: Notice
        if let bytes = form.bytes("file"), let name = form.fileName("file"), !name.isEmpty {
            do {
                let added = try await services.cases.casebook.addAttachment(
                    Data(bytes), named: name, to: id, by: caller.actor)
                notice = Notice("The file \(added.name) is kept with the incident.")
            } catch {
                notice = Notice(error.message, isError: true)
            }
        } else {
            notice = Notice("Choose a file.", isError: true)
        }
        return .redirect(to: notice.on(PortalURL.incident(id.rawValue).path), type: .normal)
    }
}

extension BookmarkContent {
    /// The most entities that a bookmark takes from its row.
    private static let mostEntities = 50

    /// A row of a query's result, with the entities that it names.
    ///
    /// - Throws: `CasebookError` with code `invalidField` for a row that is no JSON object.
    fileprivate init(row: String, named name: String, query: String) throws {
        // What is no JSON is refused below like what is no object.
        guard let json = try? JSON(parsing: row), json.objectValue != nil else {
            throw CasebookError(.invalidField, field: "queryResult", "a row is no JSON object; run the query again")
        }
        self.init(displayName: name, query: query)
        queryResult = row
        eventTime = json["TimeGenerated"]?.stringValue.flatMap { Instant(iso8601: $0) }
        entities = RowEntities.read(json).prefix(Self.mostEntities).map { entity in
            BookmarkEntity(
                kind: entity.kind,
                fields: entity.identifiers.sorted { $0.key < $1.key }.map { .init(identifier: $0.key, value: $0.value) }
            )
        }
    }
}
