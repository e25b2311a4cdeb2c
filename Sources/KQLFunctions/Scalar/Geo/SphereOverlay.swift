import Foundation

/// Loops on the sphere laid over each other: cut at their crossings and put together again along the border of the places
/// that enough of them go round.
///
/// Loops must lie within half of the sphere. Corners closer than a tenth of a micrometre count as one.
struct SphereOverlay {
    /// A part of an edge between two corners or crossings.
    private struct Piece {
        let from: Int
        let to: Int
        /// The number of the edge in the order in which the loops were given.
        let edge: Int
    }

    private struct Ends: Hashable {
        let from: Int
        let to: Int
    }

    /// The work grows with the square of the corners, so there is an end to them.
    static let maximumCorners = 8192

    private let loops: [[SpherePoint]]
    private var corners = CornerSet()

    init(_ loops: [[SpherePoint]]) {
        self.loops = loops.filter { $0.count >= 3 }
    }

    /// The polygons of all places that at least `count` loops go round to the left; loops to the right count against it.
    mutating func polygons(coveredBy count: Int) throws(EvaluationError) -> [[[SpherePoint]]] {
        let size = loops.reduce(0) { $0 + $1.count }
        guard size <= SphereOverlay.maximumCorners else {
            throw EvaluationError(
                "shapes of \(size) corners are too many to join; simplify them to \(SphereOverlay.maximumCorners) before"
            )
        }
        let winding = SphereWinding(loops)
        var first: [Ends: Int] = [:]
        var order: [Ends] = []
        for piece in pieces() {
            let isForward = piece.from < piece.to
            let ends = isForward ? Ends(from: piece.from, to: piece.to) : Ends(from: piece.to, to: piece.from)
            if first[ends] == nil { order.append(ends) }
            first[ends] = min(first[ends] ?? piece.edge, piece.edge)
        }
        var border: [Piece] = []
        for ends in order {
            let (a, b) = (corners.points[ends.from], corners.points[ends.to])
            let middle = a + b
            let side = a.cross(b)
            guard middle.length > 0, side.length > 0 else { continue }
            let offset = max(2e-13, min(1e-10, side.length * 1e-3))
            let left = (middle.normalized + side.normalized * offset).normalized
            let right = (middle.normalized - side.normalized * offset).normalized
            let isLeftIn = winding.number(at: left) >= count
            let isRightIn = winding.number(at: right) >= count
            guard isLeftIn != isRightIn, let edge = first[ends] else { continue }
            border.append(
                isLeftIn
                    ? Piece(from: ends.from, to: ends.to, edge: edge) : Piece(from: ends.to, to: ends.from, edge: edge))
        }
        return SphereOverlay.nested(rings(border))
    }

    /// The edges cut where others cross or touch them.
    private mutating func pieces() -> [Piece] {
        var edges: [(from: Int, to: Int)] = []
        for loop in loops {
            let numbers = loop.map { corners.number(of: $0) }
            for (index, number) in numbers.enumerated() {
                edges.append((number, numbers[(index + 1) % numbers.count]))
            }
        }
        var cuts = [[Int]](repeating: [], count: edges.count)
        for (first, second) in SphereOverlay.neighbours(edges.map { (corners.points[$0.from], corners.points[$0.to]) })
        {
            let (p, q) = (edges[first], edges[second])
            for end in [q.from, q.to] where touches(end, p) { cuts[first].append(end) }
            for end in [p.from, p.to] where touches(end, q) { cuts[second].append(end) }
            let ends = Set([p.from, p.to, q.from, q.to])
            guard ends.count == 4, cuts[first].last != q.from, cuts[first].last != q.to,
                let point = Sphere.crossing(
                    corners.points[p.from], corners.points[p.to], corners.points[q.from], corners.points[q.to])
            else { continue }
            let number = corners.number(of: point)
            if number != p.from, number != p.to { cuts[first].append(number) }
            if number != q.from, number != q.to { cuts[second].append(number) }
        }
        var pieces: [Piece] = []
        for (index, edge) in edges.enumerated() where edge.from != edge.to {
            let start = corners.points[edge.from]
            let stops = Set(cuts[index]).map { ($0, start.angle(to: corners.points[$0])) }.sorted { $0.1 < $1.1 }
            var last = edge.from
            for stop in stops.map(\.0) + [edge.to] where stop != last {
                pieces.append(Piece(from: last, to: stop, edge: index))
                last = stop
            }
        }
        return pieces
    }

    /// Whether a corner lies on an edge, its ends left out.
    private func touches(_ corner: Int, _ edge: (from: Int, to: Int)) -> Bool {
        guard corner != edge.from, corner != edge.to else { return false }
        let point = corners.points[corner]
        let foot = Sphere.nearest(to: point, corners.points[edge.from], corners.points[edge.to])
        return (foot - point).length < CornerSet.tolerance
    }

    /// The pairs of edges that may meet, by their extents along the axis of the sphere.
    private static func neighbours(_ edges: [(SpherePoint, SpherePoint)]) -> [(Int, Int)] {
        // An edge bulges beyond its ends by at most this much.
        let extents = edges.map { a, b -> (low: Double, high: Double, center: SpherePoint, reach: Double) in
            let reach = (a - b).length / 2 * 1.01 + 1e-12
            let middle = a + b
            let center = middle.length > 0 ? middle.normalized : a
            return (center.z - reach * 1.5, center.z + reach * 1.5, center, reach)
        }
        let order = edges.indices.sorted { extents[$0].low < extents[$1].low }
        var active: [Int] = []
        var pairs: [(Int, Int)] = []
        for index in order {
            active.removeAll { extents[$0].high < extents[index].low }
            for other in active
            where (extents[other].center - extents[index].center).length
                <= (extents[other].reach + extents[index].reach) * 1.5
            {
                pairs.append((min(index, other), max(index, other)))
            }
            active.append(index)
        }
        return pairs.sorted { $0 < $1 }
    }

    /// Rings made of the border, which lies to the left; a ring that touches itself at a corner becomes two.
    private func rings(_ border: [Piece]) -> [[SpherePoint]] {
        var outgoing: [Int: [Int]] = [:]
        for (index, piece) in border.enumerated() { outgoing[piece.from, default: []].append(index) }
        var isUsed = [Bool](repeating: false, count: border.count)
        var rings: [(points: [SpherePoint], first: Int)] = []
        for start in border.indices where !isUsed[start] {
            var loop: [Int] = []
            var next: Int? = start
            while let index = next, !isUsed[index] {
                isUsed[index] = true
                loop.append(index)
                next = leftmost(outgoing[border[index].to] ?? [], after: border[index], border, isUsed)
            }
            guard loop.count >= 3, border[loop[0]].from == border[loop[loop.count - 1]].to else { continue }
            let ordered = SphereOverlay.rotated(loop.map { border[$0] })
            rings.append((ordered.map { corners.points[$0.from] }, ordered.map(\.edge).min() ?? 0))
        }
        return rings.sorted { $0.first < $1.first }.map(\.points)
    }

    /// The way on that turns most to the left.
    private func leftmost(_ candidates: [Int], after piece: Piece, _ border: [Piece], _ isUsed: [Bool]) -> Int? {
        let free = candidates.filter { !isUsed[$0] }
        guard free.count > 1 else { return free.first }
        let corner = corners.points[piece.to]
        let incoming = corner - corners.points[piece.from]
        let east = corner.cross(incoming)
        func turn(_ index: Int) -> Double {
            let way = corners.points[border[index].to] - corner
            return atan2(way.dot(east), way.dot(incoming))
        }
        return free.max { turn($0) < turn($1) }
    }

    /// The pieces of a ring so that the last piece of the last edge comes last, which keeps the order of the input.
    private static func rotated(_ ring: [Piece]) -> [Piece] {
        var last = 0
        var sawGap = false
        for index in ring.indices.dropFirst() {
            if ring[index].edge < ring[last].edge {
                sawGap = true
            } else if ring[index].edge > ring[last].edge || !sawGap {
                last = index
                sawGap = false
            }
        }
        return Array(ring[(last + 1)...] + ring[...last])
    }

    /// Rings to the left are shells, the others holes in the smallest shell around them.
    private static func nested(_ rings: [[SpherePoint]]) -> [[[SpherePoint]]] {
        let areas = rings.map { GeoPolygons.signedArea($0) }
        var polygons: [(shell: Int, rings: [[SpherePoint]])] = rings.indices.filter { areas[$0] > 0 }.map {
            ($0, [rings[$0]])
        }
        for (index, ring) in rings.enumerated() where areas[index] < 0 {
            let around = polygons.indices.filter { SphereWinding([rings[polygons[$0].shell]]).number(at: ring[0]) > 0 }
            guard let shell = around.min(by: { areas[polygons[$0].shell] < areas[polygons[$1].shell] }) else {
                continue
            }
            polygons[shell].rings.append(ring)
        }
        return polygons.map(\.rings)
    }
}

/// Different corners, each with a number.
private struct CornerSet {
    static let tolerance = 1e-14
    private(set) var points: [SpherePoint] = []
    private var cells: [Cell: [Int]] = [:]

    private struct Cell: Hashable {
        let x: Int64
        let y: Int64
        let z: Int64
    }

    mutating func number(of point: SpherePoint) -> Int {
        let size = 1e-12
        let cell = Cell(x: Int64(point.x / size), y: Int64(point.y / size), z: Int64(point.z / size))
        for dx in -1...1 as ClosedRange<Int64> {
            for dy in -1...1 as ClosedRange<Int64> {
                for dz in -1...1 as ClosedRange<Int64> {
                    let near = cells[Cell(x: cell.x + dx, y: cell.y + dy, z: cell.z + dz)] ?? []
                    if let known = near.first(where: { (points[$0] - point).length < CornerSet.tolerance }) {
                        return known
                    }
                }
            }
        }
        cells[cell, default: []].append(points.count)
        points.append(point)
        return points.count - 1
    }
}

/// How often loops go round points.
struct SphereWinding {
    private let loops: [(points: [SpherePoint], center: SpherePoint, reach: Double)]

    init(_ loops: [[SpherePoint]]) {
        self.loops = loops.map { loop in
            let sum = loop.reduce(SpherePoint(x: 0, y: 0, z: 0), +)
            let center = sum.length > 1e-9 ? sum.normalized : loop[0]
            let farthest = loop.reduce(0.0) { max($0, center.angle(to: $1)) }
            return (loop, center, farthest < .pi / 4 ? farthest * 1.1 + 1e-9 : .pi)
        }
    }

    /// How often the loops go round a point to the left.
    func number(at point: SpherePoint) -> Int {
        loops.reduce(0) { sum, loop in
            guard loop.center.angle(to: point) <= loop.reach else { return sum }
            var turn = 0.0
            var previous = point.cross(loop.points[loop.points.count - 1])
            for corner in loop.points {
                let next = point.cross(corner)
                turn += atan2(previous.cross(next).dot(point), previous.dot(next))
                previous = next
            }
            return sum + Int((turn / (2 * .pi)).rounded())
        }
    }
}
