internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import WebGate

/// One operation of the HTTP API: where it answers, who may ask, what goes in and out, and what it does.
///
/// Routing, authorisation, limits, audit, the OpenAPI document and the matrix test all read the same values. A room's
/// endpoints stand in a list, written once beside their handlers:
///
///     Endpoint(
///         .put, "watchlists/{watchlist}", id: "Watchlists_CreateOrUpdate", tag: .watchlists,
///         "Creates or replaces a watchlist", needs: .changeContent, body: .json(WatchlistSchemas.watchlist),
///         answers: [.ok(WatchlistSchemas.watchlist), .created(WatchlistSchemas.watchlist), .conflict], put)
///
///     @Sendable func put(_ call: EndpointCall) async throws -> Response { … call.name("watchlist") … call.body … }
///
/// Errors of rooms are thrown as they are: the router answers them in the error envelope (see `APIError.init(answering:)`).
struct Endpoint: Sendable {
    /// Answers a call whose caller, parameters and body were checked.
    typealias Action = @Sendable (EndpointCall) async throws -> Response
    /// Answers a request whose body it reads by itself, as it streams in.
    typealias StreamAction = @Sendable (Request, TocsinRequestContext) async throws -> Response

    enum Handling: Sendable {
        case call(Action)
        case stream(StreamAction)
    }

    let method: HTTPRequest.Method
    /// Relative to its mounts, such as `incidents/{incident}/comments`; literal parts match in any letter case.
    let path: String
    /// Unique, `Resource_Verb`, as Azure's specifications name operations.
    let id: String
    let tag: EndpointTag
    /// One sentence without a full stop.
    let summary: String
    let access: EndpointAccess
    /// Parameters of the address's query and of the header; those of the path are read out of the path.
    let parameters: [EndpointParameter]
    let body: EndpointBody?
    /// What it answers besides what every endpoint may (see `allAnswers`).
    let answers: [EndpointAnswer]
    /// The form of what is refused.
    let failure: Schema
    /// In which forms answers come.
    let answerTypes: [String]
    let handling: Handling

    /// An endpoint whose body is read and checked against its schema before the action is called.
    init(
        _ method: HTTPRequest.Method, _ path: String, id: String, tag: EndpointTag, _ summary: String,
        needs permission: Permission, parameters: [EndpointParameter] = [], body: EndpointBody? = nil,
        answers: [EndpointAnswer], _ action: @escaping Action
    ) {
        self.init(
            method, path, id: id, tag: tag, summary, access: .permission(permission), parameters: parameters,
            body: body, answers: answers, handling: .call(action))
    }

    init(
        _ method: HTTPRequest.Method, _ path: String, id: String, tag: EndpointTag, _ summary: String,
        access: EndpointAccess, parameters: [EndpointParameter] = [], body: EndpointBody? = nil,
        failure: Schema = .error, answerTypes: [String] = ["application/json"], answers: [EndpointAnswer],
        handling: Handling
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.tag = tag
        self.summary = summary
        self.access = access
        self.parameters = parameters
        self.body = body
        self.failure = failure
        self.answerTypes = answerTypes
        self.answers = answers
        self.handling = handling
    }

    /// Whether a call is a change that the audit keeps: events that stream in are not.
    var isAudited: Bool {
        guard method != .get, method != .head, case .permission(let permission) = access else { return false }
        switch permission {
        case .changeIncidents, .runPlaybooks, .changeContent, .administer: return true
        case .readEvents, .readIncidents, .readContent, .readMetrics, .readJournal, .ingestEvents, .forwardAlerts:
            return false
        }
    }

    /// The names in the path, in their order.
    var pathNames: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }.map {
            String($0.dropFirst().dropLast())
        }
    }
}

/// Who may call an endpoint.
enum EndpointAccess: Sendable, Hashable {
    /// A recognised caller who holds the permission.
    case permission(Permission)
    /// Anybody.
    case anybody
    /// Who signs with a key of the workspace (HTTP Data Collector API).
    case sharedKey
}

/// What endpoints are about; the sections of the document.
struct EndpointTag: RawRepresentable, Sendable, Hashable {
    let rawValue: String

    init(rawValue: String) {
        self.rawValue = rawValue
    }

    static let access = EndpointTag(rawValue: "Access")
    static let bookmarks = EndpointTag(rawValue: "Bookmarks")
    static let collection = EndpointTag(rawValue: "Collection")
    static let entities = EndpointTag(rawValue: "Entities")
    static let health = EndpointTag(rawValue: "Health")
    static let hunts = EndpointTag(rawValue: "Hunts")
    static let incidents = EndpointTag(rawValue: "Incidents")
    static let ingestion = EndpointTag(rawValue: "Ingestion")
    static let indicators = EndpointTag(rawValue: "Threat intelligence")
    static let languageService = EndpointTag(rawValue: "KQL language service")
    static let query = EndpointTag(rawValue: "Query")
    static let rules = EndpointTag(rawValue: "Rules")
    static let security = EndpointTag(rawValue: "Microsoft.Security")
    static let store = EndpointTag(rawValue: "Store")
    static let watchlists = EndpointTag(rawValue: "Watchlists")
    static let workspace = EndpointTag(rawValue: "Workspace")
}
