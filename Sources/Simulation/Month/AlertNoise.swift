internal import Casebook
internal import Chronology
internal import Foundation
internal import Vocabulary

/// The alerts that are no attack.
struct AlertNoise {
    private let estate: Estate
    private let perDay: Int
    private var generator: SeededGenerator
    /// By rule: the members, servers and accounts that cause most of it.
    private let habitual: [[Int]]
    private let total: Double

    /// Share of a rule's alerts that its habitual causes make.
    private static let habit = 0.65
    /// Days between alerts of a rare rule.
    private static let rareDays = 18

    init(seed: UInt64, estate: Estate, perDay: Int) {
        self.estate = estate
        self.perDay = perDay
        var generator = SeededGenerator(seed: seed ^ 0x5EED_0F_A1E7)
        habitual = MonthRule.noisy.map { _ in
            (0..<generator.number(2..<9)).map { _ in generator.number(0..<10_000) }
        }
        total = MonthRule.noisy.reduce(0) { $0 + $1.weight }
        self.generator = generator
    }

    mutating func alerts(day: Int, from start: Instant) -> [SimulatedAlert] {
        let midnight = start + .days(Int64(day))
        let isWeekend = day % 7 >= 5
        let count = Int(Double(perDay) * (isWeekend ? 0.7 : 1.12) * (0.9 + Double(generator.number(0..<21)) / 100))
        var alerts: [SimulatedAlert] = []
        while alerts.count < count {
            let number = pick()
            let time = midnight + moment()
            alerts.append(alert(number, at: time))
            // Work that trips one rule trips another: a maintenance, a roll-out.
            if generator.happens(oneIn: 9) { alerts += companions(of: number, at: time) }
        }
        for rule in MonthRule.rare where generator.happens(oneIn: Self.rareDays) {
            alerts.append(make(rule, cause: generator.number(0..<10_000), at: midnight + moment()))
        }
        if day % 7 == 2 { alerts += scan(at: midnight + .hours(2)) }
        return alerts
    }

    /// Mostly in working hours.
    private mutating func moment() -> TimeSpan {
        let hour = generator.happens(oneIn: 4) ? generator.number(0..<24) : generator.number(7..<18)
        return TimeSpan.seconds(Double(hour * 3_600 + generator.number(0..<3_600)))
    }

    private mutating func pick() -> Int {
        var rest = Double(generator.number(0..<1_000_000)) / 1_000_000 * total
        for (number, rule) in MonthRule.noisy.enumerated() {
            rest -= rule.weight
            if rest < 0 { return number }
        }
        return 0
    }

    private mutating func alert(_ number: Int, at time: Instant) -> SimulatedAlert {
        let isHabitual = Double(generator.number(0..<1_000)) / 1_000 < Self.habit
        let cause = isHabitual ? generator.pick(habitual[number]) : generator.number(0..<10_000)
        return make(MonthRule.noisy[number], cause: cause, at: time)
    }

    private mutating func companions(of number: Int, at time: Instant) -> [SimulatedAlert] {
        let cause = generator.pick(habitual[number])
        return [1, 2].prefix(generator.number(1..<3)).map { step in
            make(
                MonthRule.noisy[(number + step * 3) % MonthRule.noisy.count], cause: cause,
                at: time + .minutes(Int64(generator.number(1..<40))))
        }
    }

    /// The weekly scan trips rules all over the servers.
    private mutating func scan(at time: Instant) -> [SimulatedAlert] {
        let rules = ["Port scan of a server", "Many failed sign-ins (servers)", "Web attack blocked"]
        return estate.servers.prefix(12).map { server in
            let rule = MonthRule.named(generator.pick(rules)) ?? MonthRule.noisy[0]
            return MonthAlert.make(
                rule, [estate.host(server), estate.address("10.40.0.99"), estate.account("svc-scan")],
                at: time + .minutes(Int64(generator.number(0..<90))), &generator)
        }
    }

    private mutating func make(_ rule: MonthRule, cause: Int, at time: Instant) -> SimulatedAlert {
        let administrators = estate.members.filter(\.isAdministrator)
        let member = estate.members[cause % estate.members.count]
        let server = estate.servers[cause % estate.servers.count]
        let administrator = administrators.isEmpty ? member : administrators[cause % administrators.count]
        let entities: [Entity] =
            switch rule.subject {
            case .person: [estate.account(member.name)]
            case .personAtHost: [estate.account(member.name), estate.host(member.host), estate.address(member.address)]
            case .host: [estate.host(member.host), estate.address(member.address)]
            case .server: [estate.host(server)]
            case .serverByAdministrator: [estate.host(server), estate.account(administrator.name)]
            case .serviceAccount:
                [estate.account(estate.serviceAccounts[cause % estate.serviceAccounts.count])]
            case .personFromOutside: [estate.account(member.name), estate.address(estate.outside(&generator))]
            case .hostThroughProxy:
                [estate.host(member.host), estate.address(estate.proxy), estate.address(estate.nameServer)]
            case .serverFromOutside: [estate.host(server), estate.address(estate.outside(&generator))]
            }
        return MonthAlert.make(rule, entities, at: time, &generator)
    }
}

/// Makes alerts as analytics rules do.
enum MonthAlert {
    static func make(
        _ rule: MonthRule, _ entities: [Entity], at time: Instant, intrusion: IntrusionKind? = nil,
        _ generator: inout SeededGenerator
    ) -> SimulatedAlert {
        var alert = NewAlert(
            displayName: rule.name, severity: rule.severity, startTime: time,
            endTime: time + .minutes(Int64(generator.number(0..<6))), generatedTime: time + .minutes(6))
        alert.ruleID = rule.name
        alert.ruleName = rule.name
        alert.tactics = [rule.tactic]
        alert.techniques = [rule.technique]
        alert.entities = entities
        // As rules are configured: most by the same entities, some apart.
        let isSeparate = rule.name.utf8.count % 4 == 0
        return SimulatedAlert(
            alert: alert, intrusion: intrusion,
            grouping: isSeparate
                ? .separate : .rule(GroupingConfiguration(matchingMethod: .allEntities, lookback: .hours(5))))
    }
}
