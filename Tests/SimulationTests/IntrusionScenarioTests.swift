import Chronology
import Collection
import Foundation
import Records
import Simulation
import Testing
import Vocabulary

struct IntrusionScenarioTests {
    private static let start = Instant(unixSeconds: 1_790_000_000)
    private static let scenario = IntrusionScenario(seed: 1, start: start, duration: .minutes(30), eventsPerMinute: 30)

    private static let collector: Collector = {
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return Collector(CollectionContent.load(from: package.appending(path: "content")).content)
    }()

    private func collect(_ events: [SimulatedEvent]) -> [CollectedChunk] {
        let options = CollectionOptions(origin: "simulation")
        var reader = IntrusionScenarioTests.collector.reader(options, now: IntrusionScenarioTests.start + .hours(1))
        reader.feed(Array(events.map { $0.line + "\n" }.joined().utf8))
        reader.finish()
        var chunks: [CollectedChunk] = []
        while let block = reader.next() {
            chunks.append(
                IntrusionScenarioTests.collector.collect(
                    block, options, now: IntrusionScenarioTests.start + .hours(1)))
        }
        return chunks
    }

    @Test func `the same seed gives the same events, another one others`() {
        let again = IntrusionScenario(
            seed: 1, start: IntrusionScenarioTests.start, duration: .minutes(30), eventsPerMinute: 30)
        let range = IntrusionScenarioTests.scenario.range
        #expect(again.events(in: range) == IntrusionScenarioTests.scenario.events(in: range))
        let other = IntrusionScenario(
            seed: 2, start: IntrusionScenarioTests.start, duration: .minutes(30), eventsPerMinute: 30)
        #expect(other.events(in: range) != again.events(in: range))
    }

    @Test func `a stretch of time is the sum of its parts, in order`() {
        let range = IntrusionScenarioTests.scenario.range
        let whole = IntrusionScenarioTests.scenario.events(in: range)
        var parts: [SimulatedEvent] = []
        var time = range.start
        while time < range.end {
            let next = min(range.end, time + TimeSpan(ticks: 1_234_567_890))
            parts += IntrusionScenarioTests.scenario.events(in: TimeRange(start: time, end: next))
            time = next
        }
        #expect(parts.map(\.time) == whole.map(\.time))
        #expect(Set(parts) == Set(whole))
        #expect(whole.map(\.time) == whole.map(\.time).sorted())
        let first = IntrusionScenarioTests.scenario.events(from: range.start).prefix(50)
        #expect(first.map(\.time) == whole.prefix(50).map(\.time))
    }

    @Test func `every stage is there, one after the other, within ordinary traffic`() {
        let stages = IntrusionScenarioTests.scenario.stages
        #expect(stages.map(\.stage) == AttackStage.allCases)
        for (earlier, later) in zip(stages, stages.dropFirst()) { #expect(earlier.range.end <= later.range.start) }
        let events = IntrusionScenarioTests.scenario.events(in: IntrusionScenarioTests.scenario.range)
        #expect(events.count { $0.stage == nil } > 10 * events.count { $0.stage == .discovery })
        #expect(Set(events.map(\.format)) == Set(SimulatedEvent.Format.allCases))
    }

    @Test func `every line becomes a row of the table it is meant for, at its time`() {
        let events = IntrusionScenarioTests.scenario.events(in: IntrusionScenarioTests.scenario.range)
        let chunks = collect(events)
        #expect(chunks.flatMap(\.deadLetters).isEmpty, "\(chunks.flatMap(\.deadLetters).prefix(3))")
        #expect(chunks.reduce(0) { $0 + $1.records.count } == events.count)
        let tables = Set(chunks.flatMap(\.tables))
        #expect(
            tables.isSuperset(of: [
                "SecurityEvent", "Event", "WindowsEvent", "SigninLogs", "AADNonInteractiveUserSignInLogs", "AuditLogs",
                "AzureActivity", "CommonSecurityLog", "Syslog",
            ]))
    }

    @Test func `the trace of each stage stands in the columns that rules read`() {
        let events = IntrusionScenarioTests.scenario.events(in: IntrusionScenarioTests.scenario.range)
        let chunks = collect(events.filter { $0.stage != nil })
        func count(_ table: String, _ column: String, _ matches: (String) -> Bool) -> Int {
            chunks.flatMap { $0.values(table, column) }.count(where: matches)
        }
        #expect(count("SigninLogs", "ResultType") { $0 == "50126" } > 130)
        #expect(Set(chunks.flatMap { $0.values("SigninLogs", "UserPrincipalName") }).count == 50)
        #expect(count("SecurityEvent", "EventID") { $0 == "4625" } == 40)
        #expect(count("SecurityEvent", "CommandLine") { $0.contains("nltest.exe /domain_trusts") } == 1)
        #expect(count("WindowsEvent", "EventData") { $0.contains("\"GrantedAccess\":\"0x1fffff\"") } == 1)
        #expect(count("Event", "ParameterXml") { $0.contains("PSEXESVC") } >= 3)
        #expect(count("CommonSecurityLog", "DestinationIP") { $0 == "198.51.100.77" } == 8)
        #expect(count("AzureActivity", "OperationNameValue") { $0.hasSuffix("/LISTKEYS/ACTION") } == 1)
        #expect(count("AuditLogs", "OperationName") { $0 == "User registered security info" } == 1)
    }
}
