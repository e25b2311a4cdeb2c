public import Chronology

/// What could not be taken in as it should: to look at, and to take in anew once the cause is mended.
public protocol DeadLetterBox: Sendable {
    /// The newest letters that a filter lets through, and how many there are per source and reason.
    func listing(_ filter: DeadLetterFilter, limit: Int) async throws -> DeadLetterListing

    /// Takes letters in again with the content as it now is; those that are taken leave the dead letters in the same
    /// transaction that stores their rows, and what fails again stays, with its new reason.
    func redrive(_ filter: DeadLetterFilter, by name: String) async throws -> RedriveReceipt
}

/// Which dead letters are meant; nil: any.
public struct DeadLetterFilter: Sendable, Hashable {
    /// Where it came from: a file, a listener, an address.
    public var source: String?
    public var reason: String?

    public init(source: String? = nil, reason: String? = nil) {
        self.source = source
        self.reason = reason
    }
}

public struct DeadLetterListing: Sendable {
    /// How many letters came of one source for one reason.
    public struct Count: Sendable, Hashable {
        public let source: String
        public let reason: String
        /// Whether they are whole records; of a record whose other values were stored only the odd value is here.
        public let isRedrivable: Bool
        public let count: Int
        public let latest: Instant

        public init(source: String, reason: String, isRedrivable: Bool, count: Int, latest: Instant) {
            self.source = source
            self.reason = reason
            self.isRedrivable = isRedrivable
            self.count = count
            self.latest = latest
        }
    }

    public struct Letter: Sendable, Hashable {
        public let time: Instant
        public let source: String
        /// What it was taken for; empty when nothing was recognised.
        public let format: String
        /// The table it was meant for; empty when none.
        public let table: String
        public let reason: String
        /// Counted from 1.
        public let line: Int?
        public let raw: String

        public init(
            time: Instant, source: String, format: String, table: String, reason: String, line: Int?, raw: String
        ) {
            self.time = time
            self.source = source
            self.format = format
            self.table = table
            self.reason = reason
            self.line = line
            self.raw = raw
        }
    }

    /// The most frequent first.
    public let counts: [Count]
    /// The newest first.
    public let letters: [Letter]

    public init(counts: [Count], letters: [Letter]) {
        self.counts = counts
        self.letters = letters
    }
}

/// What became of letters that were taken in again.
public struct RedriveReceipt: Sendable, Hashable {
    /// Letters that were read again.
    public var letters = 0
    /// Rows that were stored, per table.
    public var tables: [String: Int] = [:]
    /// Letters that failed again.
    public var failed = 0

    public init() {}

    public var stored: Int { tables.values.reduce(0, +) }
}
