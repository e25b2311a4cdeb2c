import Chronology
import Collection
import DuckDBStore
import EventStore
import Foundation
import Records

// ingest-benchmark FILE [--table TABLE] [--runs N]    processor time per record of reading, mapping and storing a file of
//                                                     logs, without HTTP, rules and the counting of sources

/// Processor time in seconds that the process has taken so far, all threads together.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// What the stages took, in seconds of processor time.
struct Stages {
    var reading = 0.0
    var mapping = 0.0
    var storing = 0.0
    var records = 0
    var deadLetters = 0

    static func measure<Result>(_ stage: inout Double, _ work: () throws -> Result) rethrows -> Result {
        let start = processorSeconds()
        defer { stage += processorSeconds() - start }
        return try work()
    }
}

@MainActor
func run(_ file: Data, _ collector: Collector, _ options: CollectionOptions, home: String) async throws -> Stages {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ingest-benchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let library = try DuckDBLibrary.load(
        environment: ProcessInfo.processInfo.environment, directories: ["\(home)/.deps/duckdb"])
    let now = Instant(unixSeconds: Date.now.timeIntervalSince1970)
    let store = try DuckDBEventStore(
        library: library, options: DuckDBOptions(path: folder.appending(path: "events.duckdb").path), now: { now })
    var stages = Stages()
    var reader = collector.reader(options, now: now)
    var waiting: [EventBatch] = []
    func map(_ block: RecordBlock) {
        let chunk = Stages.measure(&stages.mapping) { collector.collect(block, options, now: now) }
        stages.records += chunk.records.count
        stages.deadLetters += chunk.deadLetters.count
        waiting += chunk.batches
    }
    func append(atLeast rows: Int) async throws {
        guard waiting.reduce(0, { $0 + $1.rowCount }) >= rows else { return }
        let start = processorSeconds()
        try await store.append(waiting)
        stages.storing += processorSeconds() - start
        waiting = []
    }
    // As much at a time as a body over HTTP brings, and as many rows in a commit as the server makes of them.
    let piece = 1 << 16
    for start in stride(from: 0, to: file.count, by: piece) {
        let bytes = file[start..<min(start + piece, file.count)]
        Stages.measure(&stages.reading) { bytes.withUnsafeBytes { reader.feed($0) } }
        while let block = Stages.measure(&stages.reading, { reader.next() }) { map(block) }
        try await append(atLeast: 122_880)
    }
    reader.finish()
    while let block = Stages.measure(&stages.reading, { reader.next() }) { map(block) }
    try await append(atLeast: 1)
    let start = processorSeconds()
    await store.close()
    stages.storing += processorSeconds() - start
    return stages
}

func value(of option: String) -> String? {
    CommandLine.arguments.firstIndex(of: option).map { $0 + 1 }.flatMap {
        $0 < CommandLine.arguments.count ? CommandLine.arguments[$0] : nil
    }
}

guard CommandLine.arguments.count > 1 else {
    print("usage: ingest-benchmark FILE [--table TABLE] [--runs N]")
    exit(2)
}
let home =
    ProcessInfo.processInfo.environment["TOCSIN_HOME"] ?? FileManager.default.currentDirectoryPath
let content = CollectionContent.load(from: URL(filePath: home).appending(path: "content")).content
let file = try Data(contentsOf: URL(filePath: CommandLine.arguments[1]))
let options = CollectionOptions(origin: "benchmark", table: value(of: "--table"))
for _ in 0..<(value(of: "--runs").flatMap { Int($0) } ?? 3) {
    let stages = try await run(file, Collector(content), options, home: home)
    let each = { (seconds: Double) in String(format: "%6.2f", seconds / Double(max(1, stages.records)) * 1e6) }
    print(
        "\(stages.records) records, \(stages.deadLetters) dead letters; µs each: reading\(each(stages.reading)) "
            + "mapping\(each(stages.mapping)) storing\(each(stages.storing)) "
            + "all\(each(stages.reading + stages.mapping + stages.storing))")
}
