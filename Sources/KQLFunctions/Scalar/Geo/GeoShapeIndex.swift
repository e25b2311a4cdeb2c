import Foundation
public import JSON

/// Many GeoJSON shapes, searched for those that hold a point or are near it.
public struct GeoShapeIndex: Sendable {
    private enum Shape: Sendable {
        case polygons(GeoPolygons)
        case lines(GeoLines)
    }

    /// A shape with a circle around it, by which most points are told off fast.
    private struct Entry: Sendable {
        let position: Int
        let shape: Shape
        let center: SpherePoint
        /// In radians.
        let reach: Double
    }

    private var entries: [Entry] = []

    /// Makes an index of polygons and multipolygons; what is none is never found.
    public init(polygons: [JSON]) {
        for (position, json) in polygons.enumerated() {
            guard let polygons = GeoPolygons(json) else { continue }
            add(.polygons(polygons), corners: polygons.rings.flatMap(\.self), at: position)
        }
    }

    /// Makes an index of lines and multilines; what is none is never found.
    public init(lines: [JSON]) {
        for (position, json) in lines.enumerated() {
            guard let lines = GeoLines(json) else { continue }
            add(.lines(lines), corners: lines.lines.flatMap(\.self), at: position)
        }
    }

    private mutating func add(_ shape: Shape, corners: [SpherePoint], at position: Int) {
        let sum = corners.reduce(SpherePoint(x: 0, y: 0, z: 0), +)
        let center = sum.length > 1e-9 ? sum.normalized : corners[0]
        let farthest = corners.reduce(0.0) { max($0, center.angle(to: $1)) }
        // Edges and insides of shapes wider than a quarter of the sphere may bulge out of the circle.
        entries.append(
            Entry(position: position, shape: shape, center: center, reach: farthest < .pi / 4 ? farthest : .pi))
    }

    /// The positions of the shapes that hold a point given in degrees, or are at most `radius` metres away from it.
    public func positions(longitude: Double, latitude: Double, within radius: Double) -> [Int] {
        guard let point = SpherePoint(longitude: longitude, latitude: latitude) else { return [] }
        return entries.filter { entry in
            guard point.angle(to: entry.center) <= entry.reach + radius / Sphere.radius + 1e-9 else { return false }
            switch entry.shape {
            case .polygons(let polygons):
                return polygons.contains(point)
                    || radius > 0 && distance(point, polygons.edges) ?? .infinity <= radius
            case .lines(let lines): return distance(point, lines.edges) ?? .infinity <= radius
            }
        }.map(\.position)
    }
}
