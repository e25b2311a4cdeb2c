/// A rule's condition over its named detections.
public indirect enum SigmaCondition: Sendable, Hashable {
    case detection(String)
    case all([SigmaCondition])
    case any([SigmaCondition])
    case not(SigmaCondition)
    /// So many (nil: all) of the detections that the pattern names must match.
    case quantified(count: Int?, of: SigmaDetectionPattern)
}

/// Names detections: `them`, or a name with `*`.
public enum SigmaDetectionPattern: Sendable, Hashable {
    /// All detections whose names do not begin with an underscore.
    case them
    case names(String)

    public func matches(_ name: String) -> Bool {
        switch self {
        case .them: return !name.hasPrefix("_")
        case .names(let pattern):
            let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
            guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return name == pattern }
            guard name.hasPrefix(first) else { return false }
            var rest = name.dropFirst(first.count)
            for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
                guard let range = rest.firstRange(of: piece) else { return false }
                rest = rest[range.upperBound...]
            }
            return rest.hasSuffix(last)
        }
    }
}
