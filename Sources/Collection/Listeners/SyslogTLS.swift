internal import Crypto
internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import SwiftASN1
internal import X509

/// The certificates of a syslog listener over TLS (RFC 5425).
public struct SyslogTLS: Sendable, Hashable {
    public enum ClientCertificates: String, Sendable, CaseIterable {
        /// Senders are not asked for one.
        case none
        /// Senders may show one; then it must be valid.
        case optional
        case required
    }

    /// A PEM file: the listener's certificate, then those between it and the authority.
    public var certificate: String
    /// A PEM file: the certificate's private key, not encrypted.
    public var key: String
    /// A PEM file of the authorities that issue senders' certificates; nil: the system's.
    public var clientAuthorities: String?
    public var clientCertificates = ClientCertificates.none
    /// Senders whose certificates are accepted, each by the certificate's common name, an alternative name (DNS, address
    /// of mail, URI), its subject as RFC 4514 writes it, or its fingerprint as `sha-256:AB:CD:…` (RFC 5425, 4.2.2);
    /// empty: whoever the authorities vouch for.
    public var allowedSubjects: [String] = []

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads the files.
    ///
    /// - Throws: `ListenerFault` naming the file that cannot be used.
    public func check() throws {
        _ = try context()
    }

    func context() throws -> NIOSSLContext {
        let chain = try read("certificate", certificate) {
            try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        }
        let privateKey = try read("private key", key) { try NIOSSLPrivateKey(file: key, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(privateKey))
        switch clientCertificates {
        case .none: configuration.certificateVerification = .none
        case .optional: configuration.certificateVerification = .optionalVerification
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
        if let clientAuthorities {
            let authorities = try read("authorities", clientAuthorities) {
                try NIOSSLCertificate.fromPEMFile(clientAuthorities)
            }
            configuration.trustRoots = .certificates(authorities)
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ListenerFault(
                "TLS cannot be set up with \(certificate) and \(key): \(error); do they belong together?")
        }
    }

    private func read<Content>(_ what: String, _ path: String, _ body: () throws -> Content) throws -> Content {
        do {
            return try body()
        } catch {
            throw ListenerFault("the \(what) file \(path) cannot be used: \(error); it must be a readable PEM file")
        }
    }

    /// Whether a sender that showed this certificate, which is valid, may send.
    func allows(_ certificate: NIOSSLCertificate?) -> Bool {
        guard !allowedSubjects.isEmpty else { return true }
        guard let certificate, let names = try? SyslogTLS.names(of: certificate) else {
            // A certificate that cannot be read names nobody who is allowed.
            return clientCertificates == .optional && certificate == nil
        }
        return allowedSubjects.contains { names.contains(SyslogTLS.normalized($0)) }
    }

    /// By which names and fingerprints a certificate may be allowed.
    private static func names(of certificate: NIOSSLCertificate) throws -> Set<String> {
        let der = try certificate.toDERBytes()
        let parsed = try Certificate(derEncoded: der)
        var names: Set<String> = [parsed.subject.description]
        for attribute in parsed.subject.flatMap({ Array($0) })
        where attribute.type == ASN1ObjectIdentifier.NameAttributes.commonName {
            if let name = String(attribute.value) { names.insert(name) }
        }
        for name in try parsed.extensions.subjectAlternativeNames ?? SubjectAlternativeNames([]) {
            switch name {
            case .dnsName(let text), .rfc822Name(let text), .uniformResourceIdentifier(let text): names.insert(text)
            default: break
            }
        }
        let digits = SHA256.hash(data: der).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        names.insert("sha-256:" + digits.joined(separator: ":"))
        return Set(names.map(normalized))
    }

    /// Names of hosts, mailboxes and authorities, and hexadecimal digits, are compared without case.
    private static func normalized(_ name: String) -> String { name.lowercased() }
}

/// Lets a connection's bytes through once its sender has agreed on TLS and is one of those allowed.
final class PeerGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    /// As NIO has it: events of any type pass a pipeline.
    typealias Event = Any

    private let tls: SyslogTLS
    private let timeout: Duration
    private let refuse: @Sendable () -> Void
    private var deadline: Scheduled<Void>?
    private var isAgreed = false
    private var isRefused = false

    /// - Parameter refuse: Called when the connection is closed for want of an allowed certificate.
    init(_ tls: SyslogTLS, timeout: Duration, refuse: @escaping @Sendable () -> Void) {
        self.tls = tls
        self.timeout = timeout
        self.refuse = refuse
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(timeout)) { [refuse] in
            refuse()
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Event) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            deadline?.cancel()
            isAgreed = true
            // Without the TLS handler, of which the event comes, there is no certificate.
            let peer = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self).peerCertificate
            if !tls.allows(peer) {
                isRefused = true
                refuse()
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A handshake that fails ends the connection; the sender is told by TLS.
        if !isAgreed, !isRefused { refuse() }
        isRefused = true
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isRefused { context.fireChannelRead(data) }
    }
}
