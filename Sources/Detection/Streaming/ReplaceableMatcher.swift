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
