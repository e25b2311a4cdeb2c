import Chronology
import Foundation
import HTTPAdapter
import KQL
import KQLFunctions
import KQLValues
import NIOCore
import NIOHTTP1
import NIOPosix
import Response
import TestSupport
import Testing

/// A web server on a free port of this machine that gives files by path.
private final class FileServer {
    struct File {
        var status = HTTPResponseStatus.ok
        var headers: [(String, String)] = []
        var bytes: [UInt8] = []
    }

    private let channel: any Channel
    let port: Int

    init(_ files: [String: File]) async throws {
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(FileHandler(files))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func close() async throws { try await channel.close() }
}

private final class FileHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let files: [String: FileServer.File]
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ files: [String: FileServer.File]) {
        self.files = files
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let buffer): body += buffer.readableBytesView
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let path = head?.uri ?? ""
        if path == "/never" { return }
        var file = files[path] ?? FileServer.File(status: .notFound)
        if path == "/echo" {
            file.bytes =
                Array("{\"method\": \"\(head?.method.rawValue ?? "")\", \"body\": ".utf8) + body + Array("}".utf8)
        }
        var headers = HTTPHeaders(file.headers)
        headers.add(name: "Content-Length", value: String(file.bytes.count))
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: file.status, headers: headers))),
            promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: file.bytes)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        body = []
    }
}

private struct NoTables: TableSource {
    func read(_ request: ScanRequest) throws -> Table { Table(empty: TableSchema(request.columns)) }
    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }
}

/// Runs a query on a thread that may block, as the store's readers are.
private func run(
    _ text: String, _ web: AllowedWeb?, seconds: Double = 30
) async throws -> Table {
    var environment = QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog([:]))
    environment.external = web
    let start = ContinuousClock.now
    return try await withCheckedThrowingContinuation { continuation in
        let environment = environment
        DispatchQueue.global().async {
            continuation.resume(
                with: Result {
                    try KQLEngine.run(
                        text, environment: environment, options: CompileOptions(now: .unixEpoch), tables: NoTables(),
                        limits: ExecutionLimits(seconds: seconds),
                        clock: { (ContinuousClock.now - start) / .seconds(1) }
                    ).table
                })
        }
    }
}

private func web(_ server: FileServer, _ path: String = "/*", maximumBytes: Int = 1 << 20) throws -> AllowedWeb {
    AllowedWeb(
        [try #require(AddressPattern("http://127.0.0.1:\(server.port)\(path)"))],
        policy: OutgoingPolicy(
            allowedPrivateHosts: ["127.0.0.1"], timeout: .seconds(5), maximumResponseBytes: maximumBytes))
}

private func texts(_ table: Table) -> [[String]] {
    (0..<table.rowCount).map { row in table.row(row).map { "\($0)" } }
}

struct ExternalDataTests {
    private static let csv = "ip,score,seen\r\n1.2.3.4,5,2026-11-21\r\n\"5.6.7.8\",,\r\n"
    private static let columns = "(ip: string, score: long, seen: datetime)"

    /// `printf '%s' "$csv" | gzip`, made by Python once.
    private static func gzip(_ text: String) async throws -> [UInt8] {
        try await packed("import gzip,sys;sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read()))", text)
    }

    private static func zip(_ text: String) async throws -> [UInt8] {
        try await packed(
            "import zipfile,sys,io;b=io.BytesIO();z=zipfile.ZipFile(b,'w',zipfile.ZIP_DEFLATED);z.writestr('a.csv',sys.stdin.read());z.close();sys.stdout.buffer.write(b.getvalue())",
            text)
    }

    private static func packed(_ script: String, _ text: String) async throws -> [UInt8] {
        try await Command.run("/usr/bin/python3", ["-c", script], input: text).bytes
    }

    @Test func `files are read in their formats, packed or not`() async throws {
        let server = try await FileServer([
            "/a.csv": .init(bytes: Array(Self.csv.utf8)), "/a.csv.gz": .init(bytes: try await Self.gzip(Self.csv)),
            "/a.zip": .init(bytes: try await Self.zip(Self.csv)),
            "/a.tsv": .init(bytes: Array("1.2.3.4\t5\t2026-11-21\n5.6.7.8\t\t".utf8)),
            "/a.psv": .init(bytes: Array("1.2.3.4|5|2026-11-21\n5.6.7.8||\n".utf8)),
            "/lines": .init(
                bytes: Array("{\"ip\":\"1.2.3.4\",\"score\":5,\"seen\":\"2026-11-21\"}\n{\"ip\":\"5.6.7.8\"}\n".utf8)),
            "/array": .init(
                bytes: Array(
                    "[{\"ip\":\"1.2.3.4\",\"score\":5,\n\"seen\":\"2026-11-21\"},\n {\"ip\":\"5.6.7.8\"}]".utf8)),
        ])
        let base = "http://127.0.0.1:\(server.port)"
        let expected = try await run(
            "datatable\(Self.columns) ['1.2.3.4', 5, datetime(2026-11-21), '5.6.7.8', long(null), datetime(null)]", nil)
        for (path, options) in [
            ("/a.csv", "ignoreFirstRecord=true"), ("/a.csv.gz", "format='csv', ignoreFirstRecord=true"),
            ("/a.zip", "format='csv', ignoreFirstRecord=true"), ("/a.tsv", "format='tsv'"), ("/a.psv", "format='psv'"),
            ("/lines", "format='json'"), ("/lines", "format='multijson'"), ("/array", "format='multijson'"),
        ] {
            let table = try await run(
                "externaldata\(Self.columns) ['\(base)\(path)'] with (\(options))", try web(server))
            #expect(texts(table) == texts(expected), "\(path) \(options)")
        }
        let lines = try await run(
            "externaldata(line: string) [@'\(base)/a.csv'] with (format='txt') | count", try web(server))
        #expect(texts(lines) == [["long(3)"]])
        let raw = try await run("externaldata(all: string) ['\(base)/a.csv'] with (format='raw')", try web(server))
        #expect(raw.rowCount == 1)
        try await server.close()
    }

    @Test func `a mapping says where the values of a record stand`() async throws {
        let server = try await FileServer(["/m": .init(bytes: Array("{\"a\": {\"b\": [1, 7]}}".utf8))])
        let mapping = #"[{"Column":"x","Properties":{"Path":"$.a.b[1]"}}]"#
        let table = try await run(
            "externaldata(x: long) ['http://127.0.0.1:\(server.port)/m'] with (format='multijson', ingestionMapping='\(mapping)')",
            try web(server))
        #expect(texts(table) == [["long(7)"]])
        try await server.close()
    }

    @Test func `nothing is reached unless an address is allowed, and the message says how`() async throws {
        let server = try await FileServer(["/a.csv": .init(bytes: [])])
        let query = "externaldata(x: string) ['http://127.0.0.1:\(server.port)/a.csv']"
        let off = await #expect(throws: ExecutionError.self) { try await run(query, nil) }
        #expect(off?.code == .notAllowed && off?.message.contains("externalData.allow") == true)
        let other = await #expect(throws: ExecutionError.self) { try await run(query, try web(server, "/feeds/*")) }
        #expect(other?.code == .notAllowed && other?.message.contains("no pattern of externalData.allow") == true)
        let closed = AllowedWeb(
            [try #require(AddressPattern("http://127.0.0.1:\(server.port)/*"))], policy: OutgoingPolicy())
        let loopback = await #expect(throws: ExecutionError.self) { try await run(query, closed) }
        #expect(loopback?.code == .notAllowed)
        #expect(loopback?.message.contains("externalData.allowedPrivateHosts") == true, "\(loopback?.message ?? "")")
        try await server.close()
    }

    @Test func `redirects lead to allowed addresses only`() async throws {
        let server = try await FileServer([
            "/ok/a": .init(status: .found, headers: [("Location", "/ok/b")]), "/ok/b": .init(bytes: Array("x".utf8)),
            "/ok/c": .init(status: .found, headers: [("Location", "/secret")]),
            "/secret": .init(bytes: Array("s".utf8)),
            "/ok/loop": .init(status: .found, headers: [("Location", "/ok/loop")]),
        ])
        let base = "http://127.0.0.1:\(server.port)"
        let allowed = try web(server, "/ok/*")
        #expect(try await run("externaldata(x: string) ['\(base)/ok/a']", allowed).rowCount == 1)
        for path in ["/ok/c", "/ok/../secret", "/ok/%2e%2e/secret"] {
            await #expect(throws: ExecutionError.self, "\(path)") {
                try await run("externaldata(x: string) ['\(base)\(path)']", allowed)
            }
        }
        let loop = await #expect(throws: ExecutionError.self) {
            try await run("externaldata(x: string) ['\(base)/ok/loop']", allowed)
        }
        #expect(loop?.message.contains("redirects") == true)
        try await server.close()
    }

    @Test func `answers that are too large, damaged, missing or never come are explained`() async throws {
        let server = try await FileServer([
            "/big": .init(bytes: Array(repeating: 65, count: 10_000)),
            "/bomb.gz": .init(bytes: try await Self.gzip(String(repeating: "A", count: 1_000_000))),
            "/bad.gz": .init(bytes: [0x1F, 0x8B, 1, 2, 3]), "/bad.json": .init(bytes: Array("{\"a\": ".utf8)),
        ])
        let base = "http://127.0.0.1:\(server.port)"
        let small = try web(server, maximumBytes: 5000)
        for (path, word) in [
            ("/big", "externalData.maximumBytes"), ("/bomb.gz", "externalData.maximumBytes"), ("/bad.gz", "damaged"),
            ("/bad.json", "record 1"), ("/none", "404"),
        ] {
            let error = await #expect(throws: ExecutionError.self, "\(path)") {
                try await run("externaldata(x: string) ['\(base)\(path)']", small)
            }
            #expect(error?.message.contains(word) == true, "\(path): \(error?.message ?? "")")
        }
        let start = ContinuousClock.now
        await #expect(throws: ExecutionError.self) {
            try await run("externaldata(x: string) ['\(base)/never']", small, seconds: 0.3)
        }
        #expect(ContinuousClock.now - start < .seconds(3))
        try await server.close()
    }

    @Test func `http_request and http_request_post give headers and body`() async throws {
        let server = try await FileServer([
            "/data": .init(headers: [("X-Kind", "test")], bytes: Array("{\"a\": [1, 2]}".utf8)), "/echo": .init(),
        ])
        let base = "http://127.0.0.1:\(server.port)"
        let got = try await run(
            "evaluate http_request('\(base)/data') | project k = tostring(ResponseHeaders['X-Kind']), v = toint(ResponseBody.a[1])",
            try web(server))
        #expect(texts(got) == [["string(\"test\")", "int(2)"]])
        let posted = try await run(
            "evaluate http_request_post('\(base)/echo', dynamic({'X-A': 'b'}), dynamic({}), '{\"q\": 5}') | project m = tostring(ResponseBody.method), q = tolong(ResponseBody.body.q)",
            try web(server))
        #expect(texts(posted) == [["string(\"POST\")", "long(5)"]])
        await #expect(throws: ExecutionError.self) { try await run("evaluate http_request('\(base)/data')", nil) }
        try await server.close()
    }

    @Test(arguments: [
        ("https://a.example/*", "https://a.example/x", true), ("https://a.example", "https://a.example/x?y=1", true),
        ("https://a.example/*", "http://a.example/x", false), ("https://a.example/*", "https://a.example:444/x", false),
        ("https://a.example/*", "https://A.EXAMPLE/x", true), ("https://a.example/*", "https://b.example/x", false),
        ("https://a.example/*", "https://a.example.evil/x", false),
        ("https://*.example/*", "https://a.example/x", true),
        ("https://*.example/*", "https://example/x", false), ("https://*.example/*", "https://evilexample/x", false),
        ("https://a.example/*", "https://a.example@evil/x", false),
        ("https://a.example/*", "https://u:p@a.example/x", false),
        ("https://a.example/f/*.csv", "https://a.example/f/b/c.csv", true),
        ("https://a.example/f/*.csv", "https://a.example/f/c.txt", false),
        ("https://a.example/f/*", "https://a.example/f/../g", false),
        ("https://a.example:8443/*", "https://a.example:8443/", true),
    ])
    func `a pattern covers an address by its parts`(pattern: String, address: String, covers: Bool) throws {
        #expect(try #require(AddressPattern(pattern)).matches(address) == covers)
    }

    @Test(arguments: ["", "*", "https://", "ftp://a/*", "https://*/x", "https://a*b/", "https://u@a/", "https://a:x/"])
    func `what is no pattern is refused`(text: String) {
        #expect(AddressPattern(text) == nil)
    }
}
