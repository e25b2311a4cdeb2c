import Chronology
import Detection
import DuckDBStore
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import StateStore
import Synchronization

/// Runs rules every hour over 14 days, by reading all and by reading what is new, in turns over the same events; holds the
/// results against each other and prints what a run takes.
@main
enum RulesBenchmark {
    private static let start = Instant(iso8601: "2026-03-01T00:00:00Z") ?? .unixEpoch
    private static let period = TimeSpan.days(14)
    private static let runs = 12

    private static let rules = [
        (
            "failures by user",
            "SignIns | where Result != 0 | summarize Failures = count(), Addresses = dcount(Address) by User | where Failures > 50"
        ),
        (
            "first seen in an hour",
            """
            let old = SignIns | where TimeGenerated < ago(1h) and Result == 0 | summarize by User, Application;
            SignIns | where TimeGenerated >= ago(1h) and Result == 0
            | summarize Count = count(), Last = max(TimeGenerated) by User, Application
            | join kind=leftanti old on User, Application
            """
        ),
        (
            "volume by application",
            """
            SignIns | summarize Bytes = sum(Bytes), Mean = avg(Bytes), Users = make_set(User, 100),
                Last = arg_max(TimeGenerated, User, Address) by Application
            | where Bytes > 1000
            """
        ),
    ]

    static func main() async throws {
        let rows = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5_000_000
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder left behind in the temporary directory harms nobody.
            try? FileManager.default.removeItem(at: folder)
        }
        let clock = Mutex(start)
        let environment = ProcessInfo.processInfo.environment
        let home = environment["TOCSIN_HOME"] ?? FileManager.default.currentDirectoryPath
        let library = try DuckDBLibrary.load(environment: environment, directories: ["\(home)/.deps/duckdb"])
        let store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: folder.appending(path: "events.duckdb").path),
            now: { clock.withLock { $0 } })
        let database = try StateDatabase.open(
            path: folder.appending(path: "state.sqlite").path, rooms: [DetectionTables.migrations])
        let environmentOfQueries = QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog([:]))
        let whole = StoreRuleQueries(store: store, environment: { environmentOfQueries })
        let parts = StoreRuleQueries(
            store: store, environment: { environmentOfQueries }, slices: RuleSlices(database))
        let hours = Int(period.ticks / TimeSpan.hours(1).ticks) + 1
        var events = SignIns()
        let perHour = max(1, rows / hours)
        func hour() async throws {
            let begin = clock.withLock { $0 }
            clock.withLock { $0 = begin + .hours(1) }
            try await store.append([events.batch(perHour, from: begin, to: begin + .hours(1))])
        }
        for _ in 0..<hours { try await hour() }
        print("\(perHour * hours) events over \(hours) hours; processor time of a run in ms, median of \(runs)")
        print("rule                       whole    first   then   times less  slices read (last)")
        var figures = rules.map { _ in Figures() }
        for turn in 0...runs {
            let run = RuleSchedule.Run(
                nominalTime: clock.withLock { $0 },
                timing: .scheduled(.init(frequency: .hours(1), period: period)))
            for (index, rule) in rules.enumerated() {
                let all = try await Self.measured { try await whole.run(rule.1, run) }
                let new = try await Self.measured { try await parts.run(rule.1, run) }
                figures[index].add(all.milliseconds, new.milliseconds, isFirst: turn == 0)
                figures[index].slices = new.result.slices
                guard new.result.rows.lines == all.result.rows.lines else {
                    print("\(rule.0): the results differ")
                    exit(1)
                }
            }
            try await hour()
        }
        for (rule, figures) in zip(rules, figures) { print(figures.line(rule.0)) }
        await store.close()
    }

    /// A result and the processor time that it took, threads of the store included.
    private static func measured(
        _ body: () async throws -> RuleQueryResult
    ) async throws -> (result: RuleQueryResult, milliseconds: Double) {
        let before = processorSeconds()
        let result = try await body()
        return (result, (processorSeconds() - before) * 1_000)
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}

/// What runs of one rule took, in milliseconds.
private struct Figures {
    var whole: [Double] = []
    var first = 0.0
    var then: [Double] = []
    var slices: SliceTally?

    mutating func add(_ all: Double, _ new: Double, isFirst: Bool) {
        whole.append(all)
        if isFirst { first = new } else { then.append(new) }
    }

    func line(_ name: String) -> String {
        let (all, new) = (Self.median(whole), Self.median(then))
        return name.padding(toLength: 24, withPad: " ", startingAt: 0)
            + String(format: "%8.0f %8.0f %6.0f %10.1f  ", all, first, new, all / max(new, 0.001))
            + (slices.map { "\($0)" } ?? "all")
    }

    private static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}

extension Table {
    /// The rows as text in an order of their own; of arrays, whose order and choice KQL leaves open, only their size.
    fileprivate var lines: [String] {
        (0..<rowCount).map { row in
            self.row(row).map { value in
                if case .dynamic(let json) = value { "\(json.arrayValue?.count ?? 0) elements" } else { "\(value)" }
            }.joined(separator: "\t")
        }.sorted()
    }
}
