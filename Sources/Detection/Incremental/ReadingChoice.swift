internal import Chronology

/// The two ways in which a rule can come by the rows of its look-back.
public enum ReadingWay: String, Sendable, Hashable {
    case whole, slices
}

/// When rules run by slices.
public struct ReadingPolicy: Sendable {
    /// A rule whose whole run takes less is not worth keeping slices for.
    public var cheapSeconds = 0.2
    /// The other way is taken when it costs less than this share of the present one, so that noise changes nothing.
    public var margin = 0.8
    /// Whether rules that can run by slices do so, whatever it costs.
    public var isAlwaysSlices = false
    /// What a run of that way counts for that took so many seconds.
    public var cost: @Sendable (ReadingWay, Double) -> Double = { $1 }

    public init() {}

    /// Whatever can run by slices does.
    public static var alwaysSlices: ReadingPolicy {
        var policy = ReadingPolicy()
        policy.isAlwaysSlices = true
        return policy
    }
}

/// Which way costs a rule less, by what its last runs took.
///
/// A rule begins with a whole run. When that is dear, slices are tried; then the way with the lower median of the last runs
/// is taken, and the other is measured again once per look-back.
struct ReadingChoice: Sendable, Hashable {
    /// What one run took; infinite when the way could not be gone.
    struct Cost: Sendable, Hashable {
        var way: ReadingWay
        var time: Instant
        var seconds: Double
    }

    enum Decision: Sendable, Hashable {
        case slices
        case whole(LookBackReading.WholeReason)
    }

    /// The rule's look-back.
    let lookBack: TimeSpan
    /// The last runs of each way, in the order in which they were made.
    private(set) var costs: [Cost] = []
    private(set) var way = ReadingWay.whole
    /// How many runs by slices in a row had to read most of them, which says nothing of what later ones take.
    private(set) var rebuilds = 0

    private static let mostCosts = 5
    private static let mostRebuilds = 3

    init(lookBack: TimeSpan) {
        self.lookBack = lookBack
    }

    /// As it was kept.
    init(lookBack: TimeSpan, costs: [Cost], way: ReadingWay, rebuilds: Int) {
        self.init(lookBack: lookBack)
        self.costs = costs
        self.way = way
        self.rebuilds = rebuilds
    }

    /// How the run that is made now is to be made.
    mutating func next(at now: Instant, _ policy: ReadingPolicy) -> Decision {
        if policy.isAlwaysSlices { return .slices }
        guard let whole = cost(of: .whole, since: now - lookBack) else { return .whole(.measuring) }
        guard whole >= policy.cheapSeconds else {
            way = .whole
            return .whole(.cheap(seconds: whole))
        }
        guard let slices = cost(of: .slices, since: now - lookBack) else { return .slices }
        switch way {
        case .whole: if slices < whole * policy.margin { way = .slices }
        case .slices: if whole < slices * policy.margin { way = .whole }
        }
        if way == .slices { return .slices }
        return .whole(slices.isFinite ? .cheaper(seconds: whole, bySlices: slices) : .gaveUp)
    }

    /// A whole run was made.
    mutating func ranWhole(_ seconds: Double, at now: Instant) {
        add(Cost(way: .whole, time: now, seconds: seconds))
    }

    /// A run by slices was made.
    mutating func ranSlices(_ seconds: Double, _ tally: SliceTally, at now: Instant) {
        rebuilds = tally.read * 2 > tally.all ? rebuilds + 1 : 0
        if rebuilds == 0 || rebuilds >= Self.mostRebuilds {
            add(Cost(way: .slices, time: now, seconds: seconds))
        }
    }

    /// Slices were tried in vain.
    mutating func gaveUpSlices(at now: Instant) {
        costs.removeAll { $0.way == .slices }
        add(Cost(way: .slices, time: now, seconds: .infinity))
        way = .whole
    }

    /// The median of what the last runs took; nil when the last of them is older than `oldest`.
    private func cost(of way: ReadingWay, since oldest: Instant) -> Double? {
        let known = costs.filter { $0.way == way }
        guard let last = known.last, last.time > oldest else { return nil }
        let seconds = known.map(\.seconds).sorted()
        return seconds[seconds.count / 2]
    }

    private mutating func add(_ cost: Cost) {
        let others = costs.filter { $0.way != cost.way }
        let same = costs.filter { $0.way == cost.way && $0.time > cost.time - lookBack && $0.seconds.isFinite }
        costs = others + same.suffix(Self.mostCosts - 1) + [cost]
    }
}
