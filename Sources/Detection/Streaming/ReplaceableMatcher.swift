internal import Synchronization

/// A matcher that can be exchanged for another while blocks are matched.
public final class ReplaceableMatcher: BlockMatcher {
    private let matcher: Mutex<any BlockMatcher>

    public init(_ matcher: any BlockMatcher) {
        self.matcher = Mutex(matcher)
    }

    /// Later blocks are looked at by this one.
    public func replace(_ matcher: any BlockMatcher) {
        self.matcher.withLock { $0 = matcher }
    }

    public func findings(in block: StreamedBlock) -> [StreamFinding] {
        let current = matcher.withLock { $0 }
        return current.findings(in: block)
    }
}

/// Several matchers that look at each block.
public struct MatcherGroup: BlockMatcher {
    private let matchers: [any BlockMatcher]

    public init(_ matchers: [any BlockMatcher]) {
        self.matchers = matchers
    }

    public func findings(in block: StreamedBlock) -> [StreamFinding] {
        matchers.flatMap { $0.findings(in: block) }
    }
}
