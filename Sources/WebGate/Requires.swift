public import Access
public import Hummingbird

/// Lets a request through only when its caller holds a permission: the one place where routes are authorised.
public struct Requires: RouterMiddleware {
    private let permission: Permission

    public init(_ permission: Permission) {
        self.permission = permission
    }

    public func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        let caller = try context.requireCaller()
        guard caller.may(permission) else {
            throw HTTPError(.forbidden, message: "this needs the permission '\(permission.rawValue)'")
        }
        return try await next(request, context)
    }
}
