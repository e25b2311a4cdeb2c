internal import HTTPTypes
public import Hummingbird

/// Adds the headers that keep a browser from doing what our pages never ask for.
public struct SecurityHeaders: RouterMiddleware {
    private let isSecure: Bool

    /// - Parameter isSecure: whether the server speaks TLS; then browsers are told to insist on it.
    public init(isSecure: Bool) {
        self.isSecure = isSecure
    }

    private static let policy = """
        default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; \
        base-uri 'none'; form-action 'self'; frame-ancestors 'none'
        """

    public func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "same-origin"
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .referer
}
