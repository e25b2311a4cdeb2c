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

/// Runs rules every hour over 14 days, by reading all, by reading what is new, and as the program chooses, in turns over the
/// same events; holds the results against each other and prints what a run takes.
///
/// Arguments: how many events, how many runs, and words of the names of the only rules.
@main
enum RulesBenchmark {
    private static let start = Instant(iso8601: "2026-03-01T00:00:00Z") ?? .unixEpoch
    private static let period = TimeSpan.days(14)
    /// All is read in every fourth turn only.
    private static let wholeEvery = 4

    static func main() async throws {
        let rows = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5_000_000
        let runs = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 20
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
        func queries(_ slices: RuleSlices?) -> StoreRuleQueries {
            StoreRuleQueries(store: store, environment: { environmentOfQueries }, slices: slices)
        }
        let time = TimeSource { clock.withLock { $0 } }
        let whole = queries(nil)
        let parts = queries(RuleSlices(database, time: time, policy: .alwaysSlices))
        let chosen = queries(
            RuleSlices(try StateDatabase.inMemory(rooms: [DetectionTables.migrations]), time: time))
        let hours = Int(period.ticks / TimeSpan.hours(1).ticks) + 1
        var signIns = SignIns()
        var processes = Processes()
        let perHour = max(1, rows / hours)
        func hour() async throws {
            let begin = clock.withLock { $0 }
            clock.withLock { $0 = begin + .hours(1) }
            let end = begin + .hours(1)
            try await store.append([
                signIns.batch(perHour, from: begin, to: end), processes.batch(perHour, from: begin, to: end),
            ])
        }
        for _ in 0..<hours { try await hour() }
        print("\(perHour * hours) events in each of two tables over \(hours) hours")
        print("processor time of a run in ms; all read: median; by slices: first run, then median and mean of \(runs);")
        print("as chosen: mean of \(runs + 1) runs, the first included, and how the last was made")
        print("rule                         all    first  median    mean | chosen")
        let wanted = CommandLine.arguments.dropFirst(3).first
        let rules = MeasuredRule.all.filter { wanted.map($0.name.contains) ?? true }
        var figures = rules.map { _ in Figures() }
        for turn in 0...runs {
            let run = RuleSchedule.Run(
                nominalTime: clock.withLock { $0 },
                timing: .scheduled(.init(frequency: .hours(1), period: period)))
            for (index, rule) in rules.enumerated() {
                let new = try await Self.measured { try await parts.run(rule.query, run) }
                let best = try await Self.measured { try await chosen.run(rule.query, run) }
                figures[index].add(new.milliseconds, best.milliseconds, isFirst: turn == 0)
                figures[index].slices = new.result.reading
                figures[index].choice = best.result.reading
                var isSame = new.result.rows.lines == best.result.rows.lines
                if turn % wholeEvery == 0 {
                    let all = try await Self.measured { try await whole.run(rule.query, run) }
                    figures[index].whole.append(all.milliseconds)
                    isSame = isSame && new.result.rows.lines == all.result.rows.lines
                }
                guard isSame else {
                    print("\(rule.name): the results differ")
                    exit(1)
                }
            }
            try await hour()
            // A long benchmark shows that it is alive.
            FileHandle.standardError.write(Data("turn \(turn) of \(runs)\n".utf8))
        }
        for (rule, figures) in zip(rules, figures) { print(figures.line(rule.name)) }
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
    var chosen: [Double] = []
    var slices = LookBackReading.whole(.onlyWay)
    var choice = LookBackReading.whole(.onlyWay)

    mutating func add(_ new: Double, _ best: Double, isFirst: Bool) {
        chosen.append(best)
        if isFirst { first = new } else { then.append(new) }
    }

    func line(_ name: String) -> String {
        name.padding(toLength: 24, withPad: " ", startingAt: 0)
            + String(
                format: "%8.0f %8.0f %7.0f %7.0f | %6.0f  ", Self.median(whole), first, Self.median(then),
                Self.mean(then), Self.mean(chosen)) + "\(choice) (always slices: \(slices))"
    }

    private static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
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
