internal import Access
internal import Casebook
internal import DataCollection
internal import EventStore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Prioritization
internal import Watchlists
internal import WorkspaceResources

/// An error as ARM clients expect it: `{"error": {"code", "message", "target"?}}` with its HTTP status.
struct APIError: Error, Sendable {
    enum Code: String, Sendable, CaseIterable {
        case badRequest = "BadRequest"
        case unauthorized = "AuthenticationFailed"
        case forbidden = "AuthorizationFailed"
        case notFound = "NotFound"
        case conflict = "Conflict"
        case tooLarge = "RequestEntityTooLarge"
        case tooMany = "TooManyRequests"
        case unavailable = "ServiceUnavailable"
        case storage = "InsufficientStorage"
        case precondition = "PreconditionFailed"
        case methodNotAllowed = "MethodNotAllowed"
        case notAcceptable = "NotAcceptable"
        case unsupportedMediaType = "UnsupportedMediaType"
        case internalError = "InternalServerError"

        var status: HTTPResponse.Status {
            switch self {
            case .badRequest: .badRequest
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .conflict: .conflict
            case .tooLarge: .contentTooLarge
            case .tooMany: .tooManyRequests
            case .unavailable: .serviceUnavailable
            case .storage: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
            case .precondition: .preconditionFailed
            case .methodNotAllowed: .methodNotAllowed
            case .notAcceptable: .notAcceptable
            case .unsupportedMediaType: .unsupportedMediaType
            case .internalError: .internalServerError
            }
        }
    }

    let code: Code
    let message: String
    let target: String?
    /// Headers of the answer, such as `Retry-After` where another try makes sense.
    var headers: HTTPFields = [:]

    init(_ code: Code, _ message: String, target: String? = nil) {
        self.code = code
        self.message = message
        self.target = target
    }

    static func badRequest(_ message: String, target: String? = nil) -> APIError {
        APIError(.badRequest, message, target: target)
    }

    init(_ error: CasebookError) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .conflict: .conflict
            case .invalidTransition, .invalidClassification, .invalidField, .limitReached: .badRequest
            case .forbidden: .forbidden
            case .storage: .internalError
            }
        self.init(code, error.message, target: error.field)
    }

    init(_ error: PrioritizationError) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .invalidField: .badRequest
            case .storage: .internalError
            }
        self.init(code, error.message, target: error.field)
    }

    init(_ fault: DataCollectionFault) {
        let code: Code =
            switch fault.code {
            case .invalid: .badRequest
            case .notFound: .notFound
            case .conflict: .precondition
            case .storage: .internalError
            }
        self.init(code, fault.message, target: fault.target)
    }

    init(_ fault: WatchlistFault, within path: String = "") {
        let code: Code =
            switch fault.code {
            case .invalid: .badRequest
            case .limit: .tooLarge
            case .notFound: .notFound
            case .conflict: .conflict
            case .storage: .internalError
            }
        self.init(code, fault.message, target: fault.target.map { path + $0 })
    }

    /// What any error means to a client: rooms' errors by their codes, all else is a fault of our own.
    ///
    /// It has a label of its own, so that no room's error can come back here for want of an initializer.
    init(answering error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as CasebookError: self.init(error)
        case let error as AccessError: self.init(error)
        case let error as EventStoreError: self.init(error)
        case let error as PrioritizationError: self.init(error)
        case let fault as DataCollectionFault: self.init(fault)
        case let fault as WatchlistFault: self.init(fault)
        case let refusal as IntakeRefusal: self.init(.badRequest, refusal.description)
        case let absence as IntakeUnavailable: self.init(.unavailable, absence.description)
        case let busy as IntakeBusy:
            self.init(.tooMany, busy.description)
            headers[.retryAfter] = "\(busy.retrySeconds)"
        case let fault as WorkspaceResourceFault: self.init(fault)
        case let refusal as PlaybookRefusal:
            self.init(
                refusal.reason == .unknown ? .notFound : .badRequest, refusal.message, target: "logicAppsResourceId")
        case let error as HTTPError:
            let code = Code.allCases.first { $0.status == error.status }
            self.init(code ?? .internalError, error.body ?? error.status.reasonPhrase)
            headers = error.headers
            headers[.contentLength] = nil
        case let error as any HTTPResponseError:
            let code = Code.allCases.first { $0.status == error.status }
            self.init(code ?? .internalError, error.status.reasonPhrase)
        default: self.init(.internalError, "something failed here; the server's log says what")
        }
    }

    var json: JSON {
        var members: JSONObject = ["code": .string(code.rawValue), "message": .string(message)]
        if let target { members["target"] = .string(target) }
        return ["error": .object(members)]
    }
}

extension APIError: HTTPResponseError {
    var status: HTTPResponse.Status { code.status }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = Response(status: status, json: json)
        for field in headers { response.headers[field.name] = field.value }
        return response
    }
}

extension Response {
    /// A JSON answer.
    init(status: HTTPResponse.Status = .ok, json: JSON) {
        self.init(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.description)))
    }
}
