public import Chronology
public import Foundation
public import StateStore
public import Vocabulary

/// Back-tests that were asked for: one runs at a time, the others wait; the last ones are kept until the process ends.
public actor BacktestJobs {
    /// A back-test from the asking to its report.
    public struct Job: Sendable, Identifiable {
        public enum State: String, Sendable, Hashable, CaseIterable {
            case waiting = "Waiting"
            case running = "Running"
            case finished = "Finished"
            case cancelled = "Cancelled"
            case failed = "Failed"
        }

        public let id: UUID
        public let ruleID: String
        public let ruleName: String
        public let range: TimeRange
        public let asker: String
        public let asked: Instant
        public internal(set) var state = State.waiting
        /// The share of the range that is done, 0 to 1.
        public internal(set) var progress = 0.0
        public internal(set) var report: BacktestReport?
        /// Why it failed.
        public internal(set) var error: String?
        /// Why the report promoted the rule out of its trial; nil: it did not.
        public internal(set) var promotion: String?

        public var isOver: Bool { state != .waiting && state != .running }
    }

    /// Too many wait already.
    public struct Refusal: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private static let mostKept = 100
    private static let mostWaiting = 20

    private let backtester: Backtester
    private let stages: RuleStages
    private let bound: PromotionBound?
    private let time: TimeSource
    private var jobs: [Job] = []
    private var tasks: [UUID: Task<Void, Never>] = [:]
    private var last: Task<Void, Never>?

    /// - Parameter bound: what promotes a rule in trial; nil: only people do.
    public init(
        _ backtester: Backtester, stages: RuleStages, bound: PromotionBound?, time: TimeSource = .system
    ) {
        self.backtester = backtester
        self.stages = stages
        self.bound = bound
        self.time = time
    }

    /// All that are kept, the newest first.
    public var all: [Job] { jobs.reversed() }

    public func job(_ id: UUID) -> Job? { jobs.first { $0.id == id } }

    /// The last finished back-test of a rule.
    public func last(of ruleID: String) -> Job? { jobs.last { $0.ruleID == ruleID && $0.state == .finished } }

    /// Starts a back-test when those before are done.
    ///
    /// - Parameter isKnown: whether the rule is one of the installation's, which a good report may promote.
    /// - Throws: `Refusal` when too many wait.
    public func start(
        _ rule: KnownRule, over range: TimeRange, isKnown: Bool, by actor: JournalActor
    ) throws(Refusal) -> Job {
        guard jobs.count(where: { !$0.isOver }) < Self.mostWaiting else {
            throw Refusal(description: "\(Self.mostWaiting) back-tests wait already; try again later")
        }
        let job = Job(
            id: UUID(), ruleID: rule.id, ruleName: rule.name, range: range, asker: actor.name, asked: time.now())
        jobs.append(job)
        forgetOld()
        let before = last
        let task = Task {
            await before?.value
            await self.run(job.id, rule, isKnown: isKnown)
        }
        tasks[job.id] = task
        last = task
        return job
    }

    /// Stops a back-test; what it found until then is its report.
    ///
    /// - Returns: false when there is none of that id, or it is over.
    public func cancel(_ id: UUID) -> Bool {
        guard let job = job(id), !job.isOver else { return false }
        tasks[id]?.cancel()
        if job.state == .waiting { change(id) { $0.state = .cancelled } }
        return true
    }

    /// Waits until a back-test is over.
    public func finish(_ id: UUID) async -> Job? {
        await tasks[id]?.value
        return job(id)
    }

    private func run(_ id: UUID, _ rule: KnownRule, isKnown: Bool) async {
        defer { tasks[id] = nil }
        guard let job = job(id), job.state == .waiting else { return }
        change(id) { $0.state = .running }
        do {
            let report = try await backtester.run(rule, over: job.range) { share in
                Task { await self.change(id) { $0.progress = max($0.progress, share) } }
            }
            let promotion = isKnown ? try await promote(rule, report) : nil
            change(id) { job in
                job.report = report
                job.promotion = promotion
                job.progress = 1
                job.state = Task.isCancelled ? .cancelled : .finished
            }
        } catch {
            change(id) { job in
                job.error = "\(error)"
                job.state = .failed
            }
        }
    }

    /// A rule in trial whose report keeps the bound goes on to be active.
    private func promote(_ rule: KnownRule, _ report: BacktestReport) async throws -> String? {
        guard stages.isInTrial(rule.id), let reason = bound?.reason(report) else { return nil }
        return try await stages.set(.active, of: rule, reason: reason, by: .room("Detection")) ? reason : nil
    }

    private func change(_ id: UUID, _ body: (inout Job) -> Void) {
        guard let index = jobs.firstIndex(where: { $0.id == id }) else { return }
        body(&jobs[index])
    }

    private func forgetOld() {
        while jobs.count > Self.mostKept, let old = jobs.firstIndex(where: \.isOver) { jobs.remove(at: old) }
    }
}
