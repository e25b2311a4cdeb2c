import Chronology
import Collection
import DuckDBStore
import EventStore
import Foundation
import Records

// ingest-benchmark FILE [--table TABLE] [--runs N] [--lines N [--senders N]]
//
// Processor time per record of reading, mapping and storing a file of logs, without HTTP, rules and the counting of
// sources. With --lines the file comes in requests of so many lines, each stored before its sender sends the next.

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

/// A store in a folder of its own, for one run.
struct Bench {
    let collector: Collector
    let options: CollectionOptions
    let now = Instant(unixSeconds: Date.now.timeIntervalSince1970)
    let store: DuckDBEventStore
    private let folder: URL

    init(_ collector: Collector, _ options: CollectionOptions, home: String) throws {
        self.collector = collector
        self.options = options
        folder = FileManager.default.temporaryDirectory.appending(path: "ingest-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment, directories: ["\(home)/.deps/duckdb"])
        store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: folder.appending(path: "events.duckdb").path),
            now: { [now] in now })
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// The rows of a block, counted and timed.
    private func map(_ block: RecordBlock, _ stages: inout Stages) -> [EventBatch] {
        let chunk = Stages.measure(&stages.mapping) { collector.collect(block, options, now: now) }
        stages.records += chunk.records.count
        stages.deadLetters += chunk.deadLetters.count
        return chunk.batches
    }

    /// The file as one body.
    func bulk(_ file: Data) async throws -> Stages {
        var stages = Stages()
        var reader = collector.reader(options, now: now)
        var waiting: [EventBatch] = []
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
            while let block = Stages.measure(&stages.reading, { reader.next() }) { waiting += map(block, &stages) }
            try await append(atLeast: 122_880)
        }
        reader.finish()
        while let block = Stages.measure(&stages.reading, { reader.next() }) { waiting += map(block, &stages) }
        try await append(atLeast: 1)
        let start = processorSeconds()
        await store.close()
        stages.storing += processorSeconds() - start
        return stages
    }

    /// The file as requests of `lines` lines, of which `senders` are on the way at a time. All is read and mapped first.
    func requests(_ file: Data, lines: Int, senders: Int) async throws -> Stages {
        var stages = Stages()
        var requests: [[EventBatch]] = []
        for body in Self.bodies(file, lines: lines) {
            var reader = collector.reader(options, now: now)
            var batches: [EventBatch] = []
            Stages.measure(&stages.reading) {
                body.withUnsafeBytes { reader.feed($0) }
                reader.finish()
            }
            while let block = Stages.measure(&stages.reading, { reader.next() }) { batches += map(block, &stages) }
            requests.append(batches)
        }
        let start = processorSeconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<senders {
                group.addTask { [store, requests] in
                    for number in stride(from: first, to: requests.count, by: senders) {
                        _ = try await store.append(requests[number], delivery: DeliveryID("request-\(number)"))
                    }
                }
            }
            try await group.waitForAll()
        }
        await store.close()
        stages.storing = processorSeconds() - start
        return stages
    }

    private static func bodies(_ file: Data, lines: Int) -> [Data] {
        var bodies: [Data] = []
        var start = file.startIndex
        var seen = 0
        file.withUnsafeBytes { bytes in
            for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
                seen += 1
                guard seen % lines == 0 else { continue }
                bodies.append(file[start...(file.startIndex + index)])
                start = file.startIndex + index + 1
            }
        }
        if start < file.endIndex { bodies.append(file[start...]) }
        return bodies
    }
}

func value(of option: String) -> String? {
    CommandLine.arguments.firstIndex(of: option).map { $0 + 1 }.flatMap {
        $0 < CommandLine.arguments.count ? CommandLine.arguments[$0] : nil
    }
}

guard CommandLine.arguments.count > 1 else {
    print("usage: ingest-benchmark FILE [--table TABLE] [--runs N] [--lines N [--senders N]]")
    exit(2)
}
let home =
    ProcessInfo.processInfo.environment["TOCSIN_HOME"] ?? FileManager.default.currentDirectoryPath
let content = CollectionContent.load(from: URL(filePath: home).appending(path: "content")).content
let file = try Data(contentsOf: URL(filePath: CommandLine.arguments[1]))
let options = CollectionOptions(origin: "benchmark", table: value(of: "--table"))
let number = { (option: String) in value(of: option).flatMap { Int($0) } }
for _ in 0..<(number("--runs") ?? 3) {
    let bench = try Bench(Collector(content), options, home: home)
    defer { bench.remove() }
    let start = ContinuousClock.now
    let stages =
        if let lines = number("--lines") {
            try await bench.requests(file, lines: max(1, lines), senders: max(1, number("--senders") ?? 1))
        } else {
            try await bench.bulk(file)
        }
    let each = { (seconds: Double) in String(format: "%6.2f", seconds / Double(max(1, stages.records)) * 1e6) }
    print(
        "\(stages.records) records, \(stages.deadLetters) dead letters; µs each: reading\(each(stages.reading)) "
            + "mapping\(each(stages.mapping)) storing\(each(stages.storing)) "
            + "all\(each(stages.reading + stages.mapping + stages.storing)); "
            + "\(ContinuousClock.now - start)")
}
