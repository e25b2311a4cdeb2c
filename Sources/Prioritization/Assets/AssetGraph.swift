/// Who lies in whom, belongs to whom and has power over whom, by the assets' positions in an inventory.
struct AssetGraph: Sendable {
    struct Edge: Sendable {
        let relation: AssetRelation
        let target: Int
    }

    /// What each asset's links lead to.
    let links: [[Edge]]
    /// Who links to each asset.
    let backLinks: [[Edge]]

    init(links: [[Edge]]) {
        self.links = links
        var back: [[Edge]] = Array(repeating: [], count: links.count)
        for (position, edges) in links.enumerated() {
            for edge in edges { back[edge.target].append(Edge(relation: edge.relation, target: position)) }
        }
        backLinks = back
    }

    /// The assets that one can get at: through its groups, the accounts that it acts as and what they administer, with all
    /// that lies within. Breadth first, each asset once, at most `bound` of them.
    func reach(from starts: [Int], bound: Int = 10_000) -> (positions: [Int], isCut: Bool) {
        var isHeld = Set(starts)
        var isRuled: Set<Int> = []
        var queue: [(position: Int, isRuled: Bool)] = starts.map { ($0, false) }
        var next = 0
        func visit(_ position: Int, ruled: Bool) {
            if ruled ? isRuled.insert(position).inserted : isHeld.insert(position).inserted {
                queue.append((position, ruled))
            }
        }
        while next < queue.count, queue.count <= bound {
            let (position, ruled) = queue[next]
            next += 1
            if ruled {
                for edge in backLinks[position] where edge.relation == .within { visit(edge.target, ruled: true) }
                for edge in links[position] where edge.relation == .actsAs { visit(edge.target, ruled: false) }
            } else {
                for edge in links[position] {
                    switch edge.relation {
                    case .administers: visit(edge.target, ruled: true)
                    case .memberOf, .actsAs: visit(edge.target, ruled: false)
                    case .within, .ownedBy: break
                    }
                }
            }
        }
        let reached = isRuled.union(isHeld).subtracting(starts)
        return (reached.sorted(), next < queue.count)
    }
}
