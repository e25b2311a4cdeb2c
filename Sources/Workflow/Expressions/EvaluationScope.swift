public import Chronology
public import JSON

/// What an expression can see of the run it stands in.
public protocol EvaluationScope {
    /// `parameters('name')`.
    func parameter(named name: String) throws(ExpressionError) -> JSON
    /// `variables('name')`.
    func variable(named name: String) throws(ExpressionError) -> JSON
    /// `outputs('name')`, null for an action that did not run.
    func outputs(ofAction name: String) throws(ExpressionError) -> JSON
    /// `actions('name')`, and `action()` for nil: name, status, times, inputs and outputs.
    func action(named name: String?) throws(ExpressionError) -> JSON
    /// `result('scope')`: the actions inside a scope or loop.
    func results(ofScope name: String) throws(ExpressionError) -> JSON
    /// `trigger()`.
    var trigger: JSON { get }
    /// `items('loop')`, and `item()` for nil.
    func item(ofLoop name: String?) throws(ExpressionError) -> JSON
    /// `iterationIndexes('loop')`, from 0.
    func iterationIndex(ofLoop name: String) throws(ExpressionError) -> JSON
    /// `workflow()`.
    var workflow: JSON { get }
    /// `listCallbackUrl()`.
    func callbackURL() throws(ExpressionError) -> JSON
}

/// The time and the randomness that functions use; both come from outside, so that a run can be replayed.
public struct EvaluationSources: Sendable, Hashable {
    /// What `utcNow()` answers.
    public var now: Instant
    var random: SplitMix64

    /// - Parameter seed: where `rand()` and `guid()` begin.
    public init(now: Instant, seed: UInt64) {
        self.now = now
        random = SplitMix64(state: seed)
    }
}

/// S. Vigna's SplitMix64: a small generator whose whole state is one number.
struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
