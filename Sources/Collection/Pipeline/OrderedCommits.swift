/// Brings the blocks of one input to the store in their order, many in one commit, while more are read.
///
/// The reader of the input asks for room with `enter` before each block; any number of tasks then map blocks and hand them
/// over with `add`, in any order. A task whose `add` completes a commit stores it; the others go on. At most
/// `Policy.weight` of blocks is on the way at a time, read or mapped, so that a slow store slows the reader down. Nothing
/// here minds a cancelled task: what was let in is stored.
public actor OrderedCommits<Block: Sendable> {
    /// When blocks are stored.
    public struct Policy: Sendable {
        /// A commit waits for this many rows, unless another bound is met first: DuckDB writes whole row groups straight
        /// into its file, and what is less first into its log. Alerts are recorded while the rows of the next are stored.
        public var rows = 65_536
        /// So much makes a commit too, about bytes.
        public var commitWeight = 64 << 20
        /// How much may be on the way, about bytes: what is stored, and as much again that is read and mapped meanwhile.
        public var weight = 144 << 20
        /// A commit is begun when the one before was begun this long ago.
        public var interval = Duration.seconds(1)
        /// A commit is begun, however small, when nothing else is on the way: for input that never ends.
        public var storesWhenIdle = false

        public init() {}
    }

    private struct Entry {
        var block: Block
        var rows: Int
        var weight: Int
    }

    private let policy: Policy
    private let store: @Sendable ([Block]) async throws -> Void
    /// What the blocks weigh that were let in and are being mapped, by their number.
    private var entered: [Int: Int] = [:]
    /// Blocks that were mapped, by their number.
    private var arrived: [Int: Entry] = [:]
    private var nextToStore = 0
    private var nextToEnter = 0
    private var weight = 0
    private var lastCommit = ContinuousClock.now
    private var isStoring = false
    private var isEnding = false
    private var failure: (any Error)?
    private var reader: CheckedContinuation<Void, Never>?
    private var isReaderWaiting = false

    /// - Parameter store: Makes blocks durable, all of them or none that is told of; never called twice at a time.
    public init(_ policy: Policy = Policy(), store: @escaping @Sendable ([Block]) async throws -> Void) {
        self.policy = policy
        self.store = store
    }

    /// Waits until there is room for a block of that weight; gives its number. For one task only.
    ///
    /// - Throws: what the store threw for a block before.
    public func enter(weight new: Int) async throws -> Int {
        isReaderWaiting = true
        while weight > 0, weight + new > policy.weight, failure == nil {
            // What is there may be too little for a commit, and with the reader waiting nothing more would come.
            await storeReady()
            guard weight > 0, weight + new > policy.weight, failure == nil else { break }
            await withCheckedContinuation { reader = $0 }
        }
        isReaderWaiting = false
        if let failure { throw failure }
        weight += new
        entered[nextToEnter] = new
        defer { nextToEnter += 1 }
        return nextToEnter
    }

    /// Hands a mapped block over, which may weigh more or less than what it was made of, and stores what makes a commit
    /// with it.
    public func add(_ block: Block, number: Int, rows: Int, weight new: Int) async {
        weight += new - (entered.removeValue(forKey: number) ?? 0)
        arrived[number] = Entry(block: block, rows: rows, weight: new)
        wakeReader()
        await storeReady()
    }

    /// Stores the rest, when all blocks that entered were added.
    ///
    /// - Throws: what the store threw; the blocks of that commit, and all after it, are not stored.
    public func finish() async throws {
        isEnding = true
        await storeReady()
        if let failure { throw failure }
    }

    private func storeReady() async {
        while !isStoring, failure == nil, let commit = nextCommit() {
            isStoring = true
            lastCommit = .now
            do {
                try await store(commit.map(\.block))
            } catch {
                failure = error
            }
            isStoring = false
            weight -= commit.reduce(0) { $0 + $1.weight }
            wakeReader()
        }
    }

    /// Lets the reader look whether there is room for it now.
    private func wakeReader() {
        reader?.resume()
        reader = nil
    }

    /// Takes out the blocks at the front of the line if it is time to store them.
    private func nextCommit() -> [Entry]? {
        var count = 0
        var rows = 0
        var ready = 0
        while let entry = arrived[nextToStore + count], rows < policy.rows, ready < policy.commitWeight {
            rows += entry.rows
            ready += entry.weight
            count += 1
        }
        let isAll = nextToStore + count == nextToEnter
        let isDue =
            isEnding || (isAll && (isReaderWaiting || policy.storesWhenIdle)) || rows >= policy.rows
            || ready >= policy.commitWeight || .now - lastCommit >= policy.interval
        guard count > 0, isDue else { return nil }
        defer { nextToStore += count }
        return (nextToStore..<(nextToStore + count)).compactMap { arrived.removeValue(forKey: $0) }
    }
}
