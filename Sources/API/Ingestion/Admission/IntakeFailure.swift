internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Why a sender's request was not taken; each way in words it as its protocol demands. Nothing of the request was stored.
struct IntakeFailure: Error, Sendable {
    enum Reason: Sendable, Hashable {
        /// No credentials, or unknown ones.
        case unauthorized
        /// The caller is known and may not send events.
        case forbidden
        case notFound
        case malformed
        /// The body, as sent or unpacked, is larger than what is taken.
        case tooLarge
        /// `Content-Encoding` or `Content-Type` is one that is not read.
        case unsupported
        /// The body came too slowly.
        case tooSlow
        /// Too much is under way; the sender should come again.
        case busy
        /// There is no room on the disk.
        case full
        /// Something failed that is not the sender's fault; the sender should come again.
        case failed
    }

    let reason: Reason
    let message: String
    /// When to come again, in seconds.
    let retryAfter: Int?

    init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
        retryAfter = [.busy, .failed, .full].contains(reason) ? IntakeFailure.retrySeconds : nil
    }

    private static let retrySeconds = 2

    /// The failure behind any error of a way in.
    init(_ error: any Error) {
        switch error {
        case let failure as IntakeFailure: self = failure
        case let refusal as IntakeRefusal: self.init(.malformed, refusal.description)
        case let absence as IntakeUnavailable: self.init(.failed, absence.description)
        case let error as APIError: self.init(IntakeFailure.reason(error.status), error.message)
        case let error as any HTTPResponseError:
            let text = (error as? HTTPError)?.body
            self.init(IntakeFailure.reason(error.status), text ?? error.status.reasonPhrase)
        default: self.init(.failed, "the events could not be stored: \(error)")
        }
    }

    private static func reason(_ status: HTTPResponse.Status) -> Reason {
        switch status.code {
        case 401: .unauthorized
        case 403: .forbidden
        case 404, 405: .notFound
        case 408: .tooSlow
        case 413: .tooLarge
        case 415: .unsupported
        case 429: .busy
        case 507: .full
        case 400..<500: .malformed
        default: .failed
        }
    }

    /// The status most protocols agree on.
    var status: HTTPResponse.Status {
        switch reason {
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .malformed: .badRequest
        case .tooLarge: .contentTooLarge
        case .unsupported: .unsupportedMediaType
        case .tooSlow: .requestTimeout
        case .busy: .tooManyRequests
        case .full: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .failed: .serviceUnavailable
        }
    }
}

/// An error of one protocol that knows its own answer.
protocol ProtocolFault: Error {
    var response: Response { get }
}

/// Answers what went wrong in a way in as its protocol words it, whether the gate refused, the body was bad or the store
/// failed.
struct IntakeAnswers<Context: RequestContext>: RouterMiddleware {
    let render: @Sendable (IntakeFailure, Request) -> Response

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let fault as any ProtocolFault {
            return fault.response
        } catch {
            let failure = IntakeFailure(error)
            if failure.reason == .failed {
                context.logger.error("events were not taken", metadata: ["reason": "\(failure.message)"])
            }
            var response = render(failure, request)
            if let seconds = failure.retryAfter { response.headers[.retryAfter] = String(seconds) }
            return response
        }
    }
}
