import KQLValues

/// Finds the matches of a graph pattern by walking over the graph step by step.
struct GraphSearch {
    /// The nodes and paths that the variables of a match stand for.
    struct Match {
        var nodes: [Int]
        var paths: [Path]
    }

    struct Path {
        var edges: [Int] = []
        var innerNodes: [Int] = []
    }

    private let graph: PropertyGraph
    private let pattern: GraphMatch
    private let limit: Int
    /// The nodes at which the first pattern may begin; nil: all.
    var allowedStarts: [Bool]?
    private(set) var matches: [Match] = []
    /// Whether the limit of matches was reached.
    private(set) var isCut = false
    private var current: Match
    private var usedEdges: Set<Int> = []
    private var moves = 0

    init(graph: PropertyGraph, match: GraphMatch, limit: Int) {
        self.graph = graph
        pattern = match
        self.limit = limit
        current = Match(
            nodes: Array(repeating: -1, count: match.nodeCount), paths: match.isPath.map { _ in Path() })
    }

    /// Fills `matches`; `check` throws when the time is over.
    mutating func run(check: () throws(ExecutionError) -> Void) throws(ExecutionError) {
        try follow(0, from: -1, check)
    }

    /// Of some matches, one shortest for each pair of first and last node.
    func shortest(among selection: [Int]?) -> [Int] {
        let rows = selection ?? Array(matches.indices)
        var best: [[Int]: Int] = [:]
        var order: [[Int]] = []
        for (position, row) in rows.enumerated() {
            let match = matches[row]
            let length = match.paths.reduce(0) { $0 + $1.edges.count }
            guard let known = best[match.nodes] else {
                best[match.nodes] = position
                order.append(match.nodes)
                continue
            }
            if length < matches[rows[known]].paths.reduce(0, { $0 + $1.edges.count }) { best[match.nodes] = position }
        }
        return order.compactMap { best[$0] }
    }

    private mutating func follow(
        _ index: Int, from node: Int, _ check: () throws(ExecutionError) -> Void
    ) throws(ExecutionError) {
        guard !isCut else { return }
        moves += 1
        if moves % 10_000 == 0 { try check() }
        guard index < pattern.steps.count else {
            if isDistinct { matches.append(current) }
            if matches.count >= limit { isCut = true }
            return
        }
        switch pattern.steps[index] {
        case .start(let variable):
            if current.nodes[variable] >= 0 {
                try follow(index + 1, from: current.nodes[variable], check)
                return
            }
            for start in 0..<graph.nodes.rowCount where index > 0 || allowedStarts?[start] != false {
                current.nodes[variable] = start
                try follow(index + 1, from: start, check)
            }
            current.nodes[variable] = -1
        case .hop(let edge, let variable, let direction, let minimum, let maximum):
            try walk(
                Hop(edge: edge, variable: variable, direction: direction, minimum: minimum, maximum: maximum),
                index, from: node, check)
        }
    }

    private struct Hop {
        let edge: Int
        let variable: Int
        let direction: GraphMatch.Direction
        let minimum: Int
        let maximum: Int
    }

    private mutating func walk(
        _ hop: Hop, _ index: Int, from node: Int, _ check: () throws(ExecutionError) -> Void
    ) throws(ExecutionError) {
        let length = current.paths[hop.edge].edges.count
        if length >= hop.minimum { try arrive(hop, index, at: node, check) }
        guard length < hop.maximum, length < 1000, !isCut else { return }
        for (edge, next) in moves(from: node, hop.direction) {
            if pattern.cycles != .all, usedEdges.contains(edge) { continue }
            if pattern.cycles == .none, length > 0, current.paths[hop.edge].innerNodes.contains(next) { continue }
            let wasUsed = !usedEdges.insert(edge).inserted
            current.paths[hop.edge].edges.append(edge)
            if length > 0 { current.paths[hop.edge].innerNodes.append(node) }
            try walk(hop, index, from: next, check)
            current.paths[hop.edge].edges.removeLast()
            if length > 0 { current.paths[hop.edge].innerNodes.removeLast() }
            if !wasUsed { usedEdges.remove(edge) }
        }
    }

    private mutating func arrive(
        _ hop: Hop, _ index: Int, at node: Int, _ check: () throws(ExecutionError) -> Void
    ) throws(ExecutionError) {
        let bound = current.nodes[hop.variable]
        guard bound < 0 || bound == node else { return }
        current.nodes[hop.variable] = node
        // The next hop has a path of its own, so this one's stays as it is.
        try follow(index + 1, from: node, check)
        current.nodes[hop.variable] = bound
    }

    /// The edges from a node in a direction, and the nodes that they lead to.
    private func moves(from node: Int, _ direction: GraphMatch.Direction) -> [(edge: Int, node: Int)] {
        var moves: [(edge: Int, node: Int)] = []
        if direction != .backward { moves += graph.outgoing[node].map { ($0, graph.targets[$0]) } }
        if direction != .forward { moves += graph.incoming[node].map { ($0, graph.sources[$0]) } }
        return moves
    }

    /// Without cycles, no node may stand twice in a match.
    private var isDistinct: Bool {
        guard pattern.cycles == .none else { return true }
        var seen: Set<Int> = []
        for node in current.nodes where !seen.insert(node).inserted { return false }
        for path in current.paths {
            for node in path.innerNodes where !seen.insert(node).inserted { return false }
        }
        return true
    }
}
