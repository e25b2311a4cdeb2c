import Foundation

/// The area within a distance of points, lines and polygons, its round parts made of straight edges.
///
/// Corners lie exactly at the distance; the edges between them are off by at most the tolerance. The steps along arcs are
/// those of the buffer operation of S2.
struct SphereBuffer {
    private let radius: Double
    /// The greatest angle between two corners round a corner of the shape.
    private let step: Double
    /// The same for a whole circle, which is divided evenly.
    private let circleStep: Double
    /// The greatest part of a great circle whose parallel is one straight edge.
    private let edgeStep: Double
    private(set) var loops: [[SpherePoint]] = []
    private var path: [SpherePoint] = []

    /// Makes an empty area; radius and tolerance are in metres. Nil unless both are above 0 and the circle is smaller than
    /// a quarter of the sphere.
    init?(radius metres: Double, tolerance: Double?) {
        let tolerance = tolerance ?? 10
        guard metres > 0, tolerance >= metres * 1e-6 else { return nil }
        radius = metres / Sphere.radius
        guard radius < .pi / 2 else { return nil }
        let error = min(tolerance / metres, 1 - 1e-9) * radius
        step = SphereBuffer.span(radius, error)
        circleStep = 2 * .pi / (2 * .pi / step).rounded(.up) + 1e-15
        edgeStep = SphereBuffer.span(.pi / 2 - radius, error)
    }

    /// The angle of a circle's arc whose straight edge is off by an error.
    private static func span(_ radius: Double, _ error: Double) -> Double {
        let most = 2 * Double.pi / 3 + 1e-15
        guard radius > error else { return most }
        return min(most, 2 * acos(tan(radius - error) / tan(radius)))
    }

    mutating func add(_ point: SpherePoint) {
        var start = SphereBuffer.perpendicular(to: point)
        var angle = 0.0
        for _ in 0..<4 {
            let next = point.cross(start).normalized
            while angle < .pi / 2 {
                path.append(around(point, (start * cos(angle) + next * sin(angle)).normalized))
                angle += circleStep
            }
            angle -= .pi / 2
            start = next
        }
        close()
    }

    /// A direction square to a point, chosen as S2 does.
    private static func perpendicular(to point: SpherePoint) -> SpherePoint {
        let sizes = [abs(point.x), abs(point.y), abs(point.z)]
        var other = SpherePoint(x: 0.012, y: 0.0053, z: 0.00457)
        if sizes[0] > sizes[1], sizes[0] > sizes[2] {
            other.z = 1
        } else if sizes[1] > sizes[2], sizes[1] >= sizes[0] {
            other.x = 1
        } else {
            other.y = 1
        }
        return point.cross(other).normalized
    }

    /// Adds a ring with its inside to the left: its outside is widened.
    mutating func add(ring: [SpherePoint]) {
        guard ring.count >= 3 else { return }
        for index in ring.indices {
            addEdge(ring[index], ring[(index + 1) % ring.count], ring[(index + 2) % ring.count])
        }
        close()
    }

    mutating func add(line: [SpherePoint]) {
        guard line.count > 1 else { return }
        addArc(line[0], axis(line[0], line[1]) * -1, axis(line[0], line[1]))
        addWay(line)
        let (a, b) = (line[line.count - 2], line[line.count - 1])
        addArc(b, axis(a, b), axis(a, b) * -1)
        addWay(line.reversed())
        close()
    }

    /// Goes along a line on its right side, up to its end.
    private mutating func addWay(_ line: [SpherePoint]) {
        for index in 0..<line.count - 2 { addEdge(line[index], line[index + 1], line[index + 2]) }
        addParallel(line[line.count - 2], line[line.count - 1])
    }

    private mutating func addEdge(_ a: SpherePoint, _ b: SpherePoint, _ c: SpherePoint) {
        addParallel(a, b)
        if a.cross(b).dot(c) >= 0 {
            addArc(b, axis(a, b), axis(b, c))
        } else {
            // On the inner side of a bend the way leads through the corner.
            path.append(around(b, axis(a, b)))
            path.append(b)
        }
    }

    /// The pole to the right of an edge.
    private func axis(_ a: SpherePoint, _ b: SpherePoint) -> SpherePoint { b.cross(a).normalized }

    private func around(_ center: SpherePoint, _ direction: SpherePoint) -> SpherePoint {
        (center * cos(radius) + direction * sin(radius)).normalized
    }

    private func arcLength(_ start: SpherePoint, _ end: SpherePoint) -> Int {
        max(1, Int((start.angle(to: end) / step).rounded(.up)))
    }

    private mutating func addArc(_ center: SpherePoint, _ start: SpherePoint, _ end: SpherePoint) {
        let direction = center.cross(start).normalized
        for index in 0..<arcLength(start, end) {
            let angle = Double(index) * step
            path.append(around(center, (start * cos(angle) + direction * sin(angle)).normalized))
        }
    }

    private mutating func addParallel(_ a: SpherePoint, _ b: SpherePoint) {
        let axis = axis(a, b)
        let direction = a.cross(axis).normalized
        let count = max(1, Int((a.angle(to: b) / edgeStep).rounded(.up)))
        for index in 0..<count {
            let angle = Double(index) * edgeStep
            path.append(around((a * cos(angle) + direction * sin(angle)).normalized, axis))
        }
    }

    private mutating func close() {
        loops.append(path)
        path = []
    }

    /// The area as polygons.
    var polygons: [[[SpherePoint]]] {
        get throws(EvaluationError) {
            var overlay = SphereOverlay(loops)
            return try overlay.polygons(coveredBy: 1)
        }
    }
}
