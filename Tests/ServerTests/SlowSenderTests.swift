import Foundation
import JSON
import NIOCore
import NIOPosix
import Testing

/// Senders whose bodies hardly come, over sockets of their own.
struct SlowSenderTests {
    /// One server that gives a slow body one second.
    private actor ImpatientServer {
        static let shared = ImpatientServer()
        private var server: Task<RunningTocsin, any Error>?

        func get() async throws -> RunningTocsin {
            if let server { return try await server.value }
            let task = Task {
                let data = try RunningTocsin.temporaryFolder()
                try Data("http:\n  patienceSeconds: 1\n  idleSeconds: 6\n".utf8).write(
                    to: data.appending(path: "tocsin.yaml"))
                return try await RunningTocsin(data: data)
            }
            server = task
            return try await task.value
        }
    }

    /// Sends the head of a request, a byte every twentieth of a second or none, and gives what is answered until the server
    /// closes its side.
    private func answer(
        _ server: RunningTocsin, _ head: String, dribbling: Bool
    ) async throws -> String {
        let port = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
        let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: head))
            let channel = connection.channel
            let dribble = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(50)) { _ in
                if dribbling { channel.writeAndFlush(ByteBuffer(string: " "), promise: nil) }
            }
            defer { dribble.cancel() }
            var text = ""
            for try await piece in inbound { text += String(buffer: piece) }
            return text
        }
    }

    @Test(
        arguments: [
            ("/api/ingest", "application/x-ndjson", "RequestTimeout"),
            ("/services/collector", "application/json", "Server is busy"),
            ("/_bulk", "application/x-ndjson", "timeout_exception"),
            ("/v1/logs", "application/json", "slower than"),
        ], [true, false])
    func `are answered 408 in their protocol's words, and let go`(
        _ way: (path: String, type: String, word: String), dribbling: Bool
    ) async throws {
        let server = try await ImpatientServer.shared.get()
        let head = """
            POST \(way.path) HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer \(server.token)\r
            Content-Type: \(way.type)\r
            Content-Length: 100000\r
            \r

            """
        let text = try await answer(server, head, dribbling: dribbling)
        #expect(text.hasPrefix("HTTP/1.1 408"), "\(text)")
        #expect(text.contains(way.word), "\(text)")
    }

    @Test func `a head that never ends does not hold its connection`() async throws {
        let server = try await ImpatientServer.shared.get()
        let text = try await answer(server, "POST /api/ingest HTTP/1.1\r\nX-Slow: ", dribbling: true)
        #expect(text.isEmpty)
    }
}
