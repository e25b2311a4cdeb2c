internal import HTTPTypes

/// A parameter of an address's query or of the header. A client may repeat one: the last value counts.
struct EndpointParameter: Sendable {
    enum Place: String, Sendable {
        case query, header
    }

    let place: Place
    let name: String
    let summary: String
    let schema: Schema
    let isRequired: Bool

    init(_ name: String, _ summary: String, _ schema: Schema, in place: Place = .query, isRequired: Bool = false) {
        self.place = place
        self.name = name
        self.summary = summary
        self.schema = schema
        self.isRequired = isRequired
    }
}

extension [EndpointParameter] {
    /// What lists with paging alone take.
    static let paging: [EndpointParameter] = [
        EndpointParameter("$top", "How many items a page has", .integer(1...1_000_000)),
        EndpointParameter("$skipToken", "Where the page begins, out of a nextLink", .string),
    ]

    /// The OData options of lists (reference: OData 4.01, "URL Conventions").
    static let odata: [EndpointParameter] =
        [
            EndpointParameter(
                "$filter", "A condition, such as properties/status eq 'New' and contains(properties/title, 'vpn')",
                .string),
            EndpointParameter("$orderby", "An order, such as properties/createdTimeUtc desc", .string),
        ] + paging
}

/// What an endpoint takes as body.
struct EndpointBody: Sendable {
    let contentTypes: [String]
    let schema: Schema
    /// The most bytes taken.
    let limit: Int
    let isRequired: Bool

    /// A JSON body of at most 1 MiB unless said otherwise, checked against its schema.
    static func json(_ schema: Schema, upTo limit: Int = 1 << 20, isRequired: Bool = true) -> EndpointBody {
        EndpointBody(contentTypes: ["application/json"], schema: schema, limit: limit, isRequired: isRequired)
    }

    /// A body in another form, which the endpoint reads by itself.
    static func raw(_ contentTypes: String..., schema: Schema = .string, upTo limit: Int) -> EndpointBody {
        EndpointBody(contentTypes: contentTypes, schema: schema, limit: limit, isRequired: true)
    }

    var isJSON: Bool { contentTypes == ["application/json"] }
}

/// One status that an endpoint answers, and what comes with it.
struct EndpointAnswer: Sendable {
    let status: HTTPResponse.Status
    let summary: String
    /// The body's schema; nil: no body.
    let schema: Schema?
    /// Nil: that of the endpoint's other answers.
    let contentType: String?

    init(
        _ status: HTTPResponse.Status, _ summary: String, _ schema: Schema?, contentType: String? = nil
    ) {
        self.status = status
        self.summary = summary
        self.schema = schema
        self.contentType = contentType
    }

    static func ok(_ schema: Schema, _ summary: String = "Done") -> EndpointAnswer {
        EndpointAnswer(.ok, summary, schema)
    }

    static func created(_ schema: Schema) -> EndpointAnswer { EndpointAnswer(.created, "Made", schema) }

    static func accepted(_ schema: Schema?) -> EndpointAnswer { EndpointAnswer(.accepted, "Begun", schema) }

    /// 200 without a body.
    static let done = EndpointAnswer(.ok, "Done", nil)
    /// 204, which a deletion answers when there was nothing.
    static let noContent = EndpointAnswer(.noContent, "Nothing to say", nil)
    static let conflict = EndpointAnswer(.conflict, "Somebody else changed it meanwhile, or it is taken", .error)
    static let notFound = EndpointAnswer(.notFound, "There is no such thing", .error)
    static let preconditionFailed = EndpointAnswer(.preconditionFailed, "If-Match names another version", .error)
    /// 429, to be sent again later.
    static let tooMany = EndpointAnswer(.tooManyRequests, "Too much is under way; come again later", .error)
    static let badRequest = EndpointAnswer(.badRequest, "The request is wrong; the error says where", .error)
    static let unavailable = EndpointAnswer(.serviceUnavailable, "Not ready; come again later", .error)
    static let outOfSpace = EndpointAnswer(
        HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), "There is no room on the disk", .error)
}

extension Endpoint {
    /// Every answer that the endpoint may give: its own, and what the router answers for it.
    var allAnswers: [EndpointAnswer] {
        var all = answers
        func add(_ status: HTTPResponse.Status, _ summary: String) {
            if !all.contains(where: { $0.status.code == status.code }) {
                all.append(EndpointAnswer(status, summary, method == .head ? nil : failure))
            }
        }
        add(.badRequest, "The request is wrong; the error says where")
        switch access {
        case .permission:
            add(.unauthorized, "No token of this installation")
            add(.forbidden, "The caller lacks the permission")
        case .sharedKey: add(.forbidden, "The signature is wrong")
        case .anybody: break
        }
        if !pathNames.isEmpty { add(.notFound, "There is no such thing") }
        if case .call = handling { add(.notAcceptable, "The answer is in no form that Accept names") }
        if body != nil {
            add(.contentTooLarge, "The body is too large")
            add(.unsupportedMediaType, "The content type or encoding is not taken")
        }
        return all.sorted { $0.status.code < $1.status.code }
    }
}
