import Collection
import Synchronization
import Testing

struct OrderedCommitsTests {
    private typealias Commits = OrderedCommits<Int>

    /// What was stored: the numbers in their order, commit by commit.
    private final class Stored: Sendable {
        let commits = Mutex<[[Int]]>([])

        func store(_ numbers: [Int]) { commits.withLock { $0.append(numbers) } }
    }

    private final class Counter: Sendable {
        let count = Mutex(0)

        func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    private struct Full: Error {}

    private static func policy(rows: Int = 1_000_000, weight: Int = 1_000_000) -> Commits.Policy {
        var policy = Commits.Policy()
        policy.rows = rows
        policy.weight = weight
        policy.interval = .seconds(3600)
        return policy
    }

    @Test func `keep the order of blocks that were mapped in any order`() async throws {
        let stored = Stored()
        let commits = Commits(Self.policy(rows: 30)) { stored.store($0) }
        for number in 0..<10 { #expect(try await commits.enter(weight: 1) == number) }
        for number in [3, 1, 0, 2, 9, 8, 4, 7, 5, 6] { await commits.add(number, number: number, rows: 10, weight: 1) }
        try await commits.finish()
        let all = stored.commits.withLock { $0 }
        #expect(all.flatMap(\.self) == Array(0..<10))
        #expect(all.dropLast().allSatisfy { $0.count == 3 })
    }

    @Test func `let no more in than the bound allows`() async throws {
        let stored = Stored()
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let commits = Commits(Self.policy(weight: 100)) { numbers in
            for await _ in gate { break }
            stored.store(numbers)
        }
        let entered = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                _ = try await commits.enter(weight: 10)
                group.addTask { await commits.add(number, number: number, rows: 1, weight: 10) }
            }
            group.addTask {
                _ = try await commits.enter(weight: 10)
                entered.add()
                await commits.add(10, number: 10, rows: 1, weight: 10)
            }
            for _ in 0..<100 { await Task.yield() }
            #expect(entered.value == 0)
            opener.finish()
            try await group.waitForAll()
        }
        #expect(entered.value == 1)
        try await commits.finish()
        #expect(stored.commits.withLock { $0 }.flatMap(\.self) == Array(0...10))
    }

    @Test func `make room for a block that does not fit beside what is there`() async throws {
        let stored = Stored()
        let commits = Commits(Self.policy(weight: 100)) { stored.store($0) }
        for (number, weight) in [30, 90, 200, 10].enumerated() {
            #expect(try await commits.enter(weight: weight) == number)
            await commits.add(number, number: number, rows: 1, weight: weight)
        }
        try await commits.finish()
        #expect(stored.commits.withLock { $0 } == [[0], [1], [2], [3]])
    }

    @Test func `let more in where what was mapped weighs less than what it was made of`() async throws {
        let stored = Stored()
        let commits = Commits(Self.policy(weight: 100)) { stored.store($0) }
        for number in 0..<10 {
            #expect(try await commits.enter(weight: 90) == number)
            await commits.add(number, number: number, rows: 1, weight: 1)
        }
        #expect(stored.commits.withLock { $0 } == [])
        _ = try await commits.enter(weight: 90)
        await commits.add(10, number: 10, rows: 1, weight: 95)
        _ = try await commits.enter(weight: 90)
        #expect(stored.commits.withLock { $0 } == [Array(0...10)])
        await commits.add(11, number: 11, rows: 1, weight: 1)
        try await commits.finish()
        #expect(stored.commits.withLock { $0 } == [Array(0...10), [11]])
    }

    @Test func `wake a reader that waits as soon as a block turns out to be light`() async throws {
        let commits = Commits(Self.policy(weight: 100)) { _ in }
        for _ in 0..<2 { _ = try await commits.enter(weight: 50) }
        let entered = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await commits.enter(weight: 40)
                entered.add()
            }
            for _ in 0..<100 { await Task.yield() }
            #expect(entered.value == 0)
            await commits.add(0, number: 0, rows: 1, weight: 10)
            try await group.waitForAll()
        }
        #expect(entered.value == 1)
        for number in 1...2 { await commits.add(number, number: number, rows: 1, weight: 1) }
        try await commits.finish()
    }

    @Test func `store nothing after a commit that failed, and say so`() async throws {
        let stored = Stored()
        let commits = Commits(Self.policy(rows: 2)) { numbers in
            if numbers.contains(2) { throw Full() }
            stored.store(numbers)
        }
        for number in 0..<6 {
            _ = try? await commits.enter(weight: 1)  // It throws once the commit has failed.
            await commits.add(number, number: number, rows: 1, weight: 1)
        }
        await #expect(throws: Full.self) { try await commits.enter(weight: 1) }
        await #expect(throws: Full.self) { try await commits.finish() }
        #expect(stored.commits.withLock { $0 } == [[0, 1]])
    }

    @Test func `store what was let in even when the task is cancelled`() async throws {
        let stored = Stored()
        let commits = Commits(Self.policy(rows: 2)) { stored.store($0) }
        let task = Task {
            for number in 0..<5 {
                _ = try await commits.enter(weight: 1)
                withUnsafeCurrentTask { $0?.cancel() }
                await commits.add(number, number: number, rows: 1, weight: 1)
            }
            try await commits.finish()
        }
        try await task.value
        #expect(stored.commits.withLock { $0 }.flatMap(\.self) == Array(0..<5))
    }

    @Test func `store at once when nothing else is on the way, if they should`() async throws {
        let stored = Stored()
        var policy = Self.policy()
        policy.storesWhenIdle = true
        let commits = Commits(policy) { stored.store($0) }
        _ = try await commits.enter(weight: 1)
        await commits.add(0, number: 0, rows: 1, weight: 1)
        #expect(stored.commits.withLock { $0 } == [[0]])
        _ = try await commits.enter(weight: 1)
        _ = try await commits.enter(weight: 1)
        await commits.add(1, number: 1, rows: 1, weight: 1)
        #expect(stored.commits.withLock { $0 } == [[0]])
        await commits.add(2, number: 2, rows: 1, weight: 1)
        #expect(stored.commits.withLock { $0 } == [[0], [1, 2]])
    }
}
