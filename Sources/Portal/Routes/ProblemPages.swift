internal import HTTPTypes
public import Hummingbird
public import Logging
public import WebGate

/// Shows what goes wrong on a page as a page.
public struct ProblemPages: RouterMiddleware {
    private let templates: Templates
    private let logger: Logger

    public init(templates: Templates, logger: Logger) {
        self.templates = templates
        self.logger = logger
    }

    public func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            let message = (error as? HTTPError)?.body ?? "Go back and try again."
            let page = ProblemPage(heading: ProblemPages.heading(error.status), message: message)
            return .html(try templates.render(page), status: error.status)
        } catch {
            logger.error("a page failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            let page = ProblemPage(
                heading: "Something failed here",
                message: "The page could not be made. The server's log says why; nothing was lost.")
            return .html(try templates.render(page), status: .internalServerError)
        }
    }

    private static func heading(_ status: HTTPResponse.Status) -> String {
        switch status {
        case .notFound: "Not found"
        case .forbidden: "Not allowed"
        case .unauthorized: "Sign in first"
        default: status.reasonPhrase.isEmpty ? "Error \(status.code)" : status.reasonPhrase
        }
    }
}
