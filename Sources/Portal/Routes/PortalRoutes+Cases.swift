internal import Access
internal import Casebook
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import StateStore
internal import Vocabulary
internal import WebGate

extension PortalRoutes {
    /// Adds what people do with incidents besides comments and tasks.
    func addCases(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group().add(middleware: Requires(.readIncidents))
        readers.get("incidents/:incident/attachments/:file", use: attachment)
        readers.get("search", use: search)
        let changes = group.group("incidents/:incident").add(middleware: Requires(.changeIncidents))
        changes.post("watch", use: watch)
        changes.post("time", use: addTime)
        changes.post("links", use: changeLink)
        changes.post("merge", use: merge)
        changes.post("split", use: split)
        changes.post("undo", use: undo)
        changes.post("type", use: applyType)
        changes.post("fields", use: setFields)
        changes.post("own-comment", use: changeComment)
        group.group("bulk").add(middleware: Requires(.changeIncidents)).post(use: bulk)
    }

    @Sendable func search(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let text = FormFields(query: request.uri.query)["text"] ?? ""
        let result = try await services.cases.casebook.search(text)
        return try page(
            SearchPage(
                frame: try await frame(.incidents, request, context), text: text, result: result,
                entities: try await services.cases.casebook.entities(named: text)))
    }

    @Sendable func attachment(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = IncidentID(try context.parameters.require("incident"))
        let file = AttachmentID(try context.parameters.require("file"))
        guard let found = try await services.cases.casebook.attachment(file, of: id) else {
            throw HTTPError(.notFound, message: "There is no such file; it may have been taken off.")
        }
        var headers: HTTPFields = [.contentType: "application/octet-stream"]
        headers[.contentDisposition] = "attachment; filename*=UTF-8''\(PortalURL.escaped(found.attachment.name))"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: found.bytes)))
    }

    @Sendable func watch(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            if form["stop"] != nil {
                try await services.cases.casebook.unwatch(id, by: caller.actor)
                return Notice("You no longer watch this incident.")
            }
            try await services.cases.casebook.watch(id, by: caller.actor)
            return Notice("You watch this incident.")
        }
    }

    @Sendable func addTime(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            guard let minutes = form["minutes"].flatMap({ Int($0) }) else {
                return Notice("Give the time in minutes.", isError: true)
            }
            try await services.cases.casebook.addTime(
                minutes: minutes, note: form["note"] ?? "", to: id, by: caller.actor)
            return nil
        }
    }

    @Sendable func changeLink(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            if let name = form["remove"] {
                try await services.cases.casebook.deleteRelation(RelationName(name), of: id, by: caller.actor)
                return Notice("The link was removed.")
            }
            guard let other = try await numbered(form["number"]) else { return .noSuchNumber }
            let link = form["link"].flatMap { IncidentLink(lenient: $0) } ?? .related
            try await services.cases.casebook.relate(id, to: .incident(other.id, link), by: caller.actor)
            return Notice("Linked to #\(other.number).")
        }
    }

    @Sendable func merge(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            guard let target = try await numbered(form["number"]) else { return .noSuchNumber }
            try await services.cases.casebook.merge([id], into: target.id, by: caller.actor)
            return Notice("Merged into #\(target.number).")
        }
    }

    @Sendable func split(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            let alerts = form.names(after: "alert.").map { AlertID($0) }
            let title = form["title"].flatMap { $0.isEmpty ? nil : $0 }
            let transfer = try await services.cases.casebook.split(
                id, taking: MovedParts(alerts: alerts), title: title, by: caller.actor)
            let made = try await services.cases.casebook.incident(transfer.target)
            return Notice("The alerts are in #\(made?.number ?? 0) now.")
        }
    }

    @Sendable func undo(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, _, caller in
            let undone = try await services.cases.casebook.undo(TransferID(form["transfer"] ?? ""), by: caller.actor)
            let left = undone.left.isEmpty ? "" : " What was moved on or deleted since stays where it is."
            return Notice("The \(undone.transfer.kind.rawValue) was undone.\(left)")
        }
    }

    @Sendable func applyType(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            guard let type = services.cases.types[form["type"] ?? ""] else {
                return Notice("Choose a type.", isError: true)
            }
            try await services.cases.casebook.apply(type, to: id, by: caller.actor)
            return Notice("The incident is of the type “\(type.title)” now.")
        }
    }

    @Sendable func setFields(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            guard let incident = try await services.cases.casebook.incident(id),
                let type = services.cases.types[incident.typeName]
            else { return Notice("The incident has no type.", isError: true) }
            var values: [String: JSON] = [:]
            for field in type.fields {
                guard let text = form["field.\(field.name)"] else { continue }
                values[field.name] = field.formValue(text)
            }
            try await services.cases.casebook.setFields(values, of: id, as: type, by: caller.actor)
            return Notice("Saved.")
        }
    }

    @Sendable func changeComment(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            let comment = CommentID(form["comment"] ?? "")
            if form["delete"] != nil {
                try await services.cases.casebook.deleteComment(comment, of: id, by: caller.actor)
                return Notice("The comment was deleted.")
            }
            try await services.cases.casebook.editComment(
                comment, of: id, message: form["message"] ?? "", by: caller.actor)
            return Notice("The comment was changed.")
        }
    }

    /// The same change on all incidents that are ticked in the queue.
    @Sendable func bulk(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let targets = form.names(after: "incident.").map { BulkTarget(IncidentID($0)) }
        let back = PortalURL.incidents.path
        func answer(_ notice: Notice) -> Response { .redirect(to: notice.on(back), type: .normal) }
        guard !targets.isEmpty else { return answer(Notice("Tick some incidents first.", isError: true)) }
        var change = IncidentChange()
        switch form["action"] ?? "" {
        case "take":
            change.status = .active
            change.owner = .assign(IncidentOwner(objectID: caller.actor.id, assignedTo: caller.actor.name))
        case "label":
            change.addedLabels = [IncidentLabel(name: form["label"] ?? "")]
        case let value:
            guard let classification = Classification(formValue: value) else {
                return answer(Notice("Choose what to do with them.", isError: true))
            }
            change.status = .closed
            change.classification = classification
        }
        do {
            let outcomes = try await services.cases.casebook.update(targets, change, by: caller.actor)
            let faults = outcomes.compactMap { outcome in
                if case .failure(let error) = outcome.result { error.message } else { nil }
            }
            let done = "\(outcomes.count - faults.count) of \(outcomes.count) incidents were changed."
            return answer(Notice(([done] + faults.prefix(2)).joined(separator: " "), isError: !faults.isEmpty))
        } catch {
            return answer(Notice(error.message, isError: true))
        }
    }

    /// The incident of a number that somebody typed.
    func numbered(_ text: String?) async throws -> Incident? {
        guard let number = text.flatMap({ Int($0.drop { $0 == "#" }) }) else { return nil }
        return try await services.cases.casebook.incident(number: number)
    }
}

extension Notice {
    static let noSuchNumber = Notice("There is no incident of that number.", isError: true)
}

extension CustomField {
    /// What was typed or chosen for this field; nothing takes the value away.
    fileprivate func formValue(_ text: String) -> JSON {
        if text.isEmpty { return .null }
        guard case .multipleChoice = form else { return .string(text) }
        return .array(text.split(separator: ",").map { .string($0.trimmingBlanks) }.filter { $0 != "" })
    }
}
