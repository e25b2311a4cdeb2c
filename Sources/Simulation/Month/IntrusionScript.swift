internal import Casebook
internal import Chronology
internal import Vocabulary

/// The alerts of one intrusion: some of rules that are noisy anyway, most of low severity, victims and times by the seed.
struct IntrusionScript {
    private struct Step {
        let rule: String
        /// After the step before, in minutes, between these.
        let wait: Range<Int>
        let entities: [Entity]
        /// A step that not every intrusion takes.
        var isOptional = false
    }

    private let kind: IntrusionKind
    private let estate: Estate
    private var generator: SeededGenerator

    init(kind: IntrusionKind, estate: Estate, seed: UInt64) {
        self.kind = kind
        self.estate = estate
        generator = SeededGenerator(seed: seed)
    }

    mutating func alerts(from start: Instant, days: Int) -> [SimulatedAlert] {
        let steps =
            switch kind {
            case .ransomware: ransomware()
            case .identityTakeover: identityTakeover()
            case .insider: insider()
            case .webServer: webServer()
            case .supplyChain: supplyChain()
            }
        let longest = steps.reduce(0) { $0 + $1.wait.upperBound } / 1_440 + 1
        let day = generator.number(0..<max(1, days - longest))
        var time = start + .days(Int64(day)) + .minutes(Int64(generator.number(420..<1_000)))
        var alerts: [SimulatedAlert] = []
        var skipped = 0
        for step in steps {
            time = time + .minutes(Int64(generator.number(step.wait)))
            if step.isOptional, skipped < 2, generator.happens(oneIn: 3) {
                skipped += 1
                continue
            }
            guard let rule = MonthRule.named(step.rule) else { continue }
            alerts.append(MonthAlert.make(rule, step.entities, at: time, intrusion: kind, &generator))
        }
        return alerts
    }

    /// A mail, a shell, credentials, the servers, the blackmail; within two days.
    private mutating func ransomware() -> [Step] {
        let victim = generator.pick(estate.members)
        let server = estate.host(generator.pick(estate.servers))
        let person = estate.account(victim.name)
        let host = estate.host(victim.host)
        let control = estate.address(estate.outside(&generator))
        return [
            Step(rule: "Suspicious link clicked", wait: 0..<10, entities: [person, host]),
            Step(rule: "Office program starts a shell", wait: 1..<30, entities: [person, host]),
            Step(rule: "Encoded command line", wait: 1..<20, entities: [person, host], isOptional: true),
            Step(rule: "Beacon-like traffic", wait: 5..<180, entities: [host, control]),
            Step(rule: "Memory of LSASS read", wait: 30..<600, entities: [host, person]),
            Step(rule: "Network share enumerated", wait: 5..<120, entities: [person, host], isOptional: true),
            Step(rule: "Remote execution with a service", wait: 20..<600, entities: [server, host, person]),
            Step(rule: "Shadow copies deleted", wait: 20..<300, entities: [server]),
            Step(rule: "Many files renamed", wait: 1..<30, entities: [server, person]),
        ]
    }

    /// A password and a tired finger; then the mailbox, the files and a role.
    private mutating func identityTakeover() -> [Step] {
        let victim = estate.account(generator.pick(estate.members).name)
        let outside = estate.address(estate.outside(&generator))
        return [
            Step(rule: "Sign-in from an unusual place", wait: 0..<10, entities: [victim, outside]),
            Step(rule: "Many sign-in prompts denied", wait: 1..<60, entities: [victim, outside]),
            Step(rule: "Authentication method added", wait: 5..<120, entities: [victim, outside]),
            Step(rule: "Inbox rule made", wait: 10..<600, entities: [victim], isOptional: true),
            Step(rule: "Mail forwarded outside", wait: 10..<300, entities: [victim, outside]),
            Step(rule: "Consent to an application", wait: 60..<900, entities: [victim], isOptional: true),
            Step(rule: "Privileged role given", wait: 60..<900, entities: [victim]),
            Step(rule: "Mass file download", wait: 30..<600, entities: [victim, outside]),
        ]
    }

    /// Somebody who is about to leave, over a week.
    private mutating func insider() -> [Step] {
        let member = generator.pick(estate.members)
        let person = estate.account(member.name)
        let host = estate.host(member.host)
        return [
            Step(rule: "Logon at an unusual hour", wait: 0..<60, entities: [person, host]),
            Step(rule: "First access to a sensitive share", wait: 20..<600, entities: [person, host]),
            Step(rule: "Network share enumerated", wait: 20..<600, entities: [person, host], isOptional: true),
            Step(rule: "Very many files read", wait: 600..<2_000, entities: [person, host]),
            Step(rule: "USB storage attached", wait: 300..<1_800, entities: [person, host], isOptional: true),
            Step(rule: "Upload to a personal cloud store", wait: 300..<1_800, entities: [person, host]),
            Step(rule: "Event log cleared", wait: 60..<1_200, entities: [host, person]),
        ]
    }

    /// A hole in a web server, then the database beside it.
    private mutating func webServer() -> [Step] {
        let web = estate.host(generator.pick(estate.servers))
        let database = estate.host(generator.pick(estate.servers))
        let outside = estate.address(estate.outside(&generator))
        return [
            Step(rule: "Port scan of a server", wait: 0..<10, entities: [web, outside]),
            Step(rule: "Web attack blocked", wait: 5..<90, entities: [web, outside], isOptional: true),
            Step(rule: "Web server starts a shell", wait: 5..<200, entities: [web, outside]),
            Step(rule: "Discovery commands in a row", wait: 1..<60, entities: [web]),
            Step(rule: "Beacon-like traffic", wait: 10..<300, entities: [web, outside]),
            Step(rule: "Remote logon between servers", wait: 30..<900, entities: [web, database]),
            Step(rule: "Archive of a database made", wait: 30..<900, entities: [database]),
            Step(
                rule: "Large upload through the proxy", wait: 10..<300, entities: [database, outside], isOptional: true),
        ]
    }

    /// The token of a build pipeline in foreign hands.
    private mutating func supplyChain() -> [Step] {
        let token = estate.account("svc-ci")
        let outside = estate.address(estate.outside(&generator))
        let application = Entity(kind: .cloudApplication, identifiers: ["Name": "build-\(generator.number(1..<40))"])
        return [
            Step(rule: "Token used from a new address", wait: 0..<10, entities: [token, outside]),
            Step(rule: "Pipeline definition changed", wait: 5..<240, entities: [token, outside, application]),
            Step(rule: "Many secrets read", wait: 10..<600, entities: [token, application]),
            Step(rule: "Credential added to an application", wait: 10..<600, entities: [application, outside]),
            Step(
                rule: "Storage listed by an automation", wait: 30..<900, entities: [application, outside],
                isOptional: true),
            Step(rule: "Service account used interactively", wait: 30..<600, entities: [token], isOptional: true),
            Step(rule: "Large transfer from storage", wait: 30..<900, entities: [application, outside]),
        ]
    }
}
