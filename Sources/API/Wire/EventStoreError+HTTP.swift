public import EventStore
public import Hummingbird

/// A store that is out of room says so on every way in: 507, to be sent again later.
extension EventStoreError: HTTPResponseError {
    public var status: HTTPResponse.Status { APIError(self).status }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        try APIError(self).response(from: request, context: context)
    }
}

extension APIError {
    init(_ error: EventStoreError) {
        let code: Code =
            switch error.code {
            case .outOfSpace: .storage
            case .conflict: .conflict
            case .unknownTable: .notFound
            case .invalidName, .invalidBatch: .badRequest
            default: .internalError
            }
        self.init(code, error.message)
        if error.code == .outOfSpace { headers[.retryAfter] = "60" }
    }
}
