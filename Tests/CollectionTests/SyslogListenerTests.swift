import Chronology
import Collection
import NIOCore
import NIOPosix
import Records
import Testing

struct SyslogFramerTests {
    private static let stream = Array("<13>one\n\n5 <13>x7 <13>y z<13>two\r\n12 <14>12345678three\n2026 <x\n".utf8)

    private func messages(_ frames: [SyslogFramer.Frame]) -> [String] {
        frames.map { frame in
            switch frame {
            case .message(let bytes): String(decoding: bytes, as: UTF8.self)
            case .rejected(let bytes, _): "!" + String(decoding: bytes, as: UTF8.self)
            }
        }
    }

    @Test func `both framings may be mixed, and every cut gives the same`() {
        var framer = SyslogFramer(limit: 100)
        let whole = messages(framer.feed(SyslogFramerTests.stream) + framer.finish())
        #expect(whole.prefix(5) == ["<13>one", "<13>x", "<13>y z", "<13>two", "<14>12345678"])
        for size in 1..<SyslogFramerTests.stream.count {
            var framer = SyslogFramer(limit: 100)
            var found: [SyslogFramer.Frame] = []
            var rest = SyslogFramerTests.stream[...]
            while !rest.isEmpty {
                found += framer.feed(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(messages(found + framer.finish()) == whole, "pieces of \(size)")
        }
    }

    @Test func `a message over the limit is rejected and the next one read`() {
        var framer = SyslogFramer(limit: 8)
        #expect(messages(framer.feed(Array("<13>0123456789\n<13>ok\n".utf8))) == ["!<13>0123", "<13>ok"])
        #expect(messages(framer.feed(Array("20 <13>456789012345678".utf8))) == [])
        #expect(messages(framer.feed(Array("x<13>ok\n".utf8))).last == "<13>ok")
    }

    @Test func `random bytes never crash`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var framer = SyslogFramer(limit: 64)
            let alphabet = Array("0123456789 <>\n\0ab".utf8)
            _ = framer.feed((0..<200).compactMap { _ in alphabet.randomElement(using: &random) })
            _ = framer.finish()
        }
    }
}

struct SyslogListenerTests {
    /// Runs a listener, sends to it, and gives the messages once there are `count`.
    private func exchange(
        _ configuration: SyslogListenerConfiguration, count: Int, send: @escaping @Sendable (Int) async throws -> Void
    ) async -> [String] {
        let (stream, continuation) = AsyncStream<RecordBlock>.makeStream()
        let listener = SyslogListener(configuration, now: { Instant(unixSeconds: 1_790_000_000) }) { block, _, _ in
            continuation.yield(block)
        }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await listener.run { port in
                        do { try await send(port) } catch { Issue.record(error) }
                    }
                } catch {
                    #expect(error is CancellationError)
                }
            }
            var found: [String] = []
            for await block in stream {
                if let field = block.records.field("syslog.message") {
                    for record in 0..<block.records.count {
                        found += block.records.entry(field, of: record).map { [block.records.text($0)] } ?? []
                    }
                }
                found += block.rejects.map(\.raw)
                if found.count >= count { break }
            }
            group.cancelAll()
            return found
        }
    }

    @Test func `messages over TCP arrive in their order`() async {
        let found = await exchange(SyslogListenerConfiguration(.tcp, host: "127.0.0.1", port: 0), count: 5000) {
            port in
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            let text = (0..<5000).map { "<13>Jun  9 22:50:54 h app: message \($0)\n" }.joined()
            try await channel.writeAndFlush(ByteBuffer(string: text)).get()
            try await channel.close().get()
        }
        #expect(found == (0..<5000).map { "message \($0)" })
    }

    @Test func `a datagram is a message`() async {
        let found = await exchange(SyslogListenerConfiguration(.udp, host: "127.0.0.1", port: 0), count: 2) {
            port in
            let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: "127.0.0.1", port: 0).get()
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            for text in ["<13>Jun  9 22:50:54 h app: a\nb", "not syslog"] {
                try await channel.writeAndFlush(
                    AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: text))
                ).get()
            }
            try await channel.close().get()
        }
        #expect(found == ["a\nb", "not syslog"])
    }
}
