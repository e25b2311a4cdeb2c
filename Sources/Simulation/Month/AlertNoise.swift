internal import Casebook
internal import Chronology
internal import Foundation
internal import Vocabulary

/// The alerts that are no attack.
struct AlertNoise {
    private let estate: Estate
    private let shape: NoiseShape
    private let perDay: Int
    private var generator: SeededGenerator
    /// By rule: the members, servers and accounts that cause most of it.
    private let habitual: [[Int]]
    private let total: Double

    init(seed: UInt64, estate: Estate, shape: NoiseShape, perDay: Int) {
        self.estate = estate
        self.shape = shape
        self.perDay = perDay
        var generator = SeededGenerator(seed: seed ^ 0x5EED_0F_A1E7)
        habitual = shape.rules.map { _ in
            (0..<generator.number(shape.habitualCauses)).map { _ in generator.number(0..<10_000) }
        }
        total = shape.rules.reduce(0) { $0 + $1.weight }
        self.generator = generator
    }

    mutating func alerts(day: Int, from start: Instant) -> [SimulatedAlert] {
        let midnight = start + .days(Int64(day))
        let factor = shape.week[day % shape.week.count]
        let count = Int(Double(perDay) * factor * (0.9 + Double(generator.number(0..<21)) / 100))
        var alerts: [SimulatedAlert] = []
        while alerts.count < count {
            let number = pick()
            let time = midnight + moment()
            let isHabitual = Double(generator.number(0..<1_000)) / 1_000 < shape.habit
            let cause = isHabitual ? habit(of: number) : generator.number(0..<10_000)
            alerts.append(make(shape.rules[number], cause: cause, at: time))
            if let partner = shape.couples[number] {
                alerts.append(
                    make(shape.rules[partner], cause: cause, at: time + .minutes(Int64(generator.number(1..<12)))))
            }
            // Work that trips one rule trips another: a maintenance, a roll-out.
            if generator.happens(oneIn: shape.companionsOneIn) { alerts += companions(of: number, at: time) }
        }
        for rule in MonthRule.rare where generator.happens(oneIn: shape.rareDays) {
            alerts.append(make(rule, cause: generator.number(0..<10_000), at: midnight + moment()))
        }
        if day % shape.scan.every == 2 % shape.scan.every { alerts += scan(at: midnight + .hours(2)) }
        if !shape.sweep.isEmpty { alerts += sweep(at: midnight + .hours(3)) }
        return alerts
    }

    /// Mostly in working hours.
    private mutating func moment() -> TimeSpan {
        let hour =
            generator.happens(oneIn: shape.anyHourOneIn)
            ? generator.number(0..<24) : generator.number(shape.workingHours)
        return TimeSpan.seconds(Double(hour * 3_600 + generator.number(0..<3_600)))
    }

    private mutating func pick() -> Int {
        var rest = Double(generator.number(0..<1_000_000)) / 1_000_000 * total
        for (number, rule) in shape.rules.enumerated() {
            rest -= rule.weight
            if rest < 0 { return number }
        }
        return 0
    }

    private mutating func habit(of rule: Int) -> Int {
        habitual[rule].isEmpty ? generator.number(0..<10_000) : generator.pick(habitual[rule])
    }

    private mutating func companions(of number: Int, at time: Instant) -> [SimulatedAlert] {
        let cause = habit(of: number)
        return (1...shape.mostCompanions).prefix(generator.number(1..<(shape.mostCompanions + 1))).map { step in
            make(
                shape.rules[(number + step * 3) % shape.rules.count], cause: cause,
                at: time + .minutes(Int64(generator.number(1..<40))))
        }
    }

    /// The scanner's visit trips rules all over the servers.
    private mutating func scan(at time: Instant) -> [SimulatedAlert] {
        estate.servers.prefix(shape.scan.servers).flatMap { server in
            (0..<shape.scan.perServer).map { _ in
                let rule = MonthRule.named(generator.pick(shape.scan.rules)) ?? shape.rules[0]
                return MonthAlert.make(
                    rule, [estate.host(server), estate.address("10.40.0.99"), estate.account("svc-scan")],
                    at: time + .minutes(Int64(generator.number(0..<90))), &generator)
            }
        }
    }

    /// An account that works on all machines trips rules on some of them each night.
    private mutating func sweep(at time: Instant) -> [SimulatedAlert] {
        shape.sweep.map { number in
            let host =
                generator.happens(oneIn: 3) ? generator.pick(estate.servers) : generator.pick(estate.members).host
            return MonthAlert.make(
                shape.rules[number], [estate.host(host), estate.account("svc-deploy")],
                at: time + .minutes(Int64(generator.number(0..<180))), &generator)
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
