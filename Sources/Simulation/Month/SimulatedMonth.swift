public import Casebook
public import Chronology
internal import Vocabulary

/// An alert of a simulated month, with what it really is.
public struct SimulatedAlert: Sendable {
    public var alert: NewAlert
    /// The intrusion that it is a part of; nil for noise.
    public var intrusion: IntrusionKind?
    /// How its rule groups alerts into incidents.
    public var grouping: AlertGrouping

    public init(alert: NewAlert, intrusion: IntrusionKind?, grouping: AlertGrouping) {
        self.alert = alert
        self.intrusion = intrusion
        self.grouping = grouping
    }
}

/// The shapes of intrusion that a month holds, one of each.
public enum IntrusionKind: String, Sendable, Hashable, CaseIterable {
    case ransomware, identityTakeover, insider, webServer, supplyChain
}

/// Thirty days of alerts of an organisation: noise of some sixty rules, and five intrusions hidden in it.
///
/// The noise is uneven as it is in practice: few rules make most of it, few people and machines cause most of a rule's
/// alerts, some rules come together, scanners and administrators touch everything, and proxies and name servers are
/// named by many. The same seed gives the same month.
public struct SimulatedMonth: Sendable {
    /// In the order of time.
    public let alerts: [SimulatedAlert]
    public let start: Instant
    public let days: Int

    /// Whose month it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// One organisation, whatever the seed.
        case usual
        /// Each seed has an organisation of its own: its size, which rules are noisy and how, how alerts bunch, the week.
        case varied
    }

    public init(
        seed: UInt64, start: Instant, days: Int = 30, alertsPerDay: Int = 200, kind: Kind = .usual
    ) {
        self.start = start
        self.days = days
        let estate: Estate
        let shape: NoiseShape
        switch kind {
        case .usual:
            estate = Estate(seed: seed)
            shape = .usual
        case .varied:
            var generator = SeededGenerator(seed: seed ^ 0x07E5_A1D0)
            estate = Estate(
                seed: seed, members: generator.number(60..<1_500), servers: generator.number(12..<150))
            shape = .varied(&generator)
        }
        var noise = AlertNoise(seed: seed, estate: estate, shape: shape, perDay: alertsPerDay)
        var all = (0..<days).flatMap { noise.alerts(day: $0, from: start) }
        for (number, kind) in IntrusionKind.allCases.enumerated() {
            var script = IntrusionScript(kind: kind, estate: estate, seed: seed &+ UInt64(number + 1) &* 7_919)
            all += script.alerts(from: start, days: days)
        }
        alerts = all.sorted { ($0.alert.startTime, $0.alert.displayName) < ($1.alert.startTime, $1.alert.displayName) }
            .enumerated().map { position, made in
                var made = made
                made.alert.id = AlertID("month-\(seed)-\(position)")
                return made
            }
    }
}

/// The people, machines and addresses of the simulated month.
struct Estate: Sendable {
    struct Member: Sendable {
        let name: String
        let host: String
        let address: String
        let isAdministrator: Bool
    }

    let members: [Member]
    let servers: [String]
    let serviceAccounts: [String]
    let proxy = "10.40.0.8"
    let nameServer = "10.40.0.53"
    let scanner = "scan01"
    let domain = "harborline.example"

    init(seed: UInt64, members: Int = 320, servers: Int = 45) {
        var generator = SeededGenerator(seed: seed ^ 0x0E57_A7E0)
        self.members = (0..<members).map { number in
            Member(
                name: "user\(number)", host: "ws\(number)",
                address: "10.41.\(number / 200).\(10 + number % 200)",
                isAdministrator: generator.happens(oneIn: 40))
        }
        self.servers = (0..<servers).map { "srv\($0)" }
        serviceAccounts = ["svc-backup", "svc-deploy", "svc-monitor", "svc-scan", "svc-sync", "svc-ci"]
    }

    func account(_ name: String) -> Entity {
        Entity(kind: .account, identifiers: ["Name": name, "UPNSuffix": domain])
    }

    func host(_ name: String) -> Entity {
        Entity(kind: .host, identifiers: ["HostName": name, "DnsDomain": domain])
    }

    func address(_ text: String) -> Entity { Entity(kind: .ip, identifiers: ["Address": text]) }

    /// An address somewhere on the Internet, out of the range for benchmarks (RFC 2544).
    func outside(_ generator: inout SeededGenerator) -> String {
        "198.\(18 + generator.number(0..<2)).\(generator.number(0..<256)).\(generator.number(1..<255))"
    }
}
