internal import Chronology

/// Messages of the firewall and of Linux servers, as they come over syslog.
struct NetworkEvents {
    var time: Instant
    var stage: AttackStage?

    struct Flow {
        var source: String
        var destination: String
        var port: Int
        var protocolName = "TCP"
        var isAllowed = true
        var sent: Int
        var received: Int
        var app: String
        var host = ""
        var user = ""
    }

    /// A connection through the firewall, in the Common Event Format.
    func flow(_ flow: Flow, sourcePort: Int) -> SimulatedEvent {
        var text =
            "CEF:0|Palisade|Edge Firewall|11.2|\(flow.isAllowed ? "TRAFFIC_END" : "TRAFFIC_DENY")|"
            + "\(flow.isAllowed ? "Traffic end" : "Traffic denied")|\(flow.isAllowed ? 3 : 5)|"
            + "rt=\(time.unixMicroseconds / 1000) src=\(flow.source) spt=\(sourcePort) dst=\(flow.destination) "
            + "dpt=\(flow.port) proto=\(flow.protocolName) act=\(flow.isAllowed ? "allow" : "deny") app=\(flow.app) "
            + "deviceDirection=1 out=\(flow.sent) in=\(flow.received) cs1Label=Rule "
            + "cs1=\(flow.isAllowed ? "outbound-web" : "default-deny") deviceExternalId=013201020304"
        if !flow.host.isEmpty { text += " dhost=\(flow.host)" }
        if !flow.user.isEmpty { text += " suser=\(flow.user)" }
        return syslog(priority: 134, host: "nwh-fw01", text)
    }

    func message(_ host: String, _ process: String, priority: Int, _ text: String) -> SimulatedEvent {
        syslog(priority: priority, host: host, process + ": " + text)
    }

    private func syslog(priority: Int, host: String, _ text: String) -> SimulatedEvent {
        let date = CivilDate(time)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = time.formatted(fractionDigits: 0).dropFirst(11).dropLast()
        let day = date.day < 10 ? " \(date.day)" : "\(date.day)"
        let line = "<\(priority)>\(months[date.month - 1]) \(day) \(clock) \(host) \(text)"
        return SimulatedEvent(time: time, format: .syslog, line: line, stage: stage)
    }
}
