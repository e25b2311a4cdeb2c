public import JSON
public import Sigma

/// Hits of Sigma rules that a sensor forwards, for the correlations of the hub.
public struct ForwardedHits: Sendable {
    public let hits: [SigmaHit]

    /// Reads a list of hits as `SigmaHit.json` gives them.
    public init(json: [JSON]) throws(InvalidHit) {
        var hits: [SigmaHit] = []
        for item in json { hits.append(try SigmaHit(json: item)) }
        self.hits = hits
    }

    /// The ids of the rules that were hit.
    public var rules: Set<String> { Set(hits.map(\.rule)) }
}
