internal import Casebook
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle
internal import StateStore
internal import WebGate

extension PortalRoutes {
    /// Server-sent events: one per batch of journal entries, so that open pages renew what they show.
    @Sendable func live(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let journal = services.cases.journal
        let start = try await journal.head().sequence
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                var sequence = start
                try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
                while !Task.isCancelled, !Task.isShuttingDownGracefully {
                    // A stream has no end of its own; a server that stops ends it, and the browser comes back by itself.
                    await cancelWhenGracefulShutdown { [sequence] in await journal.waitForEntries(after: sequence) }
                    if Task.isCancelled || Task.isShuttingDownGracefully { break }
                    sequence = try await journal.head().sequence
                    try await writer.write(ByteBuffer(string: "event: journal\ndata: \(sequence)\n\n"))
                }
                try await writer.finish(nil)
            })
    }
}

extension Response {
    /// A page.
    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
