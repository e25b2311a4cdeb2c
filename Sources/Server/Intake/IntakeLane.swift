internal import Collection
internal import EventStore
internal import Logging
internal import Records

/// The way in for a source that sends without end, such as a listener: its blocks are mapped and stored in their order,
/// while it receives more.
struct IntakeLane: Sendable {
    /// A block that was let in.
    struct Job: Sendable {
        var block: RecordBlock
        var options: CollectionOptions
        var delivery: DeliveryID
        var number: Int
    }

    let commits: OrderedCommits<MappedBlock>
    let jobs: Handoff<Job>

    /// Takes a block over; returns when there is room for the next, which may be before it is stored.
    ///
    /// - Throws: what storing an earlier block threw.
    func take(_ block: RecordBlock, _ options: CollectionOptions, _ delivery: DeliveryID) async throws {
        let number = try await commits.enter(weight: block.weight)
        await jobs.push(Job(block: block, options: options, delivery: delivery, number: number))
    }
}

/// Elements on their way from one task to another. Nothing is lost when a task is cancelled.
actor Handoff<Element: Sendable> {
    private var elements: [Element] = []
    private var isFinished = false
    private var consumer: CheckedContinuation<Void, Never>?

    func push(_ element: Element) {
        elements.append(element)
        wake()
    }

    /// Says that no more will come.
    func finish() {
        isFinished = true
        wake()
    }

    /// All that wait, as soon as there are any; nil when no more will come. For one task only.
    func takeAll() async -> [Element]? {
        while elements.isEmpty {
            if isFinished { return nil }
            await withCheckedContinuation { consumer = $0 }
        }
        defer { elements = [] }
        return elements
    }

    private func wake() {
        consumer?.resume()
        consumer = nil
    }
}

extension IngestPipeline {
    /// Runs `body`, which gives blocks to the lane; when this returns, all it gave are stored.
    ///
    /// What cannot be stored is tried again, under the same names, until it can; meanwhile the lane takes no more than it
    /// has room for.
    func withLane(_ body: @Sendable (IntakeLane) async throws -> Void) async throws {
        var policy = OrderedCommits<MappedBlock>.Policy()
        policy.storesWhenIdle = true
        let lane = IntakeLane(
            commits: OrderedCommits(policy) { [self] in try await storePersistently($0) }, jobs: Handoff())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                await withDiscardingTaskGroup { mapping in
                    while let jobs = await lane.jobs.takeAll() {
                        for job in jobs {
                            mapping.addTask { [self] in
                                let mapped = map(job.block, job.options, delivery: job.delivery)
                                await lane.commits.add(mapped, number: job.number)
                            }
                        }
                    }
                }
                try await lane.commits.finish()
            }
            do {
                try await body(lane)
            } catch {
                await lane.jobs.finish()
                try await group.waitForAll()
                throw error
            }
            await lane.jobs.finish()
            try await group.waitForAll()
        }
    }

    /// Stores blocks, again and again if need be; once the task is cancelled, only a few times more.
    private func storePersistently(_ blocks: [MappedBlock]) async throws {
        var attempt = 0
        while true {
            do {
                _ = try await store(blocks)
                return
            } catch {
                attempt += 1
                logger.warning(
                    "what came in could not be stored yet", metadata: ["error": "\(error)", "attempt": "\(attempt)"])
                if Task.isCancelled, attempt >= 3 { throw error }
                // A cancelled task does not pause.
                try? await Task.sleep(for: .milliseconds(min(30_000, 100 << min(attempt, 9))))
            }
        }
    }
}
