internal import Collection
internal import StateStore

/// The syslog listeners that are configured.
enum Listeners {
    static func loops(_ life: Life) -> [Loop] {
        loops(life.core.settings.syslog, board: life.health.connectors, time: life.core.time, life.loop) {
            _ = try await life.intake.store($0, $1)
        }
    }

    /// - Parameter loop: makes a loop of a name and a body.
    static func loops(
        _ syslog: Settings.Syslog, board: ConnectorBoard, time: TimeSource,
        _ loop: (String, @escaping @Sendable () async throws -> Void) -> Loop, sink: @escaping SyslogListener.Sink
    ) -> [Loop] {
        let wanted: [SyslogListenerConfiguration] = [
            syslog.tcpPort.map { SyslogListenerConfiguration(.tcp, host: syslog.host, port: $0) },
            syslog.udpPort.map { SyslogListenerConfiguration(.udp, host: syslog.host, port: $0) },
        ].compactMap(\.self)
        return wanted.map { configuration in
            let listener = SyslogListener(configuration, now: { time.now() }, sink: sink)
            let name = "syslog \(configuration.transport.rawValue)"
            @Sendable func report(_ state: ConnectorStatus.State, port: Int) {
                board.report(
                    ConnectorStatus(
                        name: name, kind: "Syslog", address: "\(configuration.host):\(port)", state: state,
                        since: time.now()), statistics: listener.statistics)
            }
            report(.starting, port: configuration.port)
            return loop(name) {
                do {
                    try await listener.run { report(.working, port: $0) }
                } catch {
                    report(.failing("\(error)"), port: configuration.port)
                    throw error
                }
            }
        }
    }
}
