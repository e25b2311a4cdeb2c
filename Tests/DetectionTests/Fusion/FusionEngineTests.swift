import Casebook
import Chronology
import Detection
import Testing
import Vocabulary

@Suite struct FusionEngineTests {
    static let start = Instant(ticks: 639_000_000_000_000_000)

    static func signal(
        _ id: String, rule: String, _ tactic: Tactic, hours: Double, severity: Severity = .low,
        accounts: [String] = [], hosts: [String] = [], addresses: [String] = [], product: String = "Tocsin"
    ) -> FusionSignal {
        let entities =
            accounts.map { Entity(kind: .account, identifiers: ["FullName": "\($0)@corp.example"]) }
            + hosts.map { Entity(kind: .host, identifiers: ["HostName": $0, "DnsDomain": "corp.example"]) }
            + addresses.map { Entity(kind: .ip, identifiers: ["Address": $0]) }
        let time = start + .seconds(hours * 3_600)
        return FusionSignal(
            origin: .alert(AlertID(id)), rule: rule, title: rule, product: product, severity: severity,
            tactics: [tactic], subjects: FusionSignal.subjects(of: entities), start: time, end: time)
    }

    /// Ten noisy rules on forty people, all through one proxy, for twenty days.
    static let noise: [FusionSignal] = (0..<800).map { number in
        signal(
            "noise-\(number)", rule: "noisy \(number % 10)", Tactic.allCases[number % 14],
            hours: Double(number) * 0.6, accounts: ["user\((number * 7) % 40)"], addresses: ["10.0.0.8"])
    }

    static let attack: [FusionSignal] = [
        signal("a1", rule: "odd sign-in", .initialAccess, hours: 300, accounts: ["user3"], addresses: ["10.0.0.8"]),
        signal("a2", rule: "odd task", .persistence, hours: 301, accounts: ["user3"], hosts: ["ws3"]),
        signal("a3", rule: "odd logon", .lateralMovement, hours: 305, hosts: ["ws3", "srv1"]),
        signal("a4", rule: "odd upload", .exfiltration, hours: 309, hosts: ["srv1"], addresses: ["10.0.0.8"]),
    ]

    @Test func `findings of low severity that only together matter are one attack`() throws {
        let attacks = FusionEngine().attacks(in: Self.noise + Self.attack)
        let found = try #require(attacks.first)
        #expect(attacks.count == 1)
        #expect(Set(["alert:a1", "alert:a2", "alert:a3", "alert:a4"]).isSubset(of: found.members.map(\.signal.id)))
        #expect(found.members.count <= 5)
        #expect(found.probability > 0.9)
        #expect(found.title.hasPrefix("Multi-stage attack involving Initial access"))
        #expect(found.tactics.contains(.exfiltration))
    }

    @Test func `noise alone is no attack`() {
        #expect(FusionEngine().attacks(in: Self.noise).isEmpty)
    }

    @Test func `the order in which findings come changes nothing`() {
        let all = Self.noise + Self.attack
        let expected = FusionEngine().attacks(in: all).map { $0.members.map(\.signal.id) }
        var state: UInt64 = 7
        for _ in 0..<3 {
            let shuffled = all.map { signal -> (UInt64, FusionSignal) in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 20, signal)
            }.sorted { $0.0 < $1.0 }.map(\.1)
            #expect(FusionEngine().attacks(in: shuffled).map { $0.members.map(\.signal.id) } == expected)
        }
        #expect(FusionEngine().attacks(in: all + all).map { $0.members.map(\.signal.id) } == expected)
    }

    @Test func `a proxy that all name ties nothing`() {
        let apart = Self.attack.enumerated().map { number, signal in
            Self.signal(
                "b\(number)", rule: signal.rule, signal.tactics[0], hours: 300 + Double(number),
                accounts: ["single\(number)"], addresses: ["10.0.0.8"])
        }
        #expect(FusionEngine().attacks(in: Self.noise + apart).isEmpty)
    }

    @Test func `rules that come together each week are no attack`() {
        let weekly = (0..<20).flatMap { round -> [FusionSignal] in
            Self.attack.prefix(3).enumerated().map { step, signal in
                Self.signal(
                    "w\(round)-\(step)", rule: signal.rule, signal.tactics[0],
                    hours: Double(round) * 23 + Double(step) * 0.3, accounts: ["admin"], hosts: ["srv9"])
            }
        }
        #expect(FusionEngine().attacks(in: Self.noise + weekly).isEmpty)
    }

    @Test func `a busy server's bunch of findings is no attack, even before there is a history`() {
        let day = (0..<200).map { number in
            Self.signal(
                "day-\(number)", rule: "noisy \(number % 20)", Tactic.allCases[number % 14],
                hours: Double(number) * 0.12,
                hosts: ["srv\((number * 7) % 30)"])
        }
        let bunch = (0..<6).map { number in
            Self.signal(
                "bunch-\(number)", rule: "noisy \(number * 3)", Tactic.allCases[number * 2],
                hours: 20 + Double(number) * 0.2,
                hosts: ["srv3"])
        }
        #expect(FusionEngine().attacks(in: day + bunch).isEmpty)
    }

    @Test func `an attack is judged anew by what has become usual since`() throws {
        let before = try #require(FusionEngine().attacks(in: Self.noise + Self.attack).first)
        let since = (0..<60).map { number in
            let signal = Self.attack[number % 4]
            return Self.signal(
                "since-\(number)", rule: signal.rule, signal.tactics[0], hours: 330 + Double(number) * 3,
                accounts: ["user3"], hosts: ["ws3", "srv1"])
        }
        let survey = FusionEngine().survey(Self.noise + Self.attack + since)
        let after = try #require(survey.attack(around: Set(Self.attack.map(\.id))))
        #expect(after.logOdds < before.logOdds - 3)
        #expect(survey.attack(around: ["alert:unknown"]) == nil)
    }

    @Test func `a rule that was mostly wrong weighs less`() throws {
        let plain = try #require(FusionEngine().attacks(in: Self.noise + Self.attack).first)
        let records = ["odd task": RuleRecord(truePositives: 0, otherPositives: 60)]
        let doubted = FusionEngine(records: records).attacks(in: Self.noise + Self.attack).first
        #expect((doubted?.logOdds ?? 0) < plain.logOdds)
    }

    @Test func `each finding is explained in words and numbers`() throws {
        let attack = try #require(FusionEngine().attacks(in: Self.noise + Self.attack).first)
        for line in ["odd sign-in", "likelier with an attack", "by chance once in", "a later phase of the kill chain"] {
            #expect(attack.story.contains(line))
        }
    }
}
