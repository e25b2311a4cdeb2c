internal import Vocabulary

/// How the noise of a simulated month is made.
struct NoiseShape: Sendable {
    /// The rules that make it, each with its weight.
    var rules: [MonthRule]
    /// Share of a rule's alerts that its habitual causes make.
    var habit: Double
    var habitualCauses: Range<Int>
    /// One in so many alerts brings others of the same work along.
    var companionsOneIn: Int
    var mostCompanions: Int
    /// Days between alerts of a rare rule.
    var rareDays: Int
    /// What the days of a week are multiplied with.
    var week: [Double]
    /// One in so many alerts comes at any hour, the others in working hours.
    var anyHourOneIn: Int
    var workingHours: Range<Int>
    var scan: Scan
    /// Pairs of rules, by their numbers, of which the second always follows the first within minutes.
    var couples: [Int: Int]
    /// A service account that signs in to all machines at night trips these rules there.
    var sweep: [Int]

    /// A scanner's visit.
    struct Scan: Sendable {
        /// Days between visits.
        var every: Int
        var servers: Int
        /// By name; each server trips this many of them.
        var rules: [String]
        var perServer: Int
    }

    /// What `SimulatedMonth` has played from the beginning.
    static let usual = NoiseShape(
        rules: MonthRule.noisy, habit: 0.65, habitualCauses: 2..<9, companionsOneIn: 9, mostCompanions: 2, rareDays: 18,
        week: [1.12, 1.12, 1.12, 1.12, 1.12, 0.7, 0.7], anyHourOneIn: 4, workingHours: 7..<18,
        scan: Scan(
            every: 7, servers: 12,
            rules: ["Port scan of a server", "Many failed sign-ins (servers)", "Web attack blocked"], perServer: 1),
        couples: [:], sweep: [])

    /// An organisation of its own for each seed: other rules make the noise, with other tactics and severities, in bursts of
    /// other sizes; couples of rules, a scanner that looks like several stages, and an account that is everywhere.
    static func varied(_ generator: inout SeededGenerator) -> NoiseShape {
        // Rules that intrusions trip keep what they are; the others take each other's tactics and severities.
        let kept = MonthRule.noisy.prefix(20)
        let others = MonthRule.noisy.dropFirst(20)
        let tactics = others.map { ($0.tactic, $0.technique) }.shuffled(using: &generator)
        let severities = others.map(\.severity).shuffled(using: &generator)
        let steepness = Double(generator.number(5..<80)) / 100
        var rules = Array(kept)
        for (number, rule) in others.enumerated() where !generator.happens(oneIn: 3) {
            rules.append(
                MonthRule(
                    name: rule.name, severity: generator.happens(oneIn: 15) ? .high : severities[number],
                    tactic: tactics[number].0, technique: tactics[number].1,
                    subject: generator.pick(MonthRule.Subject.allCases), weight: 0))
        }
        let weights = rules.indices.shuffled(using: &generator)
        rules = zip(rules, weights).map { $0.weighing(1 / (1 + Double($1) * steepness)) }
        var couples: [Int: Int] = [:]
        for _ in 0..<generator.number(2..<5) {
            let (first, second) = (generator.number(0..<rules.count), generator.number(0..<rules.count))
            if first != second, couples[second] == nil { couples[first] = second }
        }
        let isQuietWeekend = generator.happens(oneIn: 2)
        let early = generator.number(0..<9)
        return NoiseShape(
            rules: rules, habit: Double(generator.number(20..<90)) / 100, habitualCauses: 1..<generator.number(3..<14),
            companionsOneIn: generator.number(5..<20), mostCompanions: generator.number(2..<6),
            rareDays: generator.number(10..<40),
            week: isQuietWeekend ? [1.35, 1.35, 1.3, 1.3, 1.3, 0.2, 0.2] : Array(repeating: 1, count: 7),
            anyHourOneIn: generator.number(2..<8), workingHours: early..<(early + 10),
            scan: Scan(
                every: generator.number(2..<8), servers: generator.number(3..<20),
                rules: [
                    "Port scan of a server", "Many failed sign-ins (servers)", "Web attack blocked",
                    "Discovery commands in a row", "Remote logon between servers",
                ], perServer: generator.number(1..<4)),
            couples: couples, sweep: (0..<generator.number(0..<4)).map { _ in generator.number(0..<rules.count) })
    }
}

extension MonthRule {
    fileprivate func weighing(_ weight: Double) -> MonthRule {
        MonthRule(
            name: name, severity: severity, tactic: tactic, technique: technique, subject: subject, weight: weight)
    }
}
