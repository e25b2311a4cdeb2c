internal import Access
public import Hummingbird
public import Investigation
internal import JSON
internal import KQLEditing
internal import KQLSyntax
public import WebGate

/// The language service over HTTP: `POST …/kql/{diagnostics|completions|hover|signature|format|tokens|analyze}`.
///
/// Positions and spans count UTF-16 units of the query's text from 0, as browsers do.
public struct KQLRoutes: Sendable {
    private let editor: QueryEditor

    public init(editor: QueryEditor) {
        self.editor = editor
    }

    /// Adds the routes to a group that recognises callers, under `kql`.
    public func add(to group: RouterGroup<TocsinRequestContext>, at mount: String, audit: any EndpointAudit) {
        EndpointRouter(audit: audit).add(
            [EndpointList(at: mount, endpoints: endpoints)], to: group.add(middleware: ErrorEnvelopes()))
    }

    var endpoints: [Endpoint] {
        let query = Schema.Member.required("query", .string)
        let place = Schema.Member.required("position", .integer(0...Int64(EditedQuery.maximumLength)))
        let limit = Schema.Member.optional("limit", .integer(1...2000))
        func endpoint(
            _ name: String, _ summary: String, _ members: [Schema.Member], _ answer: Schema,
            _ action: @escaping Endpoint.Action
        ) -> Endpoint {
            Endpoint(
                .post, "kql/\(name)", id: "KQL_\(name.prefix(1).uppercased())\(name.dropFirst())",
                tag: .languageService, summary, needs: .readEvents,
                body: .json(.object([query] + members), upTo: QueryRoutes.maximumBody), answers: [.ok(answer)], action)
        }
        return [
            endpoint(
                "diagnostics", "Finds what is wrong with a query", [],
                .object(.required("diagnostics", .array(.any))), diagnostics),
            endpoint("completions", "Says what may follow", [place, limit], .any, completions),
            endpoint("hover", "Explains a word of a query", [place], .any, hover),
            endpoint("signature", "Shows the arguments of a call", [place], .any, signature),
            endpoint("format", "Puts a query in canonical form", [], .any, format),
            endpoint("tokens", "Names the roles of a query's words", [], .any, tokens),
            endpoint(
                "analyze", "Diagnostics and tokens in one",
                [.optional("position", .integer), limit], .any, analyze),
        ]
    }

    // MARK: Handlers

    @Sendable func diagnostics(_ call: EndpointCall) async throws -> Response {
        let asked = try await EditorRequest(call)
        return Response(
            json: await editor.ask(asked.text) {
                ["diagnostics": EditorWire(asked.offsets).diagnostics($0.diagnostics)]
            })
    }

    @Sendable func completions(_ call: EndpointCall) async throws -> Response {
        let asked = try await EditorRequest(call)
        let list = await editor.completions(asked.text, at: try asked.position(), limit: asked.limit)
        return Response(json: EditorWire(asked.offsets).completions(list))
    }

    @Sendable func hover(_ call: EndpointCall) async throws -> Response {
        let asked = try await EditorRequest(call)
        let position = try asked.position()
        return Response(
            json: await editor.ask(asked.text) { ["hover": EditorWire(asked.offsets).hover($0.hover(at: position))] })
    }

    @Sendable func signature(_ call: EndpointCall) async throws -> Response {
        let asked = try await EditorRequest(call)
        let position = try asked.position()
        return Response(
            json: await editor.ask(asked.text) { ["signature": EditorWire.signature($0.signatureHelp(at: position))] })
    }

    @Sendable func format(_ call: EndpointCall) async throws -> Response {
        let asked = try await EditorRequest(call)
        return Response(
            json: await editor.ask(asked.text) { edited in
                switch edited.formatted() {
                case .formatted(let text): ["formatted": .string(text), "changed": .bool(text != asked.text)]
                case .refused(let errors):
                    [
                        "formatted": .string(asked.text), "changed": false,
                        "diagnostics": EditorWire(asked.offsets).diagnostics(errors),
                    ]
                }
            })
    }

    @Sendable func tokens(_ call: EndpointCall) async throws -> Response {
        let asked = try await EditorRequest(call)
        return Response(
            json: await editor.ask(asked.text) { ["tokens": EditorWire(asked.offsets).tokens($0.semanticTokens)] })
    }

    /// Diagnostics and tokens, and with a position what is to be said there too.
    @Sendable func analyze(_ call: EndpointCall) async throws -> Response {
        let asked = try await EditorRequest(call)
        let position = asked.hasPosition ? try asked.position() : nil
        var answer: JSONObject = await editor.ask(asked.text) { edited in
            let wire = EditorWire(asked.offsets)
            var members: JSONObject = [
                "diagnostics": wire.diagnostics(edited.diagnostics), "tokens": wire.tokens(edited.semanticTokens),
            ]
            if let position {
                members["hover"] = wire.hover(edited.hover(at: position))
                members["signature"] = EditorWire.signature(edited.signatureHelp(at: position))
            }
            return members
        }
        if let position {
            let list = await editor.completions(asked.text, at: position, limit: asked.limit)
            answer["completions"] = EditorWire(asked.offsets).completions(list)
        }
        return Response(json: .object(answer))
    }
}

/// The body of a request to the language service: `{"query", "position"?, "limit"?}`.
private struct EditorRequest: Sendable {
    let text: String
    let offsets: UTF16Offsets
    let limit: Int
    private let rawPosition: JSON?

    init(_ call: EndpointCall) async throws {
        let body = call.body
        guard let text = body["query"]?.stringValue else {
            throw APIError.badRequest("the body has no 'query'", target: "query")
        }
        guard text.utf8.count <= EditedQuery.maximumLength else {
            throw APIError(
                .tooLarge,
                "the query is longer than \(EditedQuery.maximumLength) bytes; the language service stops there",
                target: "query")
        }
        self.text = text
        offsets = UTF16Offsets(Source(text))
        rawPosition = body["position"]
        switch body["limit"] {
        case nil, .null?: limit = 200
        case let given?:
            guard let number = given.intValue, (1...2000).contains(number) else {
                throw APIError.badRequest("'limit' is a number from 1 to 2000", target: "limit")
            }
            limit = Int(number)
        }
    }

    var hasPosition: Bool { rawPosition != nil && rawPosition != .null }

    /// The position as an offset of UTF-8 bytes.
    func position() throws -> Int {
        guard let rawPosition, rawPosition != .null else {
            throw APIError.badRequest("the body has no 'position'", target: "position")
        }
        guard let number = rawPosition.intValue else {
            throw APIError.badRequest(
                "'position' is a whole number: an offset into the query in UTF-16 units, from 0", target: "position")
        }
        guard let offset = offsets.utf8(Int(clamping: number)) else {
            throw APIError.badRequest(
                "the position \(number) is not between two characters of the query, which has \(offsets.count) UTF-16 units",
                target: "position")
        }
        return offset
    }
}
