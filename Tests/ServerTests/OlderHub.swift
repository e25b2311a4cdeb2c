import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A hub of a version that knows no hits of Sigma rules, until it is updated. It takes whatever else sensors send.
final class OlderHub: Sendable {
    struct Taken: Sendable {
        var path: String
        var body: String
    }

    private struct State {
        var taken: [Taken] = []
        var knowsHits = false
    }

    private let channel: any Channel
    private let state: SharedState

    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    init() async throws {
        let state = SharedState()
        self.state = state
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(
                        Answering { taken in
                            state.value.withLock { state in
                                guard taken.path != "/api/sensors/hits" || state.knowsHits else { return .notFound }
                                state.taken.append(taken)
                                return .ok
                            }
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// What it took at a path, in order.
    func taken(_ path: String) -> [JSON] {
        state.value.withLock { $0.taken }.filter { $0.path == path }.compactMap { try? JSON(parsing: $0.body) }
    }

    func update() { state.value.withLock { $0.knowsHits = true } }

    func close() async throws { try await channel.close() }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: (OlderHub.Taken) -> HTTPResponseStatus
    private var path = ""
    private var body = ByteBuffer()

    init(_ answer: @escaping (OlderHub.Taken) -> HTTPResponseStatus) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            path = head.uri
            body.clear()
        case .body(var part): body.writeBuffer(&part)
        case .end:
            let status = answer(OlderHub.Taken(path: path, body: String(buffer: body)))
            let headers = HTTPHeaders([("Content-Type", "application/json"), ("Content-Length", "2")])
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "{}")))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
