/// Why a Kafka connector cannot work as it is configured, or cannot go on, in words, with what to do.
public struct KafkaFault: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// From where and as whom messages are consumed.
public struct KafkaSettings: Sendable, Hashable {
    public enum Start: String, Sendable, CaseIterable {
        case beginning, end
    }

    public enum Security: String, Sendable, CaseIterable {
        case none
        case tls
        /// User and password (SASL PLAIN) over TLS.
        case password
        /// User and password without TLS; for brokers on the same machine.
        case passwordWithoutTLS = "password-without-tls"
    }

    /// What the connector is called; it stands in the identifiers of deliveries.
    public var name: String
    /// `host:port` of some brokers.
    public var brokers: [String]
    public var topics: [String]
    /// Consumers of one group share the partitions.
    public var group: String
    public var security = Security.none
    public var user: String?
    public var password: String?
    /// A PEM file of authorities that vouch for the brokers; nil: the system's.
    public var authorities: String?
    /// PEM files of the client's certificate and key; both or none.
    public var certificate: String?
    public var key: String?
    /// Where a group begins that has consumed nothing yet.
    public var start = Start.beginning
    /// Further properties of librdkafka, each by its name.
    public var properties: [String: String] = [:]
    /// About how many bytes are stored at a time.
    public var deliveryBytes = 4 << 20
    /// About how many messages are stored at a time.
    public var deliveryMessages = 10_000

    public init(name: String, brokers: [String], topics: [String], group: String) {
        self.name = name
        self.brokers = brokers
        self.topics = topics
        self.group = group
    }

    /// The settings for an Azure Event Hubs namespace.
    ///
    /// - Parameters:
    ///   - connectionString: As the portal shows it: `Endpoint=sb://…/;SharedAccessKeyName=…;SharedAccessKey=…`, with the
    ///     hub as `EntityPath` unless `topics` names hubs.
    /// - Throws: `KafkaFault` saying which part is missing.
    public init(
        name: String, connectionString: String, topics: [String], group: String
    ) throws(KafkaFault) {
        var parts: [String: String] = [:]
        for part in connectionString.split(separator: ";") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            parts[part[..<equals].lowercased()] = String(part[part.index(after: equals)...])
        }
        guard let endpoint = parts["endpoint"], endpoint.lowercased().hasPrefix("sb://") else {
            throw KafkaFault("the connection string has no part 'Endpoint=sb://…'; copy it from the namespace's page")
        }
        guard parts["sharedaccesskeyname"] != nil, parts["sharedaccesskey"] != nil else {
            throw KafkaFault("the connection string lacks 'SharedAccessKeyName' or 'SharedAccessKey'")
        }
        let host = endpoint.dropFirst(5).prefix { $0 != "/" && $0 != ":" }
        let hubs = topics.isEmpty ? parts["entitypath"].map { [$0] } ?? [] : topics
        self.init(name: name, brokers: ["\(host):9093"], topics: hubs, group: group)
        security = .password
        user = "$ConnectionString"
        password = connectionString
    }

    /// The properties of librdkafka that follow.
    func librdkafkaProperties() -> [(String, String)] {
        var all: [(String, String)] = [
            ("bootstrap.servers", brokers.joined(separator: ",")), ("group.id", group), ("client.id", "tocsin"),
            ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"), ("enable.partition.eof", "true"),
            ("auto.offset.reset", start == .beginning ? "earliest" : "latest"),
            // What librdkafka may hold before it stops fetching.
            ("queued.max.messages.kbytes", "16384"), ("fetch.max.bytes", "16777216"),
            ("broker.address.ttl", "30000"), ("socket.keepalive.enable", "true"),
            // Event Hubs closes connections that are silent for four minutes.
            ("connections.max.idle.ms", "180000"), ("metadata.max.age.ms", "180000"),
        ]
        switch security {
        case .none: all.append(("security.protocol", "plaintext"))
        case .tls: all.append(("security.protocol", "ssl"))
        case .password: all.append(("security.protocol", "sasl_ssl"))
        case .passwordWithoutTLS: all.append(("security.protocol", "sasl_plaintext"))
        }
        if security == .password || security == .passwordWithoutTLS {
            all += [("sasl.mechanism", "PLAIN"), ("sasl.username", user ?? ""), ("sasl.password", password ?? "")]
        }
        if let authorities { all.append(("ssl.ca.location", authorities)) }
        if let certificate { all.append(("ssl.certificate.location", certificate)) }
        if let key { all.append(("ssl.key.location", key)) }
        return all + properties.sorted { $0.key < $1.key }
    }

    /// Checks what can be checked without a broker.
    ///
    /// - Throws: `KafkaFault` with the first thing that is wrong.
    public func check() throws(KafkaFault) {
        if brokers.isEmpty { throw KafkaFault("no brokers are named; set 'brokers' or 'connectionString'") }
        if topics.isEmpty { throw KafkaFault("no topics are named; set 'topics'") }
        if group.isEmpty { throw KafkaFault("'group' is empty") }
        if security == .password || security == .passwordWithoutTLS, user == nil || password == nil {
            throw KafkaFault("security 'password' needs 'user' and 'password'")
        }
        if (certificate == nil) != (key == nil) { throw KafkaFault("'certificate' and 'key' must be set together") }
        let own: Set<String> = ["enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "group.id"]
        if let property = properties.keys.first(where: { own.contains($0) }) {
            throw KafkaFault("the property '\(property)' is set by Tocsin and cannot be changed")
        }
        try KafkaClient.check(self)
    }
}

/// Some consecutive messages of a partition.
public struct KafkaDelivery: Sendable, Hashable {
    public var topic: String
    public var partition: Int32
    /// The offsets that the delivery stands for; some may have no message.
    public var offsets: Range<Int64>
    /// The same for the same messages, however often they are delivered.
    public var id: String
    public var payloads: [[UInt8]]
}

/// Stores messages; when it returns, they are durable. A delivery stored before, by its `id`, is not stored again.
public typealias KafkaSink = @Sendable (KafkaDelivery) async throws -> Void
