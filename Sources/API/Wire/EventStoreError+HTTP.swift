public import EventStore
public import Hummingbird

/// A store that is out of room says so on every way in: 507, to be sent again later.
extension EventStoreError: HTTPResponseError {
    public var status: HTTPResponse.Status { apiError.status }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try apiError.response(from: request, context: context)
        if code == .outOfSpace { response.headers[.retryAfter] = "60" }
        return response
    }

    private var apiError: APIError {
        let code: APIError.Code =
            switch self.code {
            case .outOfSpace: .storage
            case .conflict: .conflict
            case .unknownTable: .notFound
            case .invalidName, .invalidBatch: .badRequest
            default: .internalError
            }
        return APIError(code, message)
    }
}
