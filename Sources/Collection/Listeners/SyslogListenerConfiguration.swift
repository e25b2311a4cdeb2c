internal import NIOCore

/// How a syslog listener listens.
public struct SyslogListenerConfiguration: Sendable, Hashable {
    public enum Transport: String, Sendable, CaseIterable { case tcp, udp, tls }

    /// What the listener is called, in dead letters and counters; nil: by its address.
    public var name: String?
    public var transport: Transport
    public var host: String
    /// 0 takes any free port.
    public var port: Int
    /// Certificates; set if and only if the transport is `tls`.
    public var tls: SyslogTLS?
    /// The source to take all messages for; nil to recognise it.
    public var source: String?
    /// The table whose columns the messages (JSON objects) already have.
    public var table: String?
    /// The longest message in bytes.
    public var messageBytes = 1 << 20
    /// Further connections are closed at once.
    public var connections = 10_000
    /// How many bytes of messages may wait for the sink before senders are slowed down.
    public var waitingBytes = 32 << 20
    /// A connection over which no message begins for so long is closed; senders open a new one when they need it.
    public var idleTimeout = Duration.seconds(3600)
    /// A connection whose message does not end for so long is closed; what came of the message becomes a dead letter.
    public var messageTimeout = Duration.seconds(60)
    /// A connection that has not agreed on TLS after so long is closed.
    public var handshakeTimeout = Duration.seconds(30)

    public init(_ transport: Transport, host: String, port: Int, tls: SyslogTLS? = nil) {
        self.transport = transport
        self.host = host
        self.port = port
        self.tls = tls
    }

    /// How what is received is to be read.
    var options: CollectionOptions {
        let origin = name.map { "syslog \($0)" } ?? "syslog \(transport.rawValue) \(host):\(port)"
        return CollectionOptions(origin: origin, source: source, table: table)
    }
}

/// Why a listener cannot start, in words, with what to do.
public struct ListenerFault: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
