import Foundation
import JSON
import KQLValues

/// Areas, centroids and crossings of polygons.
let geoPolygonFunctions: [ScalarFunction] = scalars {
    polygonFunction("geo_polygon_area", "The area of a polygon in square metres.", returns: .real) {
        $0.area * Sphere.radius * Sphere.radius
    }
    polygonFunction("geo_polygon_perimeter", "The length of the edges of a polygon in metres.", returns: .real) {
        $0.edges.reduce(0.0) { $0 + $1.0.angle(to: $1.1) } * Sphere.radius
    }
    polygonFunction("geo_polygon_centroid", "The centroid of a polygon.", returns: .dynamic) { polygons -> JSON? in
        var sum = SpherePoint(x: 0, y: 0, z: 0)
        for rings in polygons.polygons {
            for (index, ring) in rings.enumerated() {
                for corner in 1..<ring.count - 1 {
                    let part = Sphere.centroid(ring[0], ring[corner], ring[corner + 1])
                    sum = sum + part * (index == 0 ? 1 : -1)
                }
            }
        }
        return sum.length > 0 ? GeoJSON.point(sum.normalized) : nil
    }
    toleranceFunction(
        "geo_polygon_densify", "A polygon with points added where the straight way on the map is further off."
    ) {
        shape, tolerance in
        guard let polygons = GeoPolygons(shape) else { return nil }
        return GeoJSON.polygons(
            polygons.polygons.map { rings in
                rings.map { Array(densified($0 + $0.prefix(1), tolerance / Sphere.radius).dropLast()) }
            })
    }
    toleranceFunction(
        "geo_polygon_simplify", "A polygon with fewer corners, none further off than a tolerance in metres."
    ) {
        shape, tolerance in
        guard let polygons = GeoPolygons(shape) else { return nil }
        return simplified(polygons.polygons, tolerance)
    }
    ScalarFunction(
        "geo_intersects_2polygons", family: .geo, summary: "Whether two polygons have a point in common.",
        signatures: [.takes(.dynamic("polygon1"), .dynamic("polygon2"), returns: .bool)],
        evaluate: each { (first: JSON, second: JSON) -> Bool? in
            guard let first = GeoPolygons(first), let second = GeoPolygons(second) else { return nil }
            return first.rings.contains { $0.contains { second.contains($0) } }
                || second.rings.contains { $0.contains { first.contains($0) } }
                || !crossings(first.edges, second.edges).isEmpty
        })
    ScalarFunction(
        "geo_intersects_line_with_polygon", family: .geo,
        summary: "Whether a line and a polygon have a point in common.",
        signatures: [.takes(.dynamic("lineString"), .dynamic("polygon"), returns: .bool)],
        evaluate: each { (lines: JSON, polygons: JSON) -> Bool? in
            guard let lines = GeoLines(lines), let polygons = GeoPolygons(polygons) else { return nil }
            return lines.lines.contains { $0.contains { polygons.contains($0) } }
                || !crossings(lines.edges, polygons.edges).isEmpty
        })
    ScalarFunction(
        "geo_intersection_line_with_polygon", family: .geo, summary: "The parts of a line inside a polygon.",
        signatures: [.takes(.dynamic("lineString"), .dynamic("polygon"), returns: .dynamic)],
        evaluate: each { (lines: JSON, polygons: JSON) -> JSON? in
            guard let lines = GeoLines(lines), let polygons = GeoPolygons(polygons) else { return nil }
            return GeoJSON.lines(lines.lines.flatMap { inside($0, polygons) })
        })
}

/// The parts of a line inside polygons: it is cut at the crossings, and pieces whose middle is inside are joined.
private func inside(_ line: [SpherePoint], _ polygons: GeoPolygons) -> [[SpherePoint]] {
    var parts: [[SpherePoint]] = []
    for (a, b) in zip(line, line.dropFirst()) {
        let cuts = crossings([(a, b)], polygons.edges).sorted { a.angle(to: $0) < a.angle(to: $1) }
        let stops = [a] + cuts + [b]
        for (start, end) in zip(stops, stops.dropFirst()) where start.angle(to: end) > 1e-14 {
            guard polygons.contains(start.interpolated(to: end, 0.5)) else { continue }
            if let last = parts.last?.last, last.angle(to: start) < 1e-14 {
                parts[parts.count - 1].append(end)
            } else {
                parts.append([start, end])
            }
        }
    }
    return parts
}

private func polygonFunction<R: KernelResult>(
    _ name: String, _ summary: String, returns type: KQLType, _ body: @escaping @Sendable (GeoPolygons) -> R?
) -> ScalarFunction {
    ScalarFunction(
        name, family: .geo, summary: summary,
        signatures: [.takes(.dynamic("polygon"), returns: type)],
        evaluate: each { (json: JSON) throws(EvaluationError) -> R? in
            guard let polygons = GeoPolygons(json) else { return nil }
            return body(try polygons.dissolved)
        })
}
