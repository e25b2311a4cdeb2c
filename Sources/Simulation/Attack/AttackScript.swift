internal import Chronology

/// The attack on Northwind Harbor, written down once when the scenario is made.
///
/// Somebody tries few passwords on all accounts, signs in with one that fits, comes in through the remote desktop
/// gateway, looks around, takes credentials out of memory, goes on to the servers with them, and copies the file shares
/// to a storage service outside.
struct AttackScript {
    static let sprayAddresses = ["203.0.113.41", "203.0.113.42", "203.0.113.43"]
    static let dropAddress = "198.51.100.77"
    static let dropName = "transfer.driftbox.example"
    static let agent = "python-requests/2.31.0"

    let start: Instant
    let duration: TimeSpan
    private(set) var events: [SimulatedEvent] = []
    var random: SeededGenerator

    /// Whose password fits.
    var victim: Person { Organisation.people[12] }
    /// The account found in memory.
    let serviceAccount = (name: "svc-backup", sid: Organisation.domainSID + "-1604")

    init(start: Instant, duration: TimeSpan, seed: UInt64) {
        self.start = start
        self.duration = duration
        random = SeededGenerator(seed: seed, part: -1)
        sprayPasswords()
        signIn()
        discover()
        dumpCredentials()
        moveLaterally()
        exfiltrate()
        events.sort { $0.time < $1.time }
    }

    /// The point of time at a part of the whole.
    func time(_ part: Double) -> Instant {
        start + TimeSpan(ticks: Int64(Double(duration.ticks) * part))
    }

    mutating func add(_ event: SimulatedEvent) { events.append(event) }

    mutating func add(_ new: [SimulatedEvent]) { events += new }

    /// A process of the attacker, a little later than `part` for what Sysmon adds.
    mutating func run(
        _ image: String, _ arguments: String, parent: String, on computer: Computer, as user: String, sid: String,
        at part: Double, stage: AttackStage, originalName: String? = nil
    ) {
        let start = ProcessStart(
            image: image,
            commandLine: image.split(separator: "\\").last.map(String.init).map { $0 + " " + arguments }
                ?? arguments, parent: parent, user: user, sid: sid, processID: random.number(2000..<9000) & ~3,
            parentID: random.number(2000..<9000) & ~3, guid: "{\(random.guid())}",
            hashes: "SHA256=" + String(random.next() | 1 << 63, radix: 16) + String(repeating: "a", count: 48),
            originalName: originalName)
        add(WindowsEvents(time: time(part), computer: computer, stage: stage).process(start))
    }
}
