import Chronology
import Collection
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Records
import Synchronization
import TestSupport
import Testing

/// What a listener handed on.
private final class Received: Sendable {
    private let state = Mutex<[String]>([])

    var texts: [String] { state.withLock { $0 } }
    func add(_ text: String) { state.withLock { $0.append(text) } }
}

/// A listener that runs while `body` sends to it, and is stopped afterwards.
private func listening(
    _ configuration: SyslogListenerConfiguration,
    _ body: @escaping @Sendable (Int, Received, ListenerStatistics) async throws -> Void
) async throws {
    let received = Received()
    let listener = SyslogListener(configuration, now: { Instant(unixSeconds: 1_790_000_000) }) { block, _, _ in
        if let field = block.records.field("syslog.message") {
            for record in 0..<block.records.count {
                if let entry = block.records.entry(field, of: record) { received.add(block.records.text(entry)) }
            }
        }
        for reject in block.rejects { received.add("!\(reject.raw)") }
    }
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    let task = Task { try await listener.run { ready.yield($0) } }
    for await port in ports {
        try await body(port, received, listener.statistics)
        break
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
}

/// An authority and certificates, made by openssl.
private struct Authority {
    let folder: URL

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "syslog-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let made = try await Command.shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem -subj /CN=ca
            for name in server sender stranger; do
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.csr -subj /CN=$name
                openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out $name.pem
            done
            """, in: folder)
        #expect(made.status == 0, "\(made.errors)")
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    var listener: SyslogTLS {
        var tls = SyslogTLS(certificate: path("server.pem"), key: path("server.key"))
        tls.clientAuthorities = path("ca.pem")
        tls.clientCertificates = .required
        tls.allowedSubjects = ["Sender"]
        return tls
    }

    /// Sends a message with the certificate of `sender`, or none.
    func send(_ text: String, as sender: String?, to port: Int) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(path("ca.pem"))
        configuration.certificateVerification = .noHostnameVerification
        if let sender {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path("\(sender).pem")).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: path("\(sender).key"), format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: nil))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        // Who is refused may learn it while sending.
        try? await channel.writeAndFlush(ByteBuffer(string: "\(text.utf8.count) \(text)")).get()
        try? await channel.close().get()
    }
}

@Suite(.serialized, .timeLimit(.minutes(1)))
struct SyslogConnectionTests {
    @Test func `only senders whose certificate is allowed are heard over TLS`() async throws {
        let authority = try await Authority()
        let configuration = SyslogListenerConfiguration(.tls, host: "127.0.0.1", port: 0, tls: authority.listener)
        try await listening(configuration) { port, received, statistics in
            try await authority.send("<13>Jun  9 22:50:54 h app: stranger", as: "stranger", to: port)
            try await authority.send("<13>Jun  9 22:50:54 h app: nobody", as: nil, to: port)
            while statistics.refusedConnections < 2 { await Task.yield() }
            try await authority.send("<13>Jun  9 22:50:54 h app: sender", as: "sender", to: port)
            while received.texts.isEmpty { await Task.yield() }
            #expect(received.texts == ["sender"])
        }
    }

    @Test func `certificates that cannot be used are refused with the file's name`() async throws {
        let authority = try await Authority()
        var tls = authority.listener
        try tls.check()
        tls.key = authority.path("sender.key")
        #expect(throws: ListenerFault.self) { try tls.check() }
        tls.key = "/nowhere.key"
        let fault = #expect(throws: ListenerFault.self) { try tls.check() }
        #expect(fault?.description.contains("/nowhere.key") == true)
    }

    @Test func `a sender that never ends its message is cut off, one that is silent only after long`() async throws {
        var configuration = SyslogListenerConfiguration(.tcp, host: "127.0.0.1", port: 0)
        configuration.messageTimeout = .milliseconds(200)
        try await listening(configuration) { port, received, statistics in
            let group = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            let silent = try await group.connect(host: "127.0.0.1", port: port).get()
            let slow = try await group.connect(host: "127.0.0.1", port: port).get()
            try await slow.writeAndFlush(ByteBuffer(string: "20 <13>half")).get()
            try await slow.closeFuture.get()
            while received.texts.isEmpty { await Task.yield() }
            #expect(received.texts == ["!<13>half"])
            #expect(statistics.timedOutConnections == 1)
            #expect(silent.isActive)
            try await silent.close().get()
        }
    }

    @Test func `what the sink throws ends the listener`() async throws {
        let configuration = SyslogListenerConfiguration(.tcp, host: "127.0.0.1", port: 0)
        let listener = SyslogListener(configuration, now: { Instant(unixSeconds: 1_790_000_000) }) { _, _, _ in
            throw CocoaError(.fileWriteOutOfSpace)
        }
        await #expect(throws: CocoaError.self) {
            try await listener.run { port in
                do {
                    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                        .connect(host: "127.0.0.1", port: port).get()
                    try await channel.writeAndFlush(ByteBuffer(string: "<13>Jun  9 22:50:54 h app: lost\n")).get()
                } catch {
                    Issue.record(error)
                }
            }
        }
    }

    @Test func `five thousand idle connections keep nobody from sending`() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // Both ends of each connection are in this process.
        let count = min(5000, (Int(clamping: limit.rlim_cur) - 500) / 2)
        try await listening(SyslogListenerConfiguration(.tcp, host: "127.0.0.1", port: 0)) {
            port, received, statistics in
            let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            var channels: [any Channel] = []
            for _ in 0..<count { channels.append(try await bootstrap.connect(host: "127.0.0.1", port: port).get()) }
            while statistics.connections < count { await Task.yield() }
            try await channels[count / 2].writeAndFlush(ByteBuffer(string: "<13>Jun  9 22:50:54 h app: heard\n")).get()
            while received.texts.isEmpty { await Task.yield() }
            #expect(received.texts == ["heard"])
            for channel in channels { try await channel.close().get() }
        }
    }
}
