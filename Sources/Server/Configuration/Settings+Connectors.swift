internal import Collection
internal import Configuration
internal import FileConnector
internal import Foundation
internal import KafkaConnector
internal import Yams

extension Settings {
    /// The ways in that are configured by name.
    struct Connectors: Sendable {
        var syslog: [SyslogListenerConfiguration] = []
        var files: [FollowSettings] = []
        var kafka: [KafkaInput] = []
    }

    /// A Kafka connector, and how its messages are to be read.
    struct KafkaInput: Sendable {
        var settings: KafkaSettings
        var source: String?
        var table: String?
    }

    /// Reads `syslog.listeners`, `files` and `kafka`.
    mutating func readConnectors(_ reader: ConfigReader, file: String) throws {
        let root: Node?
        do {
            root = try FileManager.default.contents(atPath: file).flatMap {
                try Yams.compose(yaml: String(decoding: $0, as: UTF8.self))
            }
        } catch {
            throw SettingsError(message: "\(file): the configuration cannot be read: \(error)")
        }
        func sections(_ key: String) throws -> [ConnectorSection] {
            try ConnectorSection.all(under: key, file: file, root, reader)
        }
        let host = syslog.host
        connectors.syslog = try sections("syslog.listeners").map { try .init($0, defaultHost: host) }
        connectors.files = try sections("files").map { try .init($0) }
        connectors.kafka = try sections("kafka").map { try .init($0) }
    }
}

extension SyslogListenerConfiguration {
    fileprivate init(_ section: ConnectorSection, defaultHost: String) throws {
        try section.allow(
            "transport", "host", "port", "certificate", "key", "clientAuthorities", "clientCertificates",
            "allowedSubjects", "source", "table", "messageBytes", "connections", "waitingBytes", "idleSeconds",
            "messageSeconds")
        let transport = try section.choice("transport", of: Transport.self) ?? .tcp
        guard let port = try section.number("port", in: 0...65_535) else { throw section.fault("port", "is missing") }
        self.init(
            transport, host: section.text("host") ?? defaultHost, port: port,
            tls: transport == .tls ? try SyslogTLS(section) : nil)
        if transport != .tls, section.text("certificate") != nil || section.text("key") != nil {
            throw section.fault("certificate", "is set although the transport is not 'tls'")
        }
        name = section.name
        source = section.text("source")
        table = section.text("table")
        messageBytes = try section.number("messageBytes", in: 480...(64 << 20)) ?? messageBytes
        connections = try section.number("connections", in: 1...1_000_000) ?? connections
        waitingBytes = try section.number("waitingBytes", in: (1 << 16)...(1 << 32)) ?? waitingBytes
        idleTimeout = try section.seconds("idleSeconds") ?? idleTimeout
        messageTimeout = try section.seconds("messageSeconds") ?? messageTimeout
    }
}

extension SyslogTLS {
    fileprivate init(_ section: ConnectorSection) throws {
        self.init(certificate: try section.required("certificate"), key: try section.required("key"))
        clientAuthorities = section.text("clientAuthorities")
        clientCertificates =
            try section.choice("clientCertificates", of: ClientCertificates.self)
            ?? (clientAuthorities == nil ? .none : .required)
        allowedSubjects = section.list("allowedSubjects")
        if !allowedSubjects.isEmpty, clientCertificates == .none {
            throw section.fault("allowedSubjects", "needs 'clientCertificates' to be 'required' or 'optional'")
        }
        do {
            try check()
        } catch {
            throw section.fault("\(error)")
        }
    }
}

extension FollowSettings {
    fileprivate init(_ section: ConnectorSection) throws {
        try section.allow(
            "paths", "source", "table", "encoding", "start", "headerLines", "pollSeconds", "settleSeconds", "recovered")
        let paths = section.list("paths")
        guard !paths.isEmpty else { throw section.fault("paths", "is missing; name at least one path or pattern") }
        if let path = paths.first(where: { !$0.hasPrefix("/") }) {
            throw section.fault("paths", "holds '\(path)'; a path must be absolute")
        }
        self.init(name: section.name, paths: paths)
        source = section.text("source")
        table = section.text("table")
        encoding = try section.choice("encoding", of: TextEncoding.self) ?? encoding
        start = try section.choice("start", of: Start.self) ?? start
        headerLines = try section.number("headerLines", in: 0...1000)
        pollInterval = try section.seconds("pollSeconds") ?? pollInterval
        settleTime = try section.seconds("settleSeconds") ?? settleTime
        takesRecoveredRecords = try section.flag("recovered") ?? false
    }
}

extension Settings.KafkaInput {
    fileprivate init(_ section: ConnectorSection) throws {
        try section.allow(
            "brokers", "connectionString", "topics", "group", "security", "user", "password", "authorities",
            "certificate", "key", "start", "properties", "source", "table")
        source = section.text("source")
        table = section.text("table")
        do {
            settings = try KafkaSettings(section)
            try settings.check()
        } catch let fault as KafkaFault {
            throw section.fault("\(fault)")
        }
    }
}

extension KafkaSettings {
    fileprivate init(_ section: ConnectorSection) throws {
        let (topics, brokers) = (section.list("topics"), section.list("brokers"))
        if let text = section.text("connectionString", isSecret: true) {
            guard brokers.isEmpty else {
                throw section.fault("connectionString", "and 'brokers' exclude each other")
            }
            try self.init(
                name: section.name, connectionString: text, topics: topics, group: section.text("group") ?? "$Default")
        } else {
            self.init(name: section.name, brokers: brokers, topics: topics, group: section.text("group") ?? "tocsin")
        }
        security = try section.choice("security", of: Security.self) ?? security
        user = section.text("user") ?? user
        password = section.text("password", isSecret: true) ?? password
        authorities = section.text("authorities")
        certificate = section.text("certificate")
        key = section.text("key")
        start = try section.choice("start", of: Start.self) ?? start
        for property in section.list("properties") {
            guard let equals = property.firstIndex(of: "=") else {
                throw section.fault("properties", "holds '\(property)'; write 'name=value'")
            }
            properties[String(property[..<equals])] = String(property[property.index(after: equals)...])
        }
    }
}
