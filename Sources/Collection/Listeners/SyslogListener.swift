public import Chronology
public import EventStore
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
public import Records

/// Receives syslog messages over UDP, TCP (newline or octet-counted framing) or TLS (RFC 5425) and hands them on in blocks.
///
/// The sink is awaited: while it stores one block the next gathers, and when too much waits, connections are read no
/// further until there is room. Over UDP the system then drops datagrams, as the protocol has no other way.
public struct SyslogListener: Sendable {
    /// Takes a block over; the options name the listener as origin. Trying again is the sink's affair: what it throws ends
    /// the listener.
    public typealias Sink = @Sendable (RecordBlock, CollectionOptions, DeliveryID) async throws -> Void

    private let configuration: SyslogListenerConfiguration
    public let statistics = ListenerStatistics()
    private let carried: CarriedJSON?
    private let now: @Sendable () -> Instant
    private let sink: Sink

    /// - Parameter collector: Knows the sources whose messages are opened.
    public init(
        _ configuration: SyslogListenerConfiguration, collector: Collector? = nil,
        now: @escaping @Sendable () -> Instant, sink: @escaping Sink
    ) {
        self.configuration = configuration
        carried = collector?.carried(configuration.options)
        self.now = now
        self.sink = sink
    }

    /// Listens until the task is cancelled; then delivers what was received, and ends.
    ///
    /// - Parameter ready: Called with the port once messages are received.
    /// - Throws: `ListenerFault` when the certificates cannot be used; what binding the port throws.
    public func run(ready: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let context = try configuration.tls?.context()
        let queue = MessageQueue(limit: configuration.waitingBytes)
        // Not a child of this task, or cancelling it would cancel the storing of what was received.
        let delivery = Task { try await deliver(queue) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                switch configuration.transport {
                case .tcp, .tls: try await receiveStreams(queue, context, ready)
                case .udp: try await receiveDatagrams(queue, ready)
                }
            }
            group.addTask { try await delivery.value }
            let first = await group.nextResult()
            await queue.close()
            group.cancelAll()
            let second = await group.nextResult()
            try first?.get()
            try second?.get()
        }
    }

    private static let fullBlock = 4096

    private func deliver(_ queue: MessageQueue) async throws {
        let options = configuration.options
        let run = UUID().uuidString
        var number = 0
        func send(_ block: RecordBlock) async throws {
            defer { number += 1 }
            try await sink(block, options, DeliveryID("syslog:\(run):\(number)"))
        }
        while var packets = await queue.takeAll() {
            // A block of a few messages costs nearly as much as one of many: what comes within a moment goes with them.
            if packets.reduce(0, { $0 + $1.count }) < Self.fullBlock {
                // When the task is cancelled, it goes on at once.
                try? await Task.sleep(for: .milliseconds(20))
                packets += await queue.takeWaiting()
            }
            statistics.note(packets, at: now())
            var block = MessageBlock(now: now(), carried: carried)
            for packet in packets {
                for number in 0..<packet.count {
                    block.add(number, of: packet)
                    if block.count >= Self.fullBlock { try await send(block.take()) }
                }
            }
            if block.count > 0 { try await send(block.take()) }
        }
    }

    // MARK: TCP

    private func receiveStreams(
        _ queue: MessageQueue, _ context: NIOSSLContext?, _ ready: @Sendable (Int) async -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context, let tls = configuration.tls {
                        try channel.pipeline.syncOperations.addHandlers(
                            NIOSSLServerHandler(context: context),
                            PeerGate(tls, timeout: configuration.handshakeTimeout) { statistics.refuse() })
                    }
                    return try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                }
            }
        await ready(server.channel.localAddress?.port ?? 0)
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    guard statistics.open(limit: configuration.connections) else {
                        try await connection.channel.close().get()
                        continue
                    }
                    group.addTask {
                        await read(connection, into: queue)
                        statistics.close()
                    }
                }
            }
        }
    }

    private func read(_ connection: NIOAsyncChannel<ByteBuffer, Never>, into queue: MessageQueue) async {
        let sender = SyslogListener.address(connection.channel.remoteAddress)
        var framer = SyslogFramer(limit: configuration.messageBytes)
        let clock = ConnectionClock(idle: configuration.idleTimeout, message: configuration.messageTimeout)
        let watch = clock.watch(connection.channel) { statistics.noteTimeout() }
        defer { watch.cancel() }
        do {
            try await connection.executeThenClose { inbound, _ in
                for try await buffer in inbound {
                    var packet = MessagePacket(sender: sender)
                    buffer.readableBytesView.withUnsafeBytes { bytes in
                        framer.feed(bytes.bindMemory(to: UInt8.self)) { packet.append($0, fault: $1) }
                    }
                    clock.pause()
                    let isNewMessage = packet.count > 0
                    await queue.add(packet)
                    clock.resume(isInsideMessage: framer.isInsideMessage, isNewMessage: isNewMessage)
                }
            }
        } catch {
            // A connection that breaks ends like one that is closed; what came whole is kept.
        }
        var packet = MessagePacket(sender: sender)
        framer.finish { packet.append($0, fault: $1) }
        await queue.add(packet)
    }

    // MARK: UDP

    private func receiveDatagrams(_ queue: MessageQueue, _ ready: @Sendable (Int) async -> Void) async throws {
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_rcvbuf), value: 8 << 20)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, Never>(wrappingChannelSynchronously: channel)
                }
            }
        await ready(channel.channel.localAddress?.port ?? 0)
        try await channel.executeThenClose { inbound, _ in
            for try await datagram in inbound {
                let sender = SyslogListener.address(datagram.remoteAddress)
                var packet = MessagePacket(sender: sender)
                datagram.data.readableBytesView.prefix(configuration.messageBytes).withUnsafeBytes { bytes in
                    packet.append(bytes.bindMemory(to: UInt8.self))
                }
                await queue.add(packet)
            }
        }
    }

    private static func address(_ address: SocketAddress?) -> String { address?.ipAddress ?? "" }
}
