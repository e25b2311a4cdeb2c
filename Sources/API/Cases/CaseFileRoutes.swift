internal import Access
internal import Casebook
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import WebGate

/// Types of incidents, their own fields, and attachments.
struct CaseFileRoutes {
    let casebook: Casebook
    let types: IncidentTypes

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "incidentTypes", id: "IncidentTypes_List", tag: .incidents, "Lists the types of incident",
                needs: .readIncidents, answers: [.ok(.page(of: CaseSchemas.type))], listTypes),
            Endpoint(
                .put, "incidents/{incident}/incidentType", id: "IncidentTypes_Apply", tag: .incidents,
                "Makes an incident one of a type", needs: .changeIncidents, body: .json(CaseSchemas.typeChoice),
                answers: [.ok(CaseSchemas.fields), .conflict], applyType),
            Endpoint(
                .get, "incidents/{incident}/fields", id: "CustomFields_List", tag: .incidents,
                "Reads an incident's own fields", needs: .readIncidents, answers: [.ok(CaseSchemas.fields)], fields),
            Endpoint(
                .put, "incidents/{incident}/fields", id: "CustomFields_Set", tag: .incidents,
                "Sets an incident's own fields", needs: .changeIncidents, body: .json(CaseSchemas.fields),
                answers: [.ok(CaseSchemas.fields), .conflict], setFields),
            Endpoint(
                .get, "incidents/{incident}/attachments", id: "Attachments_List", tag: .incidents,
                "Lists an incident's attachments", needs: .readIncidents,
                answers: [.ok(.page(of: CaseSchemas.attachment))], attachments),
            Endpoint(
                .post, "incidents/{incident}/attachments", id: "Attachments_Add", tag: .incidents,
                "Adds a file to an incident", access: .permission(.changeIncidents),
                parameters: [EndpointParameter("name", "The file's name", .string(1...260), isRequired: true)],
                body: .raw("*/*", upTo: CasebookLimits.attachmentBytes),
                answers: [.created(CaseSchemas.attachment)], handling: .stream(addAttachment)),
            Endpoint(
                .get, "incidents/{incident}/attachments/{attachment}", id: "Attachments_Get", tag: .incidents,
                "Reads the bytes of an attachment", access: .permission(.readIncidents),
                answers: [EndpointAnswer(.ok, "The file", .string, contentType: "application/octet-stream")],
                handling: .stream(attachment)),
            Endpoint(
                .delete, "incidents/{incident}/attachments/{attachment}", id: "Attachments_Delete", tag: .incidents,
                "Takes a file off an incident", needs: .changeIncidents, answers: [.done, .noContent],
                deleteAttachment),
        ]
    }

    @Sendable func listTypes(_ call: EndpointCall) async throws -> Response {
        Response(json: ["value": .array(types.all.map(\.wire))])
    }

    @Sendable func applyType(_ call: EndpointCall) async throws -> Response {
        let name = call.body["name"]?.stringValue ?? ""
        guard let type = types[name] else {
            throw APIError.badRequest(
                "there is no incident type '\(name.prefix(80))'; there are \(types.all.map(\.name))", target: "name")
        }
        let id = try await casebook.incidentID(named: call.name("incident"))
        try await casebook.apply(type, to: id, expecting: version(call), by: try call.actor)
        return try await answer(id)
    }

    @Sendable func fields(_ call: EndpointCall) async throws -> Response {
        try await answer(try await casebook.incidentID(named: call.name("incident")))
    }

    @Sendable func setFields(_ call: EndpointCall) async throws -> Response {
        let id = try await casebook.incidentID(named: call.name("incident"))
        guard let incident = try await casebook.incident(id), let type = types[incident.typeName] else {
            throw APIError.badRequest("the incident has no type yet; put its incidentType first", target: "fields")
        }
        let values = Dictionary(
            (call.body["fields"]?.objectValue ?? [:]).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        try await casebook.setFields(values, of: id, as: type, expecting: version(call), by: try call.actor)
        return try await answer(id)
    }

    private func version(_ call: EndpointCall) -> Int64? {
        call.body["etag"]?.stringValue.flatMap(Incident.version(etag:))
    }

    private func answer(_ id: IncidentID) async throws -> Response {
        guard let incident = try await casebook.incident(id) else {
            throw APIError(.notFound, "there is no incident '\(id)'")
        }
        var values = JSONObject()
        for field in try await casebook.fields(of: id) { values[field.name] = field.value }
        return Response(json: [
            "incidentType": .string(incident.typeName), "fields": .object(values), "etag": .string(incident.etag),
        ])
    }

    @Sendable func attachments(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.attachments(of: try await casebook.incidentID(named: call.name("incident")))
        return Response(json: ["value": .array(found.map(\.wire))])
    }

    @Sendable func addAttachment(_ request: Request, _ context: TocsinRequestContext) async throws -> Response {
        let id = try await casebook.incidentID(named: context.parameters.get("incident") ?? "")
        guard let name = FormFields(query: request.uri.query)["name"] else {
            throw APIError.badRequest("the parameter 'name' is missing", target: "name")
        }
        let actor = try context.requireCaller().actor
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: CasebookLimits.attachmentBytes)
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "a file may have \(CasebookLimits.attachmentBytes) bytes at most")
        }
        let kept = try await casebook.addAttachment(Data(bytes.readableBytesView), named: name, to: id, by: actor)
        return Response(status: .created, json: kept.wire)
    }

    @Sendable func attachment(_ request: Request, _ context: TocsinRequestContext) async throws -> Response {
        let id = try await casebook.incidentID(named: context.parameters.get("incident") ?? "")
        let attachmentID = AttachmentID(context.parameters.get("attachment") ?? "")
        guard let found = try await casebook.attachment(attachmentID, of: id) else {
            throw APIError(.notFound, "the incident has no such attachment")
        }
        return Response(
            status: .ok, headers: found.attachment.downloadHeaders,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: found.bytes)))
    }

    @Sendable func deleteAttachment(_ call: EndpointCall) async throws -> Response {
        let wasThere = try await casebook.deleteAttachment(
            AttachmentID(call.name("attachment")),
            of: try await casebook.incidentID(named: call.name("incident")), by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }
}

extension Attachment {
    /// A download, whatever the bytes are: no browser shows or runs what somebody attached.
    fileprivate var downloadHeaders: HTTPFields {
        var headers: HTTPFields = [.contentType: "application/octet-stream"]
        headers[.contentDisposition] =
            "attachment; filename*=UTF-8''"
            + (name.addingPercentEncoding(withAllowedCharacters: .alphanumerics.intersection(.urlQueryAllowed))
                ?? "file")
        headers[.xContentTypeOptions] = "nosniff"
        return headers
    }
}
