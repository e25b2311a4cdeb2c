/// How a run came by the rows of its look-back.
public enum LookBackReading: Sendable, Hashable, CustomStringConvertible {
    /// Only what was new or had changed was read.
    case slices(SliceTally)
    /// All was read.
    case whole(WholeReason)

    /// Why all was read.
    public enum WholeReason: Sendable, Hashable {
        /// The query, or its schedule, leaves no other way.
        case onlyWay
        /// To know what it takes.
        case measuring
        /// It takes so few seconds that nothing is to be gained.
        case cheap(seconds: Double)
        /// Slices take longer.
        case cheaper(seconds: Double, bySlices: Double)
        /// Slices were tried within the last look-back, and failed or would have kept too much.
        case gaveUp
    }

    public var description: String {
        switch self {
        case .slices(let tally): "incremental: \(tally)"
        case .whole(.onlyWay): "whole look-back"
        case .whole(.measuring): "whole look-back, to measure what it takes"
        case .whole(.cheap(let seconds)): "whole look-back, which takes only \(Self.words(seconds))"
        case .whole(.cheaper(let seconds, let bySlices)):
            "whole look-back, which takes \(Self.words(seconds)), by slices \(Self.words(bySlices))"
        case .whole(.gaveUp): "whole look-back, since its slices would be too many"
        }
    }

    private static func words(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1_000).rounded())
        return milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000) s"
    }
}
