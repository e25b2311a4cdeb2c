internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// The endpoints of a type of resource: list, read, create or replace, delete; etags as Azure has them.
struct ResourceRoutes: Sendable {
    /// How the type is called in paths, identifiers and sentences.
    struct Naming: Sendable {
        /// `alertRules`.
        let collection: String
        /// `AlertRules`, which begins the operations' ids.
        let operations: String
        /// `an analytics rule`.
        let thing: String
        let tag: EndpointTag
    }

    let desk: any ResourceDesk
    let naming: Naming
    let names: WorkspaceNames
    let address: RequestAddress
    /// The form of bodies and answers.
    let schema: Schema
    var isReadOnly = false
    /// What the deletion of one is answered with, where Azure's description gives it a body that clients read.
    var deletionAnswer: JSON?
    /// The most resources that a page has.
    private static let pageSize = 1_000

    var endpoints: [Endpoint] {
        let path = "\(naming.collection)/{name}"
        let read = [
            Endpoint(
                .get, naming.collection, id: "\(naming.operations)_List", tag: naming.tag,
                "Lists every resource of \(naming.collection)", needs: .readContent, parameters: .paging,
                answers: [.ok(.page(of: schema))], list),
            Endpoint(
                .get, path, id: "\(naming.operations)_Get", tag: naming.tag, "Reads \(naming.thing)",
                needs: .readContent, answers: [.ok(schema)], get),
        ]
        if isReadOnly { return read }
        let match = EndpointParameter("If-Match", "The etag of the version that is replaced", .string, in: .header)
        return read + [
            Endpoint(
                .put, path, id: "\(naming.operations)_CreateOrUpdate", tag: naming.tag,
                "Creates or replaces \(naming.thing)", needs: .changeContent, parameters: [match],
                body: .json(schema), answers: [.ok(schema), .created(schema), .conflict, .preconditionFailed], put),
            Endpoint(
                .delete, path, id: "\(naming.operations)_Delete", tag: naming.tag, "Deletes \(naming.thing)",
                needs: .changeContent, answers: [deletionAnswer == nil ? .done : .ok(.any), .noContent], delete),
        ]
    }

    @Sendable private func list(_ call: EndpointCall) async throws -> Response {
        let all = try await desk.all().sorted { $0.name < $1.name }
        let size = min(max(call.number("$top") ?? Self.pageSize, 1), Self.pageSize)
        let start = call.query("$skipToken").flatMap { token in all.firstIndex { $0.name > token } ?? all.count } ?? 0
        let page = all[start...].prefix(size)
        var answer: JSONObject = ["value": .array(page.map(json))]
        if page.endIndex < all.count, let last = page.last {
            answer["nextLink"] = .string(NextLink.make(call.request, address, skipToken: last.name))
        }
        return Response(json: .object(answer))
    }

    @Sendable private func get(_ call: EndpointCall) async throws -> Response {
        guard let resource = try await desk.find(call.name("name")) else {
            throw APIError(.notFound, "there is no '\(call.name("name"))' among \(naming.collection)", target: "name")
        }
        return Response(json: json(resource))
    }

    @Sendable private func put(_ call: EndpointCall) async throws -> Response {
        let name = call.name("name")
        guard Self.isName(name) else {
            throw APIError.badRequest(
                "a name has up to 128 letters, digits, '-', '_' and '.', and begins with a letter or digit",
                target: "name")
        }
        let header = call.request.headers[.ifMatch].flatMap { $0 == "*" ? nil : $0 }
        if let header {
            guard let known = try await desk.find(name), Self.same(known.etag, header) else {
                throw APIError(
                    .precondition, "'\(name)' is not there in the version \(header)", target: "If-Match")
            }
        }
        let etag = call.body["etag"]?.stringValue.flatMap { $0.isEmpty || $0 == "*" ? nil : $0 }
        do {
            let (resource, isNew) = try await desk.put(
                name, kind: call.body["kind"]?.stringValue, properties: call.body["properties"] ?? .null,
                replacing: header ?? etag)
            return Response(status: isNew ? .created : .ok, json: json(resource))
        } catch let refusal as ResourceRefusal {
            throw APIError(refusal.code == .conflict ? .conflict : .badRequest, "\(refusal)", target: refusal.target)
        }
    }

    @Sendable private func delete(_ call: EndpointCall) async throws -> Response {
        guard try await desk.delete(call.name("name")) else { return Response(status: .noContent) }
        return deletionAnswer.map { Response(json: $0) } ?? Response(status: .ok)
    }

    private func json(_ resource: KeptResource) -> JSON {
        let type = "Microsoft.SecurityInsights/\(naming.collection)"
        return Resource(
            id: "\(names.securityInsights)/\(naming.collection)/\(resource.name)", name: resource.name, type: type,
            etag: resource.etag, kind: resource.kind, properties: resource.properties
        ).json
    }

    /// Etags are compared without quotes and the mark of weak ones.
    private static func same(_ left: String, _ right: String) -> Bool {
        func bare(_ text: String) -> String {
            text.replacing("W/", with: "").filter { $0 != "\"" }
        }
        return bare(left) == bare(right)
    }

    private static func isName(_ name: String) -> Bool {
        guard (1...128).contains(name.utf8.count), let first = name.utf8.first, isPlain(first) else { return false }
        return name.utf8.allSatisfy { isPlain($0) || "-_.".utf8.contains($0) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}

extension EndpointTag {
    static let automation = EndpointTag(rawValue: "Automation")
}
