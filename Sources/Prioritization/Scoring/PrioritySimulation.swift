public import Casebook
internal import Chronology

/// What other weights would do to the order of incidents that are known, before they are put to use.
public struct PrioritySimulation: Sendable, Hashable {
    /// An incident under both models.
    public struct Case: Sendable, Hashable {
        public let number: Int
        public let title: String
        /// What it was found to be; nil while it is open.
        public let verdict: Classification.Verdict?
        public let oldScore: Int
        public let newScore: Int
        /// The place in the order of all, counted from 1.
        public let oldRank: Int
        public let newRank: Int
    }

    /// How well an order of scores puts true positives before what was none.
    public struct Quality: Sendable, Hashable {
        /// The chance that a true positive stands before a false or benign one, ties by half (the area under the ROC
        /// curve); nil without both.
        public let auc: Double?
        /// Spearman's rank correlation of score and truth; nil without both.
        public let correlation: Double?
        /// The share of other incidents that the mean true positive stands before, 0 to 1; nil without both.
        public let meanTruePositivePlace: Double?
        /// Likewise of those that were none.
        public let meanFalsePositivePlace: Double?
    }

    public let old: Quality
    public let new: Quality
    /// Spearman's rank correlation of both orders; nil with less than two incidents.
    public let agreement: Double?
    /// All incidents, those that move furthest first.
    public let cases: [Case]

    /// - Parameters:
    ///   - evidence: what is known of incidents besides themselves, by their ids.
    public init(
        _ incidents: [Incident], old: ScoringModel, new: ScoringModel, assets: AssetInventory,
        precisions: [String: RulePrecision] = [:], evidence: [IncidentID: IncidentEvidence] = [:]
    ) {
        func scores(_ model: ScoringModel) -> [Int] {
            incidents.map { incident in
                // What a person set is no merit of either model.
                var known = evidence[incident.id] ?? .none
                known.override = nil
                return model.priority(
                    of: incident, assets: assets, precisions: precisions, evidence: known,
                    now: incident.closedTime ?? incident.lastModifiedTime
                ).score
            }
        }
        let (before, after) = (scores(old), scores(new))
        let truths = incidents.map { $0.classification?.verdict.isTrue }
        self.old = Quality(scores: before, truths: truths)
        self.new = Quality(scores: after, truths: truths)
        agreement = RankStatistics.correlation(before.map(Double.init), after.map(Double.init))
        let (oldRanks, newRanks) = (RankStatistics.places(before), RankStatistics.places(after))
        cases = incidents.indices.map { index in
            Case(
                number: incidents[index].number, title: incidents[index].title,
                verdict: incidents[index].classification?.verdict, oldScore: before[index], newScore: after[index],
                oldRank: oldRanks[index], newRank: newRanks[index])
        }.sorted { left, right in
            (-abs(left.newRank - left.oldRank), left.number) < (-abs(right.newRank - right.oldRank), right.number)
        }
    }
}

extension PrioritySimulation.Quality {
    /// - Parameter truths: true for a true positive, false for what was none, nil for what tells nothing.
    public init(scores: [Int], truths: [Bool?]) {
        let told = zip(scores, truths).compactMap { score, truth in truth.map { (Double(score), $0) } }
        let (right, wrong) = (told.filter(\.1).map(\.0), told.filter { !$0.1 }.map(\.0))
        auc = RankStatistics.auc(right, over: wrong)
        correlation =
            right.isEmpty || wrong.isEmpty
            ? nil : RankStatistics.correlation(told.map(\.0), told.map { $0.1 ? 1 : 0 })
        let all = told.map(\.0)
        meanTruePositivePlace = auc == nil ? nil : RankStatistics.meanPlace(of: right, among: all)
        meanFalsePositivePlace = auc == nil ? nil : RankStatistics.meanPlace(of: wrong, among: all)
    }
}

extension Classification.Verdict {
    fileprivate var isTrue: Bool? {
        switch self {
        case .truePositive: true
        case .falsePositive, .benignPositive: false
        case .undetermined: nil
        }
    }
}

/// Figures about orders.
public enum RankStatistics {
    /// The chance that one of `right` is more than one of `wrong`, ties by half (Mann–Whitney's U over both counts); nil when
    /// either is empty.
    public static func auc(_ right: [Double], over wrong: [Double]) -> Double? {
        guard !right.isEmpty, !wrong.isEmpty else { return nil }
        let ranks = meanRanks(right + wrong)
        let sum = ranks.prefix(right.count).reduce(0, +)
        let count = Double(right.count)
        return (sum - count * (count + 1) / 2) / (count * Double(wrong.count))
    }

    /// Spearman's rank correlation, ties by their mean rank; nil when one of them does not vary.
    public static func correlation(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count == right.count, left.count > 1 else { return nil }
        let (x, y) = (meanRanks(left), meanRanks(right))
        let mean = Double(x.count + 1) / 2
        var (product, squareX, squareY) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            product += (a - mean) * (b - mean)
            squareX += (a - mean) * (a - mean)
            squareY += (b - mean) * (b - mean)
        }
        guard squareX > 0, squareY > 0 else { return nil }
        return product / (squareX * squareY).squareRoot()
    }

    /// The place of each score, the highest first, counted from 1; equal scores in the order given.
    static func places(_ scores: [Int]) -> [Int] {
        let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
        var places = Array(repeating: 0, count: scores.count)
        for (place, index) in order.enumerated() { places[index] = place + 1 }
        return places
    }

    /// The mean share of all others that some values stand above, ties by half.
    static func meanPlace(of some: [Double], among all: [Double]) -> Double? {
        guard !some.isEmpty, all.count > 1 else { return nil }
        let sorted = all.sorted()
        let places = some.map { value in
            let below = Double(sorted.partition { $0 < value })
            let same = Double(sorted.partition { $0 <= value }) - below - 1
            return (below + same / 2) / Double(all.count - 1)
        }
        return places.reduce(0, +) / Double(places.count)
    }

    /// Ranks from 1, the lowest first, ties by their mean.
    private static func meanRanks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = Array(repeating: 0.0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for index in start...end { ranks[order[index]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }
}

extension [Double] {
    /// How many of these sorted values satisfy a test that the lower ones do.
    fileprivate func partition(_ isLow: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isLow(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
