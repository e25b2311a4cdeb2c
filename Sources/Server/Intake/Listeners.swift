internal import Collection
internal import StateStore

/// The syslog listeners that are configured.
enum Listeners {
    static func loops(_ life: Life) -> [Loop] {
        let syslog = life.core.settings.syslog
        let wanted: [SyslogListenerConfiguration] = [
            syslog.tcpPort.map { SyslogListenerConfiguration(.tcp, host: syslog.host, port: $0) },
            syslog.udpPort.map { SyslogListenerConfiguration(.udp, host: syslog.host, port: $0) },
        ].compactMap(\.self)
        return wanted.map { configuration in
            let listener = SyslogListener(configuration, now: { life.core.time.now() }) { block, options in
                _ = try await life.intake.store(block, options)
            }
            return life.loop("syslog \(configuration.transport.rawValue)") { try await listener.run() }
        }
    }
}
