internal import CoreMetrics
internal import HTTPTypes
public import Hummingbird

/// Counts requests by method, route and status, and how long they took.
public struct RequestMetrics: RouterMiddleware {
    public init() {}

    public func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            count(request, context, response.status, since: start)
            return response
        } catch {
            let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
            count(request, context, status, since: start)
            throw error
        }
    }

    private func count(
        _ request: Request, _ context: TocsinRequestContext, _ status: HTTPResponse.Status,
        since start: ContinuousClock.Instant
    ) {
        // The route's pattern, not the path: what callers make up must not make labels.
        let route = context.endpointPath ?? "unknown"
        Counter(
            label: "tocsin_http_requests_total",
            dimensions: [("method", request.method.known), ("route", route), ("status", "\(status.code)")]
        ).increment()
        Timer(label: "tocsin_http_request_seconds", dimensions: [("route", route)])
            .recordSeconds((ContinuousClock.now - start) / .seconds(1))
    }
}

extension HTTPRequest.Method {
    /// The method's name; `OTHER` for what is none of the usual ones.
    fileprivate var known: String {
        [.get, .head, .post, .put, .patch, .delete, .options].contains(self) ? rawValue : "OTHER"
    }
}
