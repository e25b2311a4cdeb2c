public import Chronology
internal import NIOCore
internal import NIOPosix
public import Records

/// How a syslog listener listens.
public struct SyslogListenerConfiguration: Sendable, Hashable {
    public enum Transport: String, Sendable { case tcp, udp }

    public var transport: Transport
    public var host: String
    /// 0 takes any free port.
    public var port: Int
    /// The longest message in bytes.
    public var messageBytes = 1 << 20
    /// Further TCP connections are closed at once.
    public var connections = 5000
    /// How many bytes of messages may wait for the sink before senders are slowed down.
    public var waitingBytes = 32 << 20

    public init(_ transport: Transport, host: String, port: Int) {
        self.transport = transport
        self.host = host
        self.port = port
    }
}

/// Receives syslog messages over UDP or TCP (newline or octet-counted framing) and hands them on in blocks.
///
/// The sink is awaited: while it stores one block the next gathers, and when too much waits, connections are read no
/// further until there is room. Over UDP the system then drops datagrams, as the protocol has no other way.
public struct SyslogListener: Sendable {
    /// Stores a block; the options name the listener as origin. What it throws ends the listener.
    public typealias Sink = @Sendable (RecordBlock, CollectionOptions) async throws -> Void

    private let configuration: SyslogListenerConfiguration
    public let statistics = ListenerStatistics()
    private let now: @Sendable () -> Instant
    private let sink: Sink

    public init(
        _ configuration: SyslogListenerConfiguration, now: @escaping @Sendable () -> Instant, sink: @escaping Sink
    ) {
        self.configuration = configuration
        self.now = now
        self.sink = sink
    }

    /// Listens until the task is cancelled.
    ///
    /// - Parameter ready: Called with the port once messages are received.
    public func run(ready: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let queue = MessageQueue(limit: configuration.waitingBytes)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                switch configuration.transport {
                case .tcp: try await receiveStreams(queue, ready)
                case .udp: try await receiveDatagrams(queue, ready)
                }
            }
            group.addTask { try await deliver(queue) }
            // Whoever ends first ends the other; what was received is still delivered.
            do {
                try await group.next()
            } catch {
                await queue.close()
                group.cancelAll()
                throw error
            }
            await queue.close()
            try await group.next()
        }
    }

    private func deliver(_ queue: MessageQueue) async throws {
        let options = CollectionOptions(
            origin: "syslog \(configuration.transport.rawValue) \(configuration.host):\(configuration.port)")
        while let packets = await queue.takeAll() {
            statistics.note(packets, at: now())
            var block = MessageBlock(now: now())
            for packet in packets {
                for number in 0..<packet.count {
                    block.add(number, of: packet)
                    if block.count >= 4096 { try await sink(block.take(), options) }
                }
            }
            if block.count > 0 { try await sink(block.take(), options) }
        }
    }

    // MARK: TCP

    private func receiveStreams(_ queue: MessageQueue, _ ready: @Sendable (Int) async -> Void) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
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
        do {
            try await connection.executeThenClose { inbound, _ in
                for try await buffer in inbound {
                    var packet = MessagePacket(sender: sender)
                    buffer.readableBytesView.withUnsafeBytes { bytes in
                        framer.feed(bytes.bindMemory(to: UInt8.self)) { packet.append($0, fault: $1) }
                    }
                    await queue.add(packet)
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

/// Makes blocks of records of messages.
struct MessageBlock: ~Copyable {
    private let now: Instant
    private var builder = RecordBuilder()
    private var rejects: [RejectedText] = []

    init(now: Instant) {
        self.now = now
    }

    /// Messages in the block so far.
    var count: Int { builder.count + rejects.count }

    mutating func add(_ number: Int, of packet: MessagePacket) {
        let fault = packet.faults[number]
        packet.withMessage(number) { bytes in
            guard let reason = fault ?? decode(bytes, from: packet.sender) else { return }
            builder.dropUnfinishedRecord()
            let raw = String(decoding: bytes, as: UTF8.self)
            rejects.append(RejectedText(line: 0, reason: "\(reason) (from \(packet.sender))", raw: raw))
        }
    }

    private mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, from sender: String) -> String? {
        guard bytes.first == UInt8(ascii: "{") else {
            return SyslogLine(now: now, sender: sender).decode(bytes, into: &builder)
        }
        if case .failure(let fault) = builder.append(json: bytes) { return fault.reason }
        return nil
    }

    /// The block so far; the next starts empty.
    mutating func take() -> RecordBlock {
        let records = builder.take()
        defer { rejects = [] }
        return RecordBlock(records: records, lines: Array(repeating: 0, count: records.count), rejects: rejects)
    }
}
