import Foundation

/// A point of the unit sphere.
struct SpherePoint: Hashable, Sendable {
    var x: Double
    var y: Double
    var z: Double

    init(x: Double, y: Double, z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The point at a longitude and latitude in degrees; nil outside -180…180 and -90…90.
    init?(longitude: Double, latitude: Double) {
        guard abs(longitude) <= 180, abs(latitude) <= 90 else { return nil }
        let phi = (Double.pi / 180) * latitude
        let theta = (Double.pi / 180) * longitude
        self.init(x: cos(theta) * cos(phi), y: sin(theta) * cos(phi), z: sin(phi))
    }

    var longitude: Double { (180 / Double.pi) * atan2(y, x) }
    var latitude: Double { (180 / Double.pi) * atan2(z, (x * x + y * y).squareRoot()) }

    static func + (left: SpherePoint, right: SpherePoint) -> SpherePoint {
        SpherePoint(x: left.x + right.x, y: left.y + right.y, z: left.z + right.z)
    }

    static func - (left: SpherePoint, right: SpherePoint) -> SpherePoint {
        SpherePoint(x: left.x - right.x, y: left.y - right.y, z: left.z - right.z)
    }

    static func * (point: SpherePoint, factor: Double) -> SpherePoint {
        SpherePoint(x: point.x * factor, y: point.y * factor, z: point.z * factor)
    }

    func dot(_ other: SpherePoint) -> Double { x * other.x + y * other.y + z * other.z }

    func cross(_ other: SpherePoint) -> SpherePoint {
        SpherePoint(x: y * other.z - z * other.y, y: z * other.x - x * other.z, z: x * other.y - y * other.x)
    }

    var length: Double { dot(self).squareRoot() }
    var normalized: SpherePoint { self * (1 / length) }

    /// The angle to another point in radians.
    func angle(to other: SpherePoint) -> Double { atan2(cross(other).length, dot(other)) }

    /// The point some share of the way to another along the great circle.
    func interpolated(to other: SpherePoint, _ share: Double) -> SpherePoint {
        let angle = angle(to: other)
        guard angle > 0 else { return self }
        return (self * (sin((1 - share) * angle) / sin(angle)) + other * (sin(share * angle) / sin(angle))).normalized
    }
}

/// Geometry of great circles.
enum Sphere {
    /// The mean radius in metres that Kusto computes with.
    static let radius = 6_371_010.0

    /// The point of the edge from `a` to `b` that is nearest to `point`.
    static func nearest(to point: SpherePoint, _ a: SpherePoint, _ b: SpherePoint) -> SpherePoint {
        let normal = a.cross(b)
        guard normal.length > 0 else { return a }
        let unit = normal.normalized
        let projected = point - unit * point.dot(unit)
        if projected.length > 0 {
            let foot = projected.normalized
            if unit.cross(a).dot(foot) >= 0, b.cross(unit).dot(foot) >= 0 { return foot }
        }
        return point.angle(to: a) <= point.angle(to: b) ? a : b
    }

    /// The signed area of a triangle in steradians, positive when its corners go round to the left.
    static func area(_ a: SpherePoint, _ b: SpherePoint, _ c: SpherePoint) -> Double {
        2 * atan2(a.dot(b.cross(c)), 1 + a.dot(b) + b.dot(c) + a.dot(c))
    }

    /// The centroid of a triangle times its signed area, after the formula of S2's `TrueCentroid`.
    static func centroid(_ a: SpherePoint, _ b: SpherePoint, _ c: SpherePoint) -> SpherePoint {
        func ratio(_ angle: Double) -> Double { angle == 0 ? 1 : angle / sin(angle) }
        let (ra, rb, rc) = (ratio(b.angle(to: c)), ratio(c.angle(to: a)), ratio(a.angle(to: b)))
        let x = SpherePoint(x: a.x, y: b.x - a.x, z: c.x - a.x)
        let y = SpherePoint(x: a.y, y: b.y - a.y, z: c.y - a.y)
        let z = SpherePoint(x: a.z, y: b.z - a.z, z: c.z - a.z)
        let r = SpherePoint(x: ra, y: rb - ra, z: rc - ra)
        return SpherePoint(x: y.cross(z).dot(r), y: z.cross(x).dot(r), z: x.cross(y).dot(r)) * 0.5
    }

    /// Where two edges cross, their ends included; nil when they do not.
    static func crossing(_ a: SpherePoint, _ b: SpherePoint, _ c: SpherePoint, _ d: SpherePoint) -> SpherePoint? {
        let first = a.cross(b)
        let second = c.cross(d)
        let line = first.cross(second)
        guard line.length > 1e-18 else { return nil }
        for sign in [1.0, -1.0] {
            let point = line.normalized * sign
            if isBetween(point, a, b, normal: first), isBetween(point, c, d, normal: second) { return point }
        }
        return nil
    }

    private static func isBetween(
        _ point: SpherePoint, _ a: SpherePoint, _ b: SpherePoint, normal: SpherePoint
    ) -> Bool {
        let unit = normal.normalized
        return unit.cross(a).dot(point) >= -1e-14 && b.cross(unit).dot(point) >= -1e-14
    }

    /// The length of the shortest way on the WGS 84 ellipsoid in metres, by T. Vincenty's inverse formula.
    static func ellipsoidDistance(_ first: SpherePoint, _ second: SpherePoint) -> Double {
        let major = 6_378_137.0
        let flattening = 1 / 298.257223563
        let minor = major * (1 - flattening)
        let (phi1, phi2) = (first.latitude * .pi / 180, second.latitude * .pi / 180)
        let difference = (second.longitude - first.longitude) * .pi / 180
        let (u1, u2) = (atan((1 - flattening) * tan(phi1)), atan((1 - flattening) * tan(phi2)))
        var lambda = difference
        for _ in 0..<200 {
            let east = cos(u2) * sin(lambda)
            let north = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda)
            let sine = (east * east + north * north).squareRoot()
            guard sine > 0 else { return 0 }
            let cosine = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda)
            let sigma = atan2(sine, cosine)
            let alpha = cos(u1) * cos(u2) * sin(lambda) / sine
            let square = 1 - alpha * alpha
            let middle = square == 0 ? 0 : cosine - 2 * sin(u1) * sin(u2) / square
            let c = flattening / 16 * square * (4 + flattening * (4 - 3 * square))
            let previous = lambda
            lambda =
                difference + (1 - c) * flattening * alpha
                * (sigma + c * sine * (middle + c * cosine * (-1 + 2 * middle * middle)))
            guard abs(lambda - previous) < 1e-12 else { continue }
            let u = square * (major * major - minor * minor) / (minor * minor)
            let a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
            let b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
            let inner = cosine * (-1 + 2 * middle * middle)
            let outer = b / 6 * middle * (-3 + 4 * sine * sine) * (-3 + 4 * middle * middle)
            return minor * a * (sigma - b * sine * (middle + b / 4 * (inner - outer)))
        }
        return first.angle(to: second) * radius
    }
}
