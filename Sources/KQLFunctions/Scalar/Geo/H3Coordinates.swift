import Foundation

/// A place on the hexagonal grid of one face of the icosahedron: steps along three axes 120 degrees apart.
struct H3Coordinates: Hashable, Sendable {
    var i: Int
    var j: Int
    var k: Int

    init(_ i: Int, _ j: Int, _ k: Int) {
        self.i = i
        self.j = j
        self.k = k
    }

    /// The cell that holds a point of the plane.
    init(x: Double, y: Double) {
        // Cube coordinates: round all three, then mend the one that was rounded most.
        let row = y / H3Coordinates.sin60
        let column = x - 0.5 * row
        var (q, r, s) = (column.rounded(), row.rounded(), (-column - row).rounded())
        let errors = (abs(q - column), abs(r - row), abs(s + column + row))
        if errors.0 > errors.1, errors.0 > errors.2 {
            q = -r - s
        } else if errors.1 > errors.2 {
            r = -q - s
        } else {
            s = -q - r
        }
        self = H3Coordinates(Int(q + r), Int(r), 0).normalized
    }

    static let sin60 = 0.75.squareRoot()

    /// The same place with no negative steps and one axis unused.
    var normalized: H3Coordinates {
        let least = min(i, j, k)
        return H3Coordinates(i - least, j - least, k - least)
    }

    var sum: Int { i + j + k }

    static func + (left: H3Coordinates, right: H3Coordinates) -> H3Coordinates {
        H3Coordinates(left.i + right.i, left.j + right.j, left.k + right.k)
    }

    static func - (left: H3Coordinates, right: H3Coordinates) -> H3Coordinates {
        H3Coordinates(left.i - right.i, left.j - right.j, left.k - right.k)
    }

    static func * (steps: H3Coordinates, factor: Int) -> H3Coordinates {
        H3Coordinates(steps.i * factor, steps.j * factor, steps.k * factor)
    }

    /// The place on the plane.
    var point: (x: Double, y: Double) {
        (Double(i - k) - 0.5 * Double(j - k), Double(j - k) * H3Coordinates.sin60)
    }

    /// The place when a step along i is `a` steps along i and `b` along another axis, and so on round the axes.
    private func mapped(_ a: Int, next b: Int, previous c: Int) -> H3Coordinates {
        // A step along an axis becomes `a` along it, `b` along the next one (i, j, k) and `c` along the previous one.
        H3Coordinates(a * i + c * j + b * k, b * i + a * j + c * k, c * i + b * j + a * k).normalized
    }

    /// The centre of this cell on the next finer grid, which is turned counter-clockwise or clockwise.
    func finer(isCounterClockwise: Bool) -> H3Coordinates {
        isCounterClockwise ? mapped(3, next: 0, previous: 1) : mapped(3, next: 1, previous: 0)
    }

    /// The cell of the next coarser grid that holds this one.
    func coarser(isCounterClockwise: Bool) -> H3Coordinates {
        let (first, second) = (Double(i - k), Double(j - k))
        return isCounterClockwise
            ? H3Coordinates(
                Int(((3 * first - second) / 7).rounded()), Int(((first + 2 * second) / 7).rounded()), 0
            ).normalized
            : H3Coordinates(
                Int(((2 * first + second) / 7).rounded()), Int(((3 * second - first) / 7).rounded()), 0
            ).normalized
    }

    /// The centre on the grid of thirds, on which the corners of cells lie.
    var onCornerGrid: H3Coordinates { mapped(2, next: 0, previous: 1).mapped(2, next: 1, previous: 0) }

    /// Turned by 60 degrees counter-clockwise around the origin.
    var turned: H3Coordinates { mapped(1, next: 1, previous: 0) }

    /// Turned by 60 degrees clockwise around the origin.
    var turnedBack: H3Coordinates { mapped(1, next: 0, previous: 1) }

    /// The digit of a step to a neighbour: 4 for i, 2 for j, 1 for k, and their sums; 0 for none.
    var digit: Int {
        let steps = normalized
        return min(1, steps.i) * 4 + min(1, steps.j) * 2 + min(1, steps.k)
    }

    /// The step that a digit stands for.
    init(digit: Int) {
        self.init(digit >> 2 & 1, digit >> 1 & 1, digit & 1)
    }
}

/// A place on the grid of a face.
struct H3Place: Sendable {
    var face: Int
    var coordinates: H3Coordinates

    /// How far a face reaches on the grid of a resolution whose axes are not turned.
    static func reach(_ resolution: Int) -> Int {
        (0..<resolution / 2).reduce(2) { product, _ in product * 7 }
    }

    enum Overage {
        case none, onEdge, onOtherFace
    }

    /// Moves a place that lies beyond its face's edges to the neighbouring face; on the grid of corners when told.
    mutating func adjust(resolution: Int, turnsFirst: Bool = false, isCorner: Bool = false) -> Overage {
        let scale = isCorner ? 3 : 1
        let reach = H3Place.reach(resolution) * scale
        if coordinates.sum < reach || coordinates.sum == reach && !isCorner { return .none }
        if coordinates.sum == reach { return .onEdge }
        let edge: H3Edge = coordinates.k == 0 ? .ij : coordinates.j > 0 ? .jk : .ki
        if turnsFirst, edge == .ki {
            let origin = H3Coordinates(reach, 0, 0)
            coordinates = (coordinates - origin).turnedBack + origin
        }
        cross(edge, unit: reach / 2)
        return isCorner && coordinates.sum == reach ? .onEdge : .onOtherFace
    }

    /// Expresses the place in the grid of the face across an edge.
    mutating func cross(_ edge: H3Edge, unit: Int) {
        let entry = (face * 3 + edge.rawValue) * 5
        let table = H3Tables.neighbours
        for _ in 0..<table[entry + 4] { coordinates = coordinates.turned }
        let shift = H3Coordinates(table[entry + 1], table[entry + 2], table[entry + 3])
        coordinates = (coordinates + shift * unit).normalized
        face = table[entry]
    }
}

/// The edges of a face, named by the axes that they lie between.
enum H3Edge: Int, CaseIterable, Sendable {
    case ij, ki, jk

    /// The edge of a face across which another lies.
    static func between(_ face: Int, _ other: Int) -> H3Edge? {
        allCases.first { H3Tables.neighbours[(face * 3 + $0.rawValue) * 5] == other }
    }

    /// The ends of the edge on the plane of a face that reaches as far as `reach`.
    func ends(_ reach: Double) -> ((x: Double, y: Double), (x: Double, y: Double)) {
        let corners = [
            (x: reach, y: 0.0), (x: -0.5 * reach, y: H3Coordinates.sin60 * reach),
            (x: -0.5 * reach, y: -H3Coordinates.sin60 * reach),
        ]
        switch self {
        case .ij: return (corners[0], corners[1])
        case .jk: return (corners[1], corners[2])
        case .ki: return (corners[2], corners[0])
        }
    }
}

/// The gnomonic projection of a face of the icosahedron.
enum H3Projection {
    private static let unit = 0.38196601125010500003
    private static let turn = asin((3.0 / 28).squareRoot())

    private static func middle(of face: Int) -> SpherePoint {
        SpherePoint(
            x: H3Tables.faceCenters[face * 3], y: H3Tables.faceCenters[face * 3 + 1],
            z: H3Tables.faceCenters[face * 3 + 2])
    }

    /// North and east at a point.
    private static func directions(_ point: SpherePoint) -> (north: SpherePoint, east: SpherePoint) {
        let pole = SpherePoint(x: 0, y: 0, z: 1)
        let north = (pole - point * pole.dot(point)).normalized
        return (north, north.cross(point))
    }

    /// The face that holds a point and the place there on the plane of a resolution.
    static func place(of point: SpherePoint, resolution: Int) -> H3Place {
        let face = (0..<20).max { middle(of: $0).dot(point) < middle(of: $1).dot(point) } ?? 0
        let center = middle(of: face)
        let distance = 2 * asin(min(1, (center - point).length / 2))
        guard distance > 1e-16 else { return H3Place(face: face, coordinates: H3Coordinates(0, 0, 0)) }
        let (north, east) = directions(center)
        var angle = H3Tables.faceAzimuths[face] - atan2(point.dot(east), point.dot(north))
        if resolution % 2 == 1 { angle -= turn }
        let length = tan(distance) / unit * pow(7, Double(resolution) / 2)
        return H3Place(face: face, coordinates: H3Coordinates(x: length * cos(angle), y: length * sin(angle)))
    }

    /// The point of the sphere at a place on the plane of a face; `isCorner`: on the grid of corners.
    static func point(face: Int, x: Double, y: Double, resolution: Int, isCorner: Bool = false) -> SpherePoint {
        let length = (x * x + y * y).squareRoot()
        let center = middle(of: face)
        guard length > 1e-16 else { return center }
        var angle = atan2(y, x)
        if !isCorner, resolution % 2 == 1 { angle += turn }
        let azimuth = H3Tables.faceAzimuths[face] - angle
        let distance = atan(length / pow(7, Double(resolution) / 2) / (isCorner ? 3 : 1) * unit)
        let (north, east) = directions(center)
        let direction = north * cos(azimuth) + east * sin(azimuth)
        return (center * cos(distance) + direction * sin(distance)).normalized
    }
}
