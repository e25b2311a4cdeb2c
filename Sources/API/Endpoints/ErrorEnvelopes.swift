internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import WebGate

/// Answers whatever went wrong in ARM's error envelope, be it the gate's refusal, a room's or a fault of our own.
struct ErrorEnvelopes: RouterMiddleware {
    func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as CancellationError {
            throw error
        } catch {
            let failure = APIError(answering: error)
            if failure.code == .internalError {
                context.logger.error(
                    "a request failed", metadata: ["path": "\(request.uri.path)", "reason": "\(error)"])
            }
            return try failure.response(from: request, context: context)
        }
    }
}
