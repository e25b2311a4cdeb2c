import Foundation

extension H3Cell {
    /// The cell of a resolution of 0 to 15 that holds a point.
    init(_ point: SpherePoint, resolution: Int) {
        var place = H3Projection.place(of: point, resolution: resolution)
        var digits = [Int](repeating: 7, count: 15)
        for level in stride(from: resolution, to: 0, by: -1) {
            let isCounterClockwise = level % 2 == 1
            let parent = place.coordinates.coarser(isCounterClockwise: isCounterClockwise)
            digits[level - 1] =
                (place.coordinates - parent.finer(isCounterClockwise: isCounterClockwise)).normalized.digit
            place.coordinates = parent
        }
        let entry = (((place.face * 3 + place.coordinates.i) * 3 + place.coordinates.j) * 3 + place.coordinates.k) * 2
        let baseCell = H3Tables.baseCells[entry]
        var path = H3Path(digits: Array(digits.prefix(resolution)))
        if let offset = H3Tables.pentagons[baseCell] {
            if path.leading == 1 {
                // The first digit must not point to where a pentagon has no cells.
                if offset.0 == place.face || offset.1 == place.face { path.turnBack() } else { path.turn() }
            }
            for _ in 0..<H3Tables.baseCells[entry + 1] { path.turnInPentagon() }
        } else {
            for _ in 0..<H3Tables.baseCells[entry + 1] { path.turn() }
        }
        self.init(baseCell: baseCell, digits: path.digits)
    }

    /// The face on which the centre lies and its place there.
    private var place: H3Place {
        var path = H3Path(digits: digits)
        if isInPentagon, path.leading == 5 { path.turnBack() }
        let home = baseCell * 4
        var place = H3Place(
            face: H3Tables.homes[home],
            coordinates: H3Coordinates(H3Tables.homes[home + 1], H3Tables.homes[home + 2], H3Tables.homes[home + 3]))
        let staysOnFace = !isInPentagon && (resolution == 0 || place.coordinates.sum == 0)
        for (index, digit) in path.digits.enumerated() {
            let center = place.coordinates.finer(isCounterClockwise: index % 2 == 0)
            place.coordinates = (center + H3Coordinates(digit: digit)).normalized
        }
        if staysOnFace { return place }
        let original = place
        var even = resolution
        if resolution % 2 == 1 {
            place.coordinates = place.coordinates.finer(isCounterClockwise: false)
            even += 1
        }
        guard place.adjust(resolution: even, turnsFirst: isInPentagon && path.leading == 4) != .none else {
            return original
        }
        if isInPentagon { while place.adjust(resolution: even) != .none {} }
        if even != resolution { place.coordinates = place.coordinates.coarser(isCounterClockwise: false) }
        return place
    }

    /// The centre of the cell.
    var center: SpherePoint {
        let place = place
        let (x, y) = place.coordinates.point
        return H3Projection.point(face: place.face, x: x, y: y, resolution: resolution)
    }

    /// The corners, counter-clockwise; where an edge crosses an edge of the icosahedron there is one more.
    var boundary: [SpherePoint] { corners.flatMap { [$0.point] + [$0.bend].compactMap(\.self) } }

    /// A corner and the point at which the edge to the next corner bends, if it does.
    private struct Corner {
        let point: SpherePoint
        var bend: SpherePoint?
    }

    private var corners: [Corner] {
        let place = place
        let isOdd = resolution % 2 == 1
        var center = place.coordinates.onCornerGrid
        if isOdd { center = center.finer(isCounterClockwise: false) }
        let even = isOdd ? resolution + 1 : resolution
        let steps = isOdd ? H3Cell.oddCorners : H3Cell.evenCorners
        let unfolded = steps.prefix(isPentagon ? 5 : 6).map { step in
            H3Place(
                face: place.face, coordinates: (center + H3Coordinates(step.0, step.1, step.2)).normalized)
        }
        var overages: [H3Place.Overage] = []
        let folded = unfolded.map { corner -> H3Place in
            var corner = corner
            var overage = corner.adjust(resolution: even, isCorner: true)
            if isPentagon {
                while overage == .onOtherFace { overage = corner.adjust(resolution: even, isCorner: true) }
            }
            overages.append(overage)
            return corner
        }
        var corners = folded.map { corner in
            let (x, y) = corner.coordinates.point
            return Corner(
                point: H3Projection.point(face: corner.face, x: x, y: y, resolution: even, isCorner: true), bend: nil)
        }
        guard isOdd else { return corners }
        for index in corners.indices {
            let next = (index + 1) % corners.count
            guard folded[index].face != folded[next].face else { continue }
            if isPentagon {
                corners[index].bend = H3Cell.bend(from: folded[index], to: folded[next], resolution: even)
            } else if overages[index] != .onEdge {
                let other = folded[index].face == place.face ? folded[next].face : folded[index].face
                corners[index].bend = H3Cell.bend(
                    unfolded[index].coordinates, unfolded[next].coordinates, on: place.face, toward: other,
                    resolution: even)
            }
        }
        return corners
    }

    private static let evenCorners = [(2, 1, 0), (1, 2, 0), (0, 2, 1), (0, 1, 2), (1, 0, 2), (2, 0, 1)]
    private static let oddCorners = [(5, 4, 0), (1, 5, 0), (0, 5, 4), (0, 1, 5), (4, 0, 5), (5, 0, 1)]

    /// Where an edge between corners on two faces crosses the edge between those faces.
    private static func bend(from first: H3Place, to second: H3Place, resolution: Int) -> SpherePoint? {
        guard let edge = H3Edge.between(second.face, first.face) else { return nil }
        var moved = second
        moved.cross(edge, unit: H3Place.reach(resolution) / 2 * 3)
        return bend(
            first.coordinates, moved.coordinates, on: first.face, toward: second.face, resolution: resolution)
    }

    private static func bend(
        _ first: H3Coordinates, _ second: H3Coordinates, on face: Int, toward other: Int, resolution: Int
    ) -> SpherePoint? {
        guard let edge = H3Edge.between(face, other) else { return nil }
        let (a, b) = (first.point, second.point)
        let (c, d) = edge.ends(Double(H3Place.reach(resolution)) * 3)
        let (s1x, s1y) = (b.x - a.x, b.y - a.y)
        let (s2x, s2y) = (d.x - c.x, d.y - c.y)
        let share = (s2x * (a.y - c.y) - s2y * (a.x - c.x)) / (s1x * s2y - s2x * s1y)
        // At a corner there is nothing to bend.
        guard share > 1e-9, share < 1 - 1e-9 else { return nil }
        return H3Projection.point(
            face: face, x: a.x + share * s1x, y: a.y + share * s1y, resolution: resolution, isCorner: true)
    }

    /// The cells that share an edge with this one, counter-clockwise.
    var neighbours: [H3Cell] {
        let center = center
        let corners = corners.map(\.point)
        return corners.indices.map { index in
            let middle = (corners[index] + corners[(index + 1) % corners.count]).normalized
            // Across the edge lies a point as far behind it as the centre is before it.
            return H3Cell((middle * (2 * middle.dot(center)) - center).normalized, resolution: resolution)
        }
    }

    /// The cells at each distance of 0 to `distance` steps, ring by ring.
    func rings(_ distance: Int) -> [[H3Cell]] {
        var seen: Set<UInt64> = [bits]
        var rings = [[self]]
        while rings.count <= distance {
            var ring: [H3Cell] = []
            for cell in rings[rings.count - 1] {
                for neighbour in cell.neighbours where seen.insert(neighbour.bits).inserted { ring.append(neighbour) }
            }
            rings.append(ring)
        }
        return rings.enumerated().map { step, ring in step < 2 ? ring : wound(ring, step, from: rings[1].last) }
    }

    /// A ring in the order of its directions, counter-clockwise; the cell straight behind `last` comes last.
    private func wound(_ ring: [H3Cell], _ step: Int, from last: H3Cell?) -> [H3Cell] {
        guard let last else { return ring }
        let center = center
        let start = last.center - center
        let side = center.cross(start)
        let margin = Double.pi / Double(6 * step)
        return ring.map { cell -> (H3Cell, Double) in
            let way = cell.center - center
            let angle = atan2(way.dot(side), way.dot(start))
            return (cell, angle < margin ? angle + 2 * .pi : angle)
        }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}

/// The digits of a cell, which turn when its base cell is seen from another face.
private struct H3Path {
    var digits: [Int]

    /// The first digit that is not 0.
    var leading: Int { digits.first { $0 != 0 } ?? 0 }

    private static let afterTurn = [0, 5, 3, 1, 6, 4, 2]
    private static let beforeTurn = [0, 3, 6, 2, 5, 1, 4]

    mutating func turn() { digits = digits.map { H3Path.afterTurn[$0] } }
    mutating func turnBack() { digits = digits.map { H3Path.beforeTurn[$0] } }

    /// Turns counter-clockwise round a pentagon, which has no cells behind the first digit 1.
    mutating func turnInPentagon() {
        turn()
        if leading == 1 { turn() }
    }
}
