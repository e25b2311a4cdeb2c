import Casebook
import Chronology
import DuckDBStore
import Export
import Foundation
import Logging
import Prioritization
import StateStore
import Synchronization
import Vocabulary

/// One casebook on disk, filled step by step.
struct Bench {
    static let person = JournalActor(kind: .user, id: "u-bench", name: "Bench")
    private static let detection = JournalActor.room("Detection")

    let database: StateDatabase
    let casebook: Casebook
    let store: DuckDBEventStore

    init(folder: URL) throws {
        database = try StateDatabase.open(
            path: folder.appending(path: "state.sqlite").path,
            rooms: [Casebook.migrations, PrioritizationTables.migrations])
        casebook = Casebook(database: database)
        let environment = ProcessInfo.processInfo.environment
        let home = environment["TOCSIN_HOME"] ?? FileManager.default.currentDirectoryPath
        let library = try DuckDBLibrary.load(environment: environment, directories: ["\(home)/.deps/duckdb"])
        store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: folder.appending(path: "events.duckdb").path),
            now: { Instant(unixSeconds: Date().timeIntervalSince1970) })
    }

    /// Writes changes into the tables of events.
    var export: TableExport {
        TableExport(
            casebook: casebook, journal: database.journal, store: store, logger: Logger(label: "bench"),
            incidentURL: { "https://tocsin.example/incidents/\($0)" })
    }

    /// Records the alerts of incidents, gives them priorities, and closes nine of ten; in chunks, as detection does.
    func fill(_ numbers: Range<Int>) async throws {
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            let chunk = next..<min(next + 100, numbers.upperBound)
            next = chunk.upperBound
            let alerts = chunk.flatMap { SampleAlerts.alerts(ofIncident: $0) }
            let recorded = try await casebook.record(alerts, by: Self.detection)
            let incidents = Set(recorded.compactMap(\.incidentID)).sorted()
            var priorities: [IncidentID: IncidentPriority] = [:]
            for (index, id) in incidents.enumerated() {
                let reason = IncidentPriority.Reason(factor: "severity", points: 18, text: "Medium severity")
                priorities[id] = IncidentPriority(score: (index * 37 + next) % 100, reasons: [reason])
            }
            try await casebook.setPriorities(priorities, by: .room("Prioritization"))
            try await withThrowingDiscardingTaskGroup { group in
                for (index, id) in incidents.enumerated() where index % 10 != 0 {
                    group.addTask { try await close(id) }
                }
            }
        }
    }

    private func close(_ id: IncidentID) async throws {
        var change = IncidentChange()
        change.status = .closed
        change.classification = .benignPositive
        try await casebook.update(id, change, by: Self.person)
    }

    /// How many of the sample's incidents are there, told by their first alerts; chunks are filled in one after the other.
    func filled() async throws -> Int {
        var (low, high) = (0, SampleAlerts.mostIncidents)
        while low < high {
            let middle = (low + high) / 2
            let isThere = try await casebook.alert(SampleAlerts.id(0, ofIncident: middle)) != nil
            if isThere { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A number above which no incident of the sample was ever used, however often this folder was measured.
    func unusedNumber() async throws -> Int {
        SampleAlerts.mostIncidents + Int(try await database.journal.head().sequence)
    }

    /// Moves the readers' cursors to the end, since what was filled in is not what is measured.
    func skipJournal() async throws {
        let end = try await database.journal.head().sequence
        for name in ["prioritization", "service levels", "export.tables"] {
            try await database.journal.reader(name).acknowledge(through: end)
        }
    }

    /// What pages read, by name; milliseconds.
    func reads(incidents count: Int) async throws -> [(name: String, times: Durations)] {
        func page(_ filter: IncidentFilter, order: IncidentOrder = .queue, offset: Int = 0) async throws {
            _ = try await casebook.incidents(
                IncidentQuery(filter, order: order, limit: 50, offset: offset, detail: .summary))
        }
        let open = IncidentFilter.status([.new, .active])
        var generator = SystemRandomNumberGenerator()
        let ids = try await (0..<40).asyncMap { _ in
            try await casebook.incident(number: Int.random(in: 1...count, using: &generator))
        }.compactMap { $0 }
        guard let full = try await casebook.incident(number: 1), let first = ids.first else { return [] }
        return [
            ("queue page", try await Durations.measure(300) { try await page(open, offset: $0 % 10 * 50) }),
            (
                "queue page, high severity",
                try await Durations.measure(100) { _ in
                    try await page(.and([open, .severity([.high])]))
                }
            ),
            ("all incidents, first page", try await Durations.measure(100) { _ in try await page(.all) }),
            (
                "all incidents, last page",
                try await Durations.measure(100) { _ in try await page(.all, offset: count - 50) }
            ),
            (
                "last changed incidents",
                try await Durations.measure(100) { _ in
                    try await page(.all, order: .by(.lastModifiedTime, descending: true))
                }
            ),
            ("overview figures", try await Durations.measure(100) { _ in _ = try await casebook.counts() }),
            ("incident page", try await Durations.measure(300) { try await read(ids[$0 % ids.count]) }),
            ("incident page, 150 alerts", try await Durations.measure(100) { _ in try await read(full) }),
            (
                "entity page",
                try await Durations.measure(100) { index in
                    guard let entity = ids[index % ids.count].entities.first else { return }
                    _ = try await casebook.entity(entity.id)
                    _ = try await casebook.alerts(ofEntity: entity.id)
                    _ = try await casebook.incidents(ofEntity: entity.id)
                }
            ),
            (
                "search",
                try await Durations.measure(40) { index in
                    _ = try await casebook.search("ws\(first.number + index)")
                }
            ),
            (
                "search, frequent words",
                try await Durations.measure(20) { _ in _ = try await casebook.search("suspicious process") }
            ),
            (
                "queue page with a search",
                try await Durations.measure(40) { index in
                    try await page(.search("ws\(first.number + index)"))
                }
            ),
        ]
    }

    /// All that an incident's page shows.
    private func read(_ incident: Incident) async throws {
        _ = try await casebook.incident(incident.id)
        _ = try await casebook.alerts(of: incident.id)
        _ = try await casebook.notes(of: [incident.id])
        _ = try await casebook.activity(of: incident.id)
    }
}

extension Range<Int> {
    fileprivate func asyncMap<T>(_ transform: (Int) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
