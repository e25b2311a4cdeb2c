import Chronology
import Testing

@testable import Collection

/// Sources over weeks of a manual clock.
struct SourceWatchTests {
    private static let policy = SourceRhythm.Policy()
    /// A Monday.
    private static let start = Instant(iso8601: "2026-11-02T00:00:00Z") ?? .unixEpoch

    /// Lets a source speak whenever `speaks` says so, minute by minute, and gives what became of it.
    private func watch(
        minutes: Int, expected: TimeSpan? = nil, speaks: (Int) -> Bool
    ) -> [(minute: Int, change: SourceWatch.Change)] {
        var watch = SourceWatch()
        var changes: [(Int, SourceWatch.Change)] = []
        for minute in 0..<minutes {
            let now = Self.start + .minutes(Int64(minute))
            if speaks(minute), let change = watch.hear(at: now, Self.policy) { changes.append((minute, change)) }
            if let change = watch.tick(at: now, expected: expected, Self.policy) { changes.append((minute, change)) }
        }
        return changes
    }

    @Test func `a source that speaks every minute is missed a quarter of an hour after its last word`() {
        let end = 12 * 60
        let changes = watch(minutes: 24 * 60) { $0 < end }
        #expect(changes.count == 1)
        #expect(changes.first.map { $0.minute - end } == 15)
        #expect(
            changes.first?.change
                == .fellSilent(since: Self.start + .minutes(Int64(end - 1)), interval: .minutes(1)))
    }

    @Test func `a source that speaks again says so once`() {
        let changes = watch(minutes: 24 * 60) { $0 < 720 || $0 >= 900 }
        #expect(changes.map(\.minute) == [735, 900])
        #expect(changes.last?.change == .spokeAgain(since: Self.start + .minutes(719)))
    }

    @Test func `a source that speaks once an hour is given three of its intervals`() {
        let changes = watch(minutes: 4 * 1440) { $0 % 60 == 7 && $0 < 3 * 1440 }
        #expect(changes.count == 1)
        let last = 3 * 1440 - 53
        #expect(changes.first.map { (170...190).contains($0.minute - last) } == true)
    }

    @Test func `quiet nights and weekends are no silence, a quiet morning is`() {
        func isOfficeHour(_ minute: Int) -> Bool {
            (minute / 1440) % 7 < 5 && (8 * 60..<18 * 60).contains(minute % 1440)
        }
        let weeks = 4 * 7 * 1440
        #expect(watch(minutes: weeks) { isOfficeHour($0) }.isEmpty)
        let changes = watch(minutes: weeks + 1440) { isOfficeHour($0) && $0 < weeks }
        #expect(changes.count == 1)
        #expect(changes.first.map { ($0.minute - weeks) / 60 } == 8, "on Monday after eight, when it should speak")
    }

    @Test(arguments: [1, 30, 180])
    func `an upload that ends is no source that fell silent`(minutes: Int) {
        #expect(watch(minutes: 21 * 1440) { $0 < minutes }.isEmpty)
    }

    @Test func `uploads on some days at some hours are none either`() {
        let starts = [600, 1440 + 900, 3 * 1440 + 300, 6 * 1440 + 700, 9 * 1440 + 1000]
        #expect(watch(minutes: 30 * 1440) { minute in starts.contains { ($0..<$0 + 20).contains(minute) } }.isEmpty)
    }

    @Test func `what someone expects is missed without having been learnt`() {
        let changes = watch(minutes: 60, expected: .minutes(10)) { $0 == 5 }
        #expect(changes.map(\.minute) == [16])
    }

    @Test func `while nobody listened nothing fell silent`() {
        var watch = SourceWatch()
        for minute in 0..<720 {
            _ = watch.hear(at: Self.start + .minutes(Int64(minute)), Self.policy)
        }
        let later = Self.start + .hours(40)
        #expect(watch.tick(at: later, Self.policy) == nil)
        #expect(watch.tick(at: later + .minutes(5), Self.policy) == nil)
        let changes = (6...20).compactMap { watch.tick(at: later + .minutes(Int64($0)), Self.policy) }
        #expect(changes.count == 1)
    }

    @Test func `a burst of what cannot be read begins once and ends once`() {
        var watch = FailureWatch()
        let policy = FailureWatch.Policy()
        let minutes = [(0, 500), (2, 50), (90, 50), (80, 20), (0, 100), (0, 0), (0, 0), (0, 10), (0, 10), (0, 10)]
        let changes = minutes.map { watch.pass(failures: $0.0, events: $0.1, policy) }
        #expect(changes.compactMap(\.self).count == 2)
        #expect(changes[3] == .burst(failures: 172, events: 620))
        #expect(changes[8] == .over)
        #expect(!watch.isBursting)
    }
}

struct SourceLedgerTests {
    private static let now = Instant(iso8601: "2026-11-02T10:00:00Z") ?? .unixEpoch

    private func observation(_ sender: String, events: Int = 1, late seconds: Double = 0) -> SourceObservation {
        var counts = SourceCounts()
        counts.events = events
        counts.rows = events
        var delays = DelayHistogram()
        for _ in 0..<events { delays.add(.seconds(seconds)) }
        return SourceObservation(
            key: SourceKey(origin: "udp", source: "windows", table: "SecurityEvent", sender: sender), counts: counts,
            lastEvent: Self.now - .seconds(seconds), delays: delays)
    }

    @Test func `a feed counts what all its senders bring`() {
        let ledger = SourceLedger()
        ledger.note([observation("a", events: 3), observation("b", events: 4, late: 90)], at: Self.now)
        let sources = ledger.sources
        #expect(sources.map(\.key.sender) == ["", "a", "b"])
        #expect(sources.map(\.counts.events) == [7, 3, 4])
        #expect(sources[0].lastEvent == Self.now)
        #expect(sources[0].delays.quantile(0.5) == 128)
        #expect(sources[1].delays.quantile(0.99) == 1)
        #expect(sources[0].minutes.rate(over: 1, at: Self.now) == 7)
        #expect(sources[0].minutes.rate(over: 5, at: Self.now + .minutes(2)) == 1.4)
        #expect(sources[0].minutes.rate(over: 60, at: Self.now + .hours(2)) == 0)
    }

    @Test func `senders beyond the bound are counted together`() {
        let ledger = SourceLedger(limit: 3)
        ledger.note((0..<50).map { observation("host-\($0)") }, at: Self.now)
        #expect(ledger.sources.count == 4)
        #expect(ledger.sources.first { $0.key.origin == "*" }?.counts.events == 48)
    }

    @Test func `a step tells what came since the one before`() {
        let ledger = SourceLedger()
        ledger.note([observation("a", events: 3)], at: Self.now)
        #expect(ledger.step(at: Self.now).progress.map(\.since.events) == [3, 3])
        ledger.note([observation("a", events: 2)], at: Self.now)
        #expect(ledger.step(at: Self.now + .minutes(1)).progress.map(\.since.events) == [2, 2])
        #expect(ledger.step(at: Self.now + .minutes(2)).progress.isEmpty)
    }

    @Test func `when all of a feed is silent its senders are not told one by one`() {
        let ledger = SourceLedger(expectations: [SourceExpectation("udp/*=5")].compactMap(\.self))
        ledger.note((0..<20).map { observation("host-\($0)") }, at: Self.now)
        let changes = (0..<10).flatMap { ledger.step(at: Self.now + .minutes(Int64($0))).changes }
        #expect(changes.map(\.key.sender) == [""])
    }

    @Test func `one of several senders that is silent is told`() {
        let ledger = SourceLedger(expectations: [SourceExpectation("udp/*=5")].compactMap(\.self))
        ledger.note([observation("a"), observation("b")], at: Self.now)
        var changes: [SourceChange] = []
        for minute in 0..<10 {
            ledger.note([observation("a")], at: Self.now + .minutes(Int64(minute)))
            changes += ledger.step(at: Self.now + .minutes(Int64(minute))).changes
        }
        #expect(changes.map(\.key.sender) == ["b"])
        ledger.note([observation("b")], at: Self.now + .minutes(10))
        #expect(
            ledger.step(at: Self.now + .minutes(10)).changes.map(\.kind)
                == [.silence(.spokeAgain(since: Self.now))])
    }

    @Test func `what is known survives a restart`() {
        let first = SourceLedger()
        first.note([observation("a", events: 3)], at: Self.now)
        let second = SourceLedger()
        second.restore(first.takeChanged(), at: Self.now)
        second.note([observation("a", events: 1)], at: Self.now)
        #expect(second.sources.map(\.counts.events) == [4, 4])
        #expect(first.takeChanged().isEmpty)
    }

    @Test(arguments: [
        ("udp/windows/SecurityEvent=5", true), ("udp/*=5", true), ("*/fw=5", false), ("*SecurityEvent=5", true),
        ("udp=5", false), ("*=5", true), ("u*Sec*=5", true),
    ])
    func `an expectation is for the sources of its pattern`(text: String, matches: Bool) {
        let key = SourceKey(origin: "udp", source: "windows", table: "SecurityEvent")
        #expect(SourceExpectation(text)?.matches(key) == matches)
    }

    @Test(arguments: ["", "x", "x=", "=5", "x=0", "x=a"])
    func `what is no expectation is refused`(text: String) {
        #expect(SourceExpectation(text) == nil)
    }
}
