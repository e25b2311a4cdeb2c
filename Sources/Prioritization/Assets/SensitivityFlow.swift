/// Hands sensitivity on along an asset graph: from container to content, group to member, owner to belongings, from what is
/// administered (or lies in it) to who administers it, from an account to what acts as it.
///
/// A search by levels, the highest first, so that each asset gets its highest level by the shortest way and cycles end by
/// themselves; at most `depth` hops from where a level was given.
struct SensitivityFlow: Sendable {
    /// Where an asset's level comes from.
    struct Result: Sendable {
        var level: Sensitivity
        /// The asset that has the level by itself.
        var origin: Int
        /// How it came here, the last hop first, each as `position → next position`.
        var hops: [Hop]
    }

    struct Hop: Sendable {
        /// Gets the level…
        let position: Int
        /// …from this one…
        let from: Int
        /// …by this relation; `holds`: `position` has `from` within itself.
        let kind: Kind

        enum Kind: Sendable { case inherits(AssetRelation), holds }
    }

    /// The place of a level: the asset itself, or what lies in it.
    private struct Place: Hashable {
        let position: Int
        let isContent: Bool
    }

    private struct Arrival {
        let level: Sensitivity
        let previous: (place: Place, kind: Hop.Kind)?
        let depth: Int
    }

    static let depth = 16

    private let arrivals: [Place: Arrival]

    /// - Parameters:
    ///   - own: the level that each asset has by itself.
    ///   - isFixed: assets whose level is stated; they take none from others.
    init(_ graph: AssetGraph, own: [Sensitivity?], isFixed: [Bool], inheritance: [AssetRelation: Int]) {
        var arrivals: [Place: Arrival] = [:]
        var queues: [[(Place, Arrival)]] = Array(repeating: [], count: Sensitivity.allCases.count)
        for (position, level) in own.enumerated() {
            guard let level else { continue }
            let arrival = Arrival(level: level, previous: nil, depth: 0)
            queues[level.rank].append((Place(position: position, isContent: false), arrival))
        }
        for rank in queues.indices.reversed() {
            var next = 0
            while next < queues[rank].count {
                let (place, arrival) = queues[rank][next]
                next += 1
                let isRefused = !place.isContent && arrival.depth > 0 && isFixed[place.position]
                guard arrivals[place] == nil, !isRefused else { continue }
                arrivals[place] = arrival
                guard arrival.depth < SensitivityFlow.depth else { continue }
                for (to, kind, loss) in SensitivityFlow.ways(from: place, graph, inheritance) {
                    guard arrivals[to] == nil, let level = arrival.level.lowered(by: loss) else { continue }
                    queues[level.rank].append(
                        (to, Arrival(level: level, previous: (place, kind), depth: arrival.depth + 1)))
                }
            }
            queues[rank] = []
        }
        self.arrivals = arrivals
    }

    private static func ways(
        from place: Place, _ graph: AssetGraph, _ inheritance: [AssetRelation: Int]
    ) -> [(Place, Hop.Kind, loss: Int)] {
        var ways: [(Place, Hop.Kind, loss: Int)] = []
        for edge in graph.backLinks[place.position] {
            guard let loss = inheritance[edge.relation], !place.isContent || edge.relation == .administers else {
                continue
            }
            ways.append((Place(position: edge.target, isContent: false), .inherits(edge.relation), loss))
        }
        guard inheritance[.administers] != nil else { return ways }
        for edge in graph.links[place.position] where edge.relation == .within {
            ways.append((Place(position: edge.target, isContent: true), .holds, 0))
        }
        return ways
    }

    /// The level that an asset ends up with; nil when none comes to it.
    func result(at position: Int) -> Result? {
        var place = Place(position: position, isContent: false)
        guard let last = arrivals[place] else { return nil }
        var hops: [Hop] = []
        while let previous = arrivals[place]?.previous {
            hops.append(Hop(position: place.position, from: previous.place.position, kind: previous.kind))
            place = previous.place
        }
        return Result(level: last.level, origin: place.position, hops: hops)
    }
}
