import Foundation

/// A cell of the S2 geometry: a square of a face of the cube around the sphere, numbered along a Hilbert curve.
struct S2Cell: Hashable, Sendable {
    let face: Int
    /// The lower corner in steps of 2^-30 of the face.
    let i: Int
    let j: Int
    /// 0 (a face) to 30.
    let level: Int

    private static let steps = 1 << 30

    init(face: Int, i: Int, j: Int, level: Int) {
        let size = 1 << (30 - level)
        self.face = face
        self.i = i & ~(size - 1)
        self.j = j & ~(size - 1)
        self.level = level
    }

    init(_ point: SpherePoint, level: Int) {
        let (face, u, v) = S2Cell.project(point)
        self.init(face: face, i: S2Cell.step(u), j: S2Cell.step(v), level: level)
    }

    /// Reads a token: the hexadecimal digits of the identifier without zeros at the end.
    init?(token: String) {
        guard (1...16).contains(token.utf8.count), token.utf8.allSatisfy({ $0.isASCIILetterOrDigit }),
            let bits = UInt64(token + String(repeating: "0", count: 16 - token.utf8.count), radix: 16), bits != 0,
            bits >> 61 < 6, bits.trailingZeroBitCount % 2 == 0
        else { return nil }
        let level = 30 - bits.trailingZeroBitCount / 2
        guard level >= 0 else { return nil }
        let face = Int(bits >> 61)
        var orientation = face & 1
        var (i, j) = (0, 0)
        for step in 0..<level {
            let position = Int(bits >> UInt64(59 - 2 * step)) & 3
            let square = S2Cell.squares[orientation][position]
            i |= (square >> 1) << (29 - step)
            j |= (square & 1) << (29 - step)
            orientation ^= S2Cell.turns[position]
        }
        self.init(face: face, i: i, j: j, level: level)
    }

    var token: String {
        var bits = UInt64(face) << 61
        var orientation = face & 1
        for step in 0..<level {
            let square = (i >> (29 - step) & 1) << 1 | (j >> (29 - step) & 1)
            let position = S2Cell.positions[orientation][square]
            bits |= UInt64(position) << UInt64(59 - 2 * step)
            orientation ^= S2Cell.turns[position]
        }
        bits |= 1 << UInt64(60 - 2 * level)
        let digits = String(bits, radix: 16)
        let full = String(repeating: "0", count: 16 - digits.count) + digits
        return String(full.reversed().drop { $0 == "0" }.reversed())
    }

    private static let positions = [[0, 1, 3, 2], [0, 3, 1, 2], [2, 3, 1, 0], [2, 1, 3, 0]]
    private static let squares = [[0, 1, 3, 2], [0, 2, 3, 1], [3, 2, 0, 1], [3, 1, 0, 2]]
    private static let turns = [1, 0, 0, 3]

    var size: Int { 1 << (30 - level) }

    /// The corners, to the left round the cell.
    var corners: [SpherePoint] {
        [(i, j), (i + size, j), (i + size, j + size), (i, j + size)].map { i, j in
            S2Cell.point(face, S2Cell.coordinate(i), S2Cell.coordinate(j)).normalized
        }
    }

    var center: SpherePoint {
        let (x, y) = (Double(2 * i + size) / 2 / Double(S2Cell.steps), Double(2 * j + size) / 2 / Double(S2Cell.steps))
        return S2Cell.point(face, S2Cell.curved(x), S2Cell.curved(y)).normalized
    }

    var children: [S2Cell] {
        let half = size / 2
        return [(0, 0), (half, 0), (half, half), (0, half)].map {
            S2Cell(face: face, i: i + $0, j: j + $1, level: level + 1)
        }
    }

    /// The cell of the same level some sizes away, on another face when it must be.
    func neighbor(_ x: Int, _ y: Int) -> S2Cell {
        let (i, j) = (i + x * size, j + y * size)
        if (0..<S2Cell.steps).contains(i), (0..<S2Cell.steps).contains(j) {
            return S2Cell(face: face, i: i, j: j, level: level)
        }
        // Just outside the face the linear projection finds the adjoining one.
        func clamped(_ step: Int) -> Double {
            let middle = (Double(max(-1, min(S2Cell.steps, step))) + 0.5) / Double(S2Cell.steps) * 2 - 1
            return max(-1 - 1e-15, min(1 + 1e-15, middle))
        }
        let outside = S2Cell.point(face, clamped(i), clamped(j))
        let (face, u, v) = S2Cell.project(outside)
        return S2Cell(face: face, i: S2Cell.linearStep(u), j: S2Cell.linearStep(v), level: level)
    }

    private static func project(_ p: SpherePoint) -> (Int, Double, Double) {
        let sizes = [abs(p.x), abs(p.y), abs(p.z)]
        let axis = sizes[0] > sizes[1] ? (sizes[0] > sizes[2] ? 0 : 2) : (sizes[1] > sizes[2] ? 1 : 2)
        switch (axis, [p.x, p.y, p.z][axis] < 0) {
        case (0, false): return (0, p.y / p.x, p.z / p.x)
        case (1, false): return (1, -p.x / p.y, p.z / p.y)
        case (2, false): return (2, -p.x / p.z, -p.y / p.z)
        case (0, true): return (3, p.z / p.x, p.y / p.x)
        case (1, true): return (4, p.z / p.y, -p.x / p.y)
        default: return (5, -p.y / p.z, -p.x / p.z)
        }
    }

    private static func point(_ face: Int, _ u: Double, _ v: Double) -> SpherePoint {
        switch face {
        case 0: SpherePoint(x: 1, y: u, z: v)
        case 1: SpherePoint(x: -u, y: 1, z: v)
        case 2: SpherePoint(x: -u, y: -v, z: 1)
        case 3: SpherePoint(x: -1, y: -v, z: -u)
        case 4: SpherePoint(x: v, y: -1, z: -u)
        default: SpherePoint(x: v, y: u, z: -1)
        }
    }

    /// The quadratic projection from 0…1 to -1…1.
    private static func curved(_ s: Double) -> Double {
        s >= 0.5 ? (4 * s * s - 1) / 3 : (1 - 4 * (1 - s) * (1 - s)) / 3
    }

    private static func coordinate(_ step: Int) -> Double { curved(Double(step) / Double(steps)) }

    private static func step(_ u: Double) -> Int {
        let s = u >= 0 ? 0.5 * (1 + 3 * u).squareRoot() : 1 - 0.5 * (1 - 3 * u).squareRoot()
        return max(0, min(steps - 1, Int((s * Double(steps)).rounded(.down))))
    }

    private static func linearStep(_ u: Double) -> Int {
        max(0, min(steps - 1, Int(((u + 1) / 2 * Double(steps)).rounded(.down))))
    }
}
