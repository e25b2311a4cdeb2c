internal import Chronology
internal import JSON

/// What happens in the organisation on any day. Each minute is made on its own from the seed, so that any stretch of
/// time can be had without the time before it.
struct OrdinaryTraffic {
    let seed: UInt64
    /// About how many events a minute has.
    let eventsPerMinute: Int

    /// The events of a minute since 1970, in order.
    func events(minute: Int64) -> [SimulatedEvent] {
        var random = SeededGenerator(seed: seed, part: minute)
        let start = Instant(unixMicroseconds: minute * 60_000_000)
        var events: [SimulatedEvent] = []
        while events.count < eventsPerMinute {
            let time = start + TimeSpan(ticks: Int64(random.number(0..<600_000_000)))
            events += moment(time, &random)
        }
        return events.sorted { $0.time < $1.time }
    }

    private func moment(_ time: Instant, _ random: inout SeededGenerator) -> [SimulatedEvent] {
        let person = random.pick(Organisation.people)
        switch random.number(0..<100) {
        case 0..<30: return [flow(time, person, &random)]
        case 30..<52: return process(time, person, &random)
        case 52..<62: return [logon(time, person, &random)]
        case 62..<72: return [ticket(time, person, &random)]
        case 72..<80: return [network(time, person, &random)]
        case 80..<88: return [signIn(time, person, &random)]
        case 88..<93: return [linux(time, &random)]
        case 93..<96: return [share(time, person, &random)]
        case 96..<98: return [directory(time, person, &random)]
        default: return [resource(time, &random)]
        }
    }

    private func flow(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> SimulatedEvent {
        let isAllowed = !random.happens(oneIn: 25)
        let flow = NetworkEvents.Flow(
            source: Organisation.workstation(of: person).address, destination: "198.51.100.\(random.number(100..<200))",
            port: isAllowed ? random.pick([443, 443, 443, 80]) : random.pick([445, 23, 3389, 8333]),
            isAllowed: isAllowed,
            sent: random.number(400..<90_000), received: isAllowed ? random.number(900..<4_000_000) : 0,
            app: isAllowed ? random.pick(["ssl", "web-browsing", "ms-office365", "zoom"]) : "unknown-tcp",
            user: Organisation.shortDomain + "\\" + person.account)
        return NetworkEvents(time: time).flow(flow, sourcePort: random.number(49_152..<65_535))
    }

    private static let programs: [(image: String, arguments: String, parent: String)] = [
        (#"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE"#, "", #"C:\Windows\explorer.exe"#),
        (
            #"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"#, #" "M:\Chartering\voyages.xlsx""#,
            #"C:\Windows\explorer.exe"#
        ),
        (
            #"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe"#, " --type=renderer",
            #"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe"#
        ),
        (#"C:\Windows\System32\svchost.exe"#, " -k netsvcs -p -s Schedule", #"C:\Windows\System32\services.exe"#),
        (#"C:\Windows\System32\conhost.exe"#, " 0xffffffff -ForceV1", #"C:\Windows\System32\cmd.exe"#),
        (
            #"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#,
            #" -NoProfile -File C:\Scripts\inventory.ps1"#, #"C:\Windows\System32\svchost.exe"#
        ),
        (#"C:\Windows\System32\taskhostw.exe"#, "", #"C:\Windows\System32\svchost.exe"#),
        (#"C:\Program Files\NorthCargo\cargo.exe"#, " /berth:4", #"C:\Windows\explorer.exe"#),
        (#"C:\Windows\System32\ipconfig.exe"#, " /all", #"C:\Windows\System32\cmd.exe"#),
    ]

    private func process(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> [SimulatedEvent] {
        let program = random.pick(OrdinaryTraffic.programs)
        let start = ProcessStart(
            image: program.image, commandLine: "\"\(program.image)\"\(program.arguments)", parent: program.parent,
            user: person.account, sid: person.sid, processID: random.number(1000..<20_000) & ~3,
            parentID: random.number(600..<9000) & ~3, guid: "{\(random.guid())}",
            hashes: "SHA256=" + String(repeating: "0", count: 48) + String(random.next() >> 4 | 1 << 60, radix: 16))
        return WindowsEvents(time: time, computer: Organisation.workstation(of: person)).process(start)
    }

    private func logon(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> SimulatedEvent {
        let logonID = "0x" + String(random.number(0x10000..<0xFFFFFFF), radix: 16)
        let workstation = Organisation.workstation(of: person)
        if random.happens(oneIn: 40) {
            return WindowsEvents(time: time, computer: workstation).failedLogon(
                person.account, type: 2, from: "127.0.0.1")
        }
        if random.happens(oneIn: 3) {
            return WindowsEvents(time: time, computer: workstation).logon(
                person.account, sid: person.sid, type: 2, from: "127.0.0.1", workstation: workstation.name,
                logonID: logonID)
        }
        return WindowsEvents(time: time, computer: random.pick(Organisation.servers)).logon(
            person.account, sid: person.sid, type: 3, from: workstation.address, logonID: logonID)
    }

    private func ticket(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> SimulatedEvent {
        let server = random.pick(Organisation.servers)
        return WindowsEvents(time: time, computer: Organisation.domainController).ticket(
            person.account, service: server.name + "$", from: Organisation.workstation(of: person).address)
    }

    private func network(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> SimulatedEvent {
        let events = WindowsEvents(time: time, computer: Organisation.workstation(of: person))
        let image = random.pick(OrdinaryTraffic.programs).image
        let address = "198.51.100.\(random.number(100..<200))"
        let name = random.pick([
            "outlook.mail.example", "intranet.nwharbor.example", "weather.port.example", "cdn.news.example",
        ])
        return random.happens(oneIn: 2)
            ? events.nameQuery(name, answer: address, by: image, user: person.account)
            : events.connection(from: image, user: person.account, to: address, port: 443, name: name)
    }

    private func signIn(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> SimulatedEvent {
        let isOffice = random.happens(oneIn: 2)
        var signIn = CloudEvents.SignIn(
            person: person, address: isOffice ? Organisation.egress : person.homeAddress, country: person.city.country,
            city: person.city.name, id: random.guid())
        signIn.isInteractive = random.happens(oneIn: 3)
        if signIn.isInteractive, random.happens(oneIn: 20) {
            signIn.result = 50126
            signIn.reason = "Error validating credentials due to invalid username or password."
        }
        return CloudEvents(time: time).signIn(signIn)
    }

    private func linux(_ time: Instant, _ random: inout SeededGenerator) -> SimulatedEvent {
        let host = random.pick(["nwh-lx01", "nwh-lx02"])
        let events = NetworkEvents(time: time)
        return random.happens(oneIn: 3)
            ? events.message(
                host, "sshd[\(random.number(900..<30_000))]", priority: 86,
                "Accepted publickey for deploy from 10.20.1.60 port \(random.number(40_000..<60_000)) ssh2")
            : events.message(
                host, "CRON[\(random.number(900..<30_000))]", priority: 78, "(root) CMD (/usr/local/bin/sync-manifests)"
            )
    }

    private func share(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> SimulatedEvent {
        WindowsEvents(time: time, computer: Organisation.fileServer).shareAccess(
            "Shares", file: #"Chartering\voyage-\#(random.number(100..<999)).xlsx"#, user: person.account,
            sid: person.sid, from: Organisation.workstation(of: person).address)
    }

    private func directory(_ time: Instant, _ person: Person, _ random: inout SeededGenerator) -> SimulatedEvent {
        CloudEvents(time: time).change(
            random.pick(["Update user", "Add member to group", "Update device"]), category: "UserManagement",
            by: Organisation.people[3], from: Organisation.egress,
            targets: [
                [
                    "id": .string(person.objectID), "displayName": .string(person.displayName), "type": "User",
                    "userPrincipalName": .string(person.principalName), "modifiedProperties": [],
                ]
            ], id: random.guid())
    }

    private func resource(_ time: Instant, _ random: inout SeededGenerator) -> SimulatedEvent {
        CloudEvents(time: time).operation(
            random.pick([
                "Microsoft.Compute/virtualMachines/read", "Microsoft.Web/sites/restart/Action",
                "Microsoft.Insights/diagnosticSettings/read",
            ]),
            on: "Microsoft.Compute/virtualMachines/nwh-app\(random.number(1..<4))", group: "harbor-prod",
            by: Organisation.people[random.number(1..<4)], from: Organisation.egress, id: random.guid())
    }
}
