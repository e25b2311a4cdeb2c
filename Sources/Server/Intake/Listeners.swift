internal import Collection
internal import FileConnector
internal import KafkaConnector
internal import Logging
internal import StateStore

/// The ways in that run by themselves: syslog listeners, followed files, Kafka consumers.
struct Listeners {
    let settings: Settings
    let intake: IngestPipeline
    /// Where each tells of its state.
    let board: ConnectorBoard
    /// Where the positions in followed files are kept.
    let database: StateDatabase
    let time: TimeSource
    let logger: Logger

    /// - Throws: `SettingsError` when one cannot work as it is configured.
    func loops() throws -> [Loop] {
        try syslog() + files() + kafka()
    }

    private func syslog() throws -> [Loop] {
        let host = settings.syslog.host
        let plain: [SyslogListenerConfiguration] = [
            settings.syslog.tcpPort.map { SyslogListenerConfiguration(.tcp, host: host, port: $0) },
            settings.syslog.udpPort.map { SyslogListenerConfiguration(.udp, host: host, port: $0) },
        ].compactMap(\.self)
        return try (plain + settings.connectors.syslog).map { configuration in
            let name = "syslog \(configuration.name ?? configuration.transport.rawValue)"
            try check(name, source: configuration.source, table: configuration.table)
            let address = "\(configuration.host):\(configuration.port)"
            return loop(name, kind: "Syslog", address: address) { working in
                try await intake.withLane { lane in
                    let listener = SyslogListener(
                        configuration, collector: intake.collector, now: { time.now() }
                    ) { block, options, delivery in
                        try await lane.take(block, options, delivery)
                    }
                    try await listener.run { working("\(configuration.host):\($0)", listener.statistics) }
                }
            }
        }
    }

    private func files() throws -> [Loop] {
        let positions = FilePositions(database)
        return try settings.connectors.files.map { settings in
            let name = "files \(settings.name)"
            try check(name, source: settings.source, table: settings.table)
            let follower = FileFollower(settings, positions: positions, now: { time.now() }, logger: logger) { part in
                try await intake.take(part, of: settings)
            }
            let address = settings.paths.joined(separator: ", ")
            return loop(name, kind: "Files", address: address) { working in
                working(address, nil)
                try await follower.run()
            }
        }
    }

    private func kafka() throws -> [Loop] {
        try settings.connectors.kafka.map { input in
            let name = "kafka \(input.settings.name)"
            try check(name, source: input.source, table: input.table)
            let consumer = try KafkaConsumer(input.settings, logger: logger) { delivery in
                try await intake.take(delivery, of: input)
            }
            let address = input.settings.topics.joined(separator: ", ")
            return loop(name, kind: "Kafka", address: address) { working in
                working(address, nil)
                try await consumer.run()
            }
        }
    }

    /// Refuses sources and tables that do not exist.
    private func check(_ name: String, source: String?, table: String?) throws {
        let options = CollectionOptions(origin: name, source: source, table: table)
        if let fault = intake.collector.fault(of: options) { throw SettingsError(message: "\(name): \(fault)") }
    }

    /// A loop that tells the board when it works and when it fails; `body` says where it works.
    private func loop(
        _ name: String, kind: String, address: String,
        _ body:
            @escaping @Sendable (_ working: @escaping @Sendable (String, ListenerStatistics?) -> Void) async throws ->
            Void
    ) -> Loop {
        @Sendable func report(
            _ state: ConnectorStatus.State, _ address: String, _ statistics: ListenerStatistics? = nil
        ) {
            board.report(
                ConnectorStatus(name: name, kind: kind, address: address, state: state, since: time.now()),
                statistics: statistics)
        }
        report(.starting, address)
        return Loop(name: name, logger: logger) {
            do {
                try await body { report(.working, $0, $1) }
            } catch {
                report(.failing("\(error)"), address)
                throw error
            }
        }
    }
}
