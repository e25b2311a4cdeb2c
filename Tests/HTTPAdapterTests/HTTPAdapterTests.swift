import Chronology
import HTTPAdapter
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import Response
import Testing
import Workflow

/// A web server on a free port of this machine that answers what it is asked.
final class EchoServer {
    private let channel: any Channel
    let port: Int

    init() async throws {
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func close() async throws { try await channel.close() }
}

final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?
    private var body = ""

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let buffer): body += String(buffer: buffer)
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let uri = head?.uri ?? ""
        var headers = HTTPHeaders([("Content-Type", "application/json"), ("X-Twice", "a"), ("X-Twice", "b")])
        var status = HTTPResponseStatus.ok
        var text = JSON.object([
            "method": .string(head?.method.rawValue ?? ""), "uri": .string(uri), "body": .string(body),
            "host": .string(head?.headers["host"].first ?? ""),
            "custom": .string(head?.headers["x-custom"].first ?? ""),
        ]).description
        if uri == "/big" { text = "\"\(String(repeating: "x", count: 100_000))\"" }
        if uri == "/moved" {
            status = .found
            headers.add(name: "Location", value: "/end")
        }
        if uri == "/busy" { status = .serviceUnavailable }
        headers.add(name: "Content-Length", value: String(text.utf8.count))
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        body = ""
    }
}

struct HTTPAdapterTests {
    let open = OutgoingPolicy(allowedPrivateHosts: ["127.0.0.1", "localhost"], timeout: .seconds(5))

    @Test func `a request goes out whole and its answer comes back read`() async throws {
        let server = try await EchoServer()
        for host in ["127.0.0.1", "localhost"] {
            let request = OutgoingRequest(
                method: "PATCH", uri: "http://\(host):\(server.port)/path?q=1",
                headers: ["X-Custom": "yes", "Host": "evil"],
                body: Array("{\"a\":1}".utf8))
            let answer = try await HTTPAdapter().send(request, policy: open)
            #expect(answer.statusCode == 200)
            #expect(answer.body["method"] == "PATCH" && answer.body["uri"] == "/path?q=1")
            #expect(answer.body["body"] == "{\"a\":1}" && answer.body["custom"] == "yes")
            #expect(answer.body["host"] == .string("\(host):\(server.port)"))
            #expect(answer.headers["X-Twice"] == "a, b")
        }
        try await server.close()
    }

    @Test func `a private address is denied unless it is allowed, also behind a name`() async throws {
        let server = try await EchoServer()
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            let request = OutgoingRequest(method: "GET", uri: "http://\(host):\(server.port)/")
            let failure = await #expect(throws: OperationFailure.self) {
                try await HTTPAdapter().send(request, policy: OutgoingPolicy())
            }
            #expect(failure?.code == "AddressDenied")
        }
        try await server.close()
    }

    @Test func `redirects and failures are answers, too large ones are refused`() async throws {
        let server = try await EchoServer()
        func get(_ path: String, _ policy: OutgoingPolicy) async throws -> WorkflowAnswer {
            try await HTTPAdapter().send(
                OutgoingRequest(method: "GET", uri: "http://127.0.0.1:\(server.port)\(path)"), policy: policy)
        }
        #expect(try await get("/moved", open).statusCode == 302)
        #expect(try await get("/busy", open).statusCode == 503)
        #expect(try await get("/big", open).body.stringValue?.count == 100_000)
        var small = open
        small.maximumResponseBytes = 1000
        let failure = await #expect(throws: OperationFailure.self) { try await get("/big", small) }
        #expect(failure?.code == "ResponseTooLarge" && failure?.isTransient == false)
        #expect(
            try await OutgoingClient(port: HTTPAdapter(), policy: open)
                .perform(HTTPCall(method: "GET", uri: "http://127.0.0.1:\(server.port)/moved")).body["uri"] == "/end")
        try await server.close()
    }

    @Test func `nobody at the port, or no such name, may pass`() async throws {
        let request = OutgoingRequest(method: "GET", uri: "http://127.0.0.1:1/")
        let failure = await #expect(throws: OperationFailure.self) {
            try await HTTPAdapter().send(request, policy: open)
        }
        #expect(failure?.code == "ConnectionFailed" && failure?.isTransient == true)
        let unknown = OutgoingRequest(method: "GET", uri: "http://no-such-host.invalid/")
        let name = await #expect(throws: OperationFailure.self) { try await HTTPAdapter().send(unknown, policy: open) }
        #expect(name?.code == "NameNotResolved")
    }
}
