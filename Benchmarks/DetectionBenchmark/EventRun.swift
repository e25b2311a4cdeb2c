import Foundation
import Records
import Sigma

/// One pass over files of events: reading them into records and matching these, timed apart.
struct EventRun: Sendable {
    private(set) var events = 0
    private(set) var matches = 0
    private(set) var parseSeconds = 0.0
    private(set) var matchSeconds = 0.0
    private var matched: Set<Int> = []
    /// nil when the run is over: it holds memory that the next one is not to be charged with.
    private var matcher: SigmaMatcher?

    var matchedRules: Int { matched.count }

    init(_ ruleSet: SigmaRuleSet, files: [String]) throws {
        matcher = SigmaMatcher(ruleSet)
        for file in files { try read(file) }
        matcher = nil
    }

    /// So many passes at once.
    static func together(_ jobs: Int, _ ruleSet: SigmaRuleSet, files: [String]) async throws -> [EventRun] {
        try await withThrowingTaskGroup(of: EventRun.self) { group in
            for _ in 0..<jobs { group.addTask { try EventRun(ruleSet, files: files) } }
            var runs: [EventRun] = []
            for try await run in group { runs.append(run) }
            return runs
        }
    }

    private mutating func read(_ path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { file.closeFile() }
        var reader = RecordReader()
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            timed(\.parseSeconds) { _ in chunk.withUnsafeBytes { reader.feed($0) } }
            while let block = timed(\.parseSeconds, { _ in reader.next() }) { match(block.records) }
        }
        reader.finish()
        while let block = timed(\.parseSeconds, { _ in reader.next() }) { match(block.records) }
        if let block = reader.flush() { match(block.records) }
    }

    private mutating func match(_ batch: RecordBatch) {
        events += batch.count
        timed(\.matchSeconds) { run in
            var matches = 0
            var matched = run.matched
            run.matcher?.match(batch) { _, rule in
                matches += 1
                matched.insert(rule)
            }
            run.matches += matches
            run.matched = matched
        }
    }

    /// What this thread has used; waiting for a core is not counted. A pass does not change its thread.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private mutating func timed<Value>(_ total: WritableKeyPath<Self, Double>, _ body: (inout Self) -> Value) -> Value {
        let start = Self.processorSeconds
        let value = body(&self)
        self[keyPath: total] += Self.processorSeconds - start
        return value
    }
}
