internal import Chronology
internal import Vocabulary

/// Tells when two products speak of the same thing: the same technique, on the same very thing, at the same time.
enum DuplicateFindings {
    /// Findings of two products lie no further apart.
    private static let nearness = TimeSpan.minutes(15)

    /// Is `later` the same finding as `earlier`, told by another product?
    ///
    /// Both name the same host and the same file, hash, process or address; or the same account and outside address. Their
    /// techniques agree, or where one names none their tactics do.
    static func isSame(_ earlier: FusionSignal, _ later: FusionSignal) -> Bool {
        guard earlier.product != later.product, earlier.id != later.id, gap(earlier, later) <= nearness else {
            return false
        }
        let kinds = sharedKinds(earlier, later)
        let specific: Set<EntityKind> = [.file, .fileHash, .process, .ip, .url, .dns, .registryKey]
        let isOnOne = kinds.contains(.host) || kinds.contains(.account)
        guard isOnOne, !kinds.isDisjoint(with: specific) else { return false }
        if earlier.techniques.isEmpty || later.techniques.isEmpty {
            return !Set(earlier.tactics).isDisjoint(with: later.tactics)
        }
        func roots(_ techniques: [String]) -> Set<Substring> { Set(techniques.map { $0.prefix { $0 != "." } }) }
        return !roots(earlier.techniques).isDisjoint(with: roots(later.techniques))
    }

    private static func gap(_ first: FusionSignal, _ second: FusionSignal) -> TimeSpan {
        max(.zero, max(first.start, second.start) - min(first.end, second.end))
    }

    private static func sharedKinds(_ first: FusionSignal, _ second: FusionSignal) -> Set<EntityKind> {
        let keys = Set(first.subjects.map(\.key))
        return Set(second.subjects.filter { keys.contains($0.key) }.map(\.kind))
    }
}
