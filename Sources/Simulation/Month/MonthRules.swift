internal import Vocabulary

/// A rule whose alerts a simulated month holds.
struct MonthRule: Sendable {
    /// Whom or what its alerts name.
    enum Subject: Sendable, CaseIterable {
        case person, personAtHost, host, server, serverByAdministrator, serviceAccount, personFromOutside
        case hostThroughProxy, serverFromOutside
    }

    let name: String
    let severity: Severity
    let tactic: Tactic
    let technique: String
    let subject: Subject
    /// Its share of the noise.
    let weight: Double

    /// The sixty rules that make the noise: a few make most of it.
    static let noisy: [MonthRule] = {
        let makers: [(String, Severity, Tactic, String, Subject)] = [
            ("Sign-in from an unusual place", .low, .initialAccess, "T1078", .personFromOutside),
            ("Many failed sign-ins", .low, .credentialAccess, "T1110", .personFromOutside),
            ("Suspicious link clicked", .low, .initialAccess, "T1566.002", .personAtHost),
            ("Encoded command line", .low, .execution, "T1059.001", .personAtHost),
            ("New scheduled task", .low, .persistence, "T1053.005", .serverByAdministrator),
            ("New service installed", .medium, .persistence, "T1543.003", .serverByAdministrator),
            ("Remote management tool used", .medium, .commandAndControl, "T1219", .personAtHost),
            ("Large upload through the proxy", .medium, .exfiltration, "T1567", .hostThroughProxy),
            ("Rare domain looked up", .informational, .commandAndControl, "T1071.004", .hostThroughProxy),
            ("Port scan of a server", .low, .reconnaissance, "T1595", .serverFromOutside),
            ("Web attack blocked", .low, .initialAccess, "T1190", .serverFromOutside),
            ("Administrator group changed", .medium, .privilegeEscalation, "T1098", .serverByAdministrator),
            ("Mass file download", .medium, .collection, "T1530", .person),
            ("Service account used interactively", .medium, .defenseEvasion, "T1078.003", .serviceAccount),
            ("Antivirus found unwanted software", .low, .execution, "T1204", .host),
            ("USB storage attached", .informational, .collection, "T1025", .personAtHost),
            ("Network share enumerated", .low, .discovery, "T1135", .personAtHost),
            ("Logon at an unusual hour", .informational, .initialAccess, "T1078", .personAtHost),
            ("Inbox rule made", .low, .persistence, "T1137.005", .person),
            ("Consent to an application", .low, .persistence, "T1528", .person),
        ]
        let places = ["", " (servers)", " (cloud)"]
        var rules: [MonthRule] = []
        for (round, place) in places.enumerated() {
            for (number, maker) in makers.enumerated() {
                let subject: Subject = round == 0 ? maker.4 : round == 1 ? .server : .person
                rules.append(
                    MonthRule(
                        name: maker.0 + place, severity: maker.1, tactic: maker.2, technique: maker.3, subject: subject,
                        weight: 1 / (1 + Double((number * 7 + round * 13) % 60) * 0.25)))
            }
        }
        return rules
    }()

    /// Rules that fire now and then without any attack too.
    static let rare: [MonthRule] = {
        let makers: [(String, Severity, Tactic, String, Subject)] = [
            ("Office program starts a shell", .medium, .execution, "T1204.002", .personAtHost),
            ("Beacon-like traffic", .medium, .commandAndControl, "T1071.001", .host),
            ("Memory of LSASS read", .high, .credentialAccess, "T1003.001", .personAtHost),
            ("Remote execution with a service", .medium, .lateralMovement, "T1569.002", .server),
            ("Shadow copies deleted", .high, .impact, "T1490", .server),
            ("Many files renamed", .high, .impact, "T1486", .server),
            ("Many sign-in prompts denied", .low, .credentialAccess, "T1621", .person),
            ("Authentication method added", .low, .persistence, "T1556.006", .person),
            ("Mail forwarded outside", .medium, .collection, "T1114.003", .person),
            ("Privileged role given", .medium, .privilegeEscalation, "T1098.003", .person),
            ("First access to a sensitive share", .low, .discovery, "T1083", .personAtHost),
            ("Very many files read", .low, .collection, "T1039", .personAtHost),
            ("Upload to a personal cloud store", .medium, .exfiltration, "T1567.002", .personAtHost),
            ("Event log cleared", .medium, .defenseEvasion, "T1070.001", .host),
            ("Web server starts a shell", .medium, .persistence, "T1505.003", .server),
            ("Discovery commands in a row", .low, .discovery, "T1082", .server),
            ("Remote logon between servers", .low, .lateralMovement, "T1021", .server),
            ("Archive of a database made", .low, .collection, "T1560", .server),
            ("Pipeline definition changed", .low, .persistence, "T1195.002", .serviceAccount),
            ("Token used from a new address", .low, .initialAccess, "T1078.004", .serviceAccount),
            ("Many secrets read", .low, .credentialAccess, "T1555.006", .serviceAccount),
            ("Credential added to an application", .medium, .persistence, "T1098.001", .serviceAccount),
            ("Storage listed by an automation", .low, .discovery, "T1619", .serviceAccount),
            ("Large transfer from storage", .medium, .exfiltration, "T1537", .serviceAccount),
        ]
        return makers.map { maker in
            MonthRule(
                name: maker.0, severity: maker.1, tactic: maker.2, technique: maker.3, subject: maker.4, weight: 0)
        }
    }()

    static func named(_ name: String) -> MonthRule? { (noisy + rare).first { $0.name == name } }
}
