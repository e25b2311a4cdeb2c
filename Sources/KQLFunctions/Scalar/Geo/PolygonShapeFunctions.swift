import JSON
import KQLValues

/// Polygons made of other shapes: unions, intersections, buffers.
let geoPolygonShapeFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "geo_union_polygons_array", family: .geo, summary: "Several polygons as one shape without common edges.",
        signatures: [.takes(.dynamic("polygons"), returns: .dynamic)],
        evaluate: each { (shapes: JSON) throws(EvaluationError) -> JSON? in
            guard let polygons = try union(shapes) else { return nil }
            return GeoJSON.polygons(polygons)
        })
    ScalarFunction(
        "geo_simplify_polygons_array", family: .geo,
        summary: "The union of several polygons with fewer corners, none further off than a tolerance in metres.",
        signatures: [.takes(.dynamic("polygons"), .real("tolerance", .optional), returns: .dynamic)],
        evaluate: each { (shapes: JSON, tolerance: Double?) throws(EvaluationError) -> JSON? in
            let tolerance = tolerance ?? 10
            guard (0...7_800_000).contains(tolerance), let polygons = try union(shapes) else { return nil }
            return simplified(polygons, tolerance)
        })
    ScalarFunction(
        "geo_intersection_2polygons", family: .geo, summary: "What two polygons have in common.",
        signatures: [.takes(.dynamic("polygon1"), .dynamic("polygon2"), returns: .dynamic)],
        evaluate: each { (first: JSON, second: JSON) throws(EvaluationError) -> JSON? in
            guard let first = GeoPolygons(first), let second = GeoPolygons(second) else { return nil }
            var overlay = SphereOverlay(try first.dissolved.orientedRings + second.dissolved.orientedRings)
            let common = try overlay.polygons(coveredBy: 2)
            return common.isEmpty ? GeoJSON.empty : GeoJSON.polygons(common)
        })
    ScalarFunction(
        "geo_point_buffer", family: .geo, summary: "The polygon around a point at a distance in metres.",
        signatures: [
            .takes(
                .real("longitude"), .real("latitude"), .real("radius"), .real("tolerance", .optional), returns: .dynamic
            )
        ],
        evaluate: each {
            (longitude: Double, latitude: Double, radius: Double, tolerance: Double?) throws(EvaluationError) -> JSON?
            in
            guard let point = SpherePoint(longitude: longitude, latitude: latitude) else { return nil }
            return try buffer(radius, tolerance) { $0.add(point) }
        })
    ScalarFunction(
        "geo_line_buffer", family: .geo, summary: "The polygon around a line at a distance in metres.",
        signatures: [
            .takes(.dynamic("lineString"), .real("radius"), .real("tolerance", .optional), returns: .dynamic)
        ],
        evaluate: each { (shape: JSON, radius: Double, tolerance: Double?) throws(EvaluationError) -> JSON? in
            guard let lines = GeoLines(shape) else { return nil }
            return try buffer(radius, tolerance) { buffer in for line in lines.lines { buffer.add(line: line) } }
        })
    ScalarFunction(
        "geo_polygon_buffer", family: .geo, summary: "A polygon widened by a distance in metres.",
        signatures: [.takes(.dynamic("polygon"), .real("radius"), .real("tolerance", .optional), returns: .dynamic)],
        evaluate: each { (shape: JSON, radius: Double, tolerance: Double?) throws(EvaluationError) -> JSON? in
            guard let polygons = GeoPolygons(shape) else { return nil }
            return try buffer(radius, tolerance) { buffer in
                for ring in polygons.orientedRings { buffer.add(ring: ring) }
            }
        })
}

/// The union of an array of polygons; nil when one of them is none or the array is empty.
///
/// The two shapes with the fewest corners are joined first, as S2 does, so that rings start at the same corners.
private func union(_ shapes: JSON) throws(EvaluationError) -> [[[SpherePoint]]]? {
    guard let shapes = shapes.arrayValue, !shapes.isEmpty else { return nil }
    let polygons = shapes.compactMap { GeoPolygons($0) }
    guard polygons.count == shapes.count else { return nil }
    var queue: [(size: Int, shape: GeoPolygons)] = []
    for shape in polygons { queue.append((shape.rings.reduce(0) { $0 + $1.count }, try shape.dissolved)) }
    queue.sort { $0.size < $1.size }
    while queue.count > 1 {
        let (first, second) = (queue[0], queue[1])
        queue.removeFirst(2)
        var overlay = SphereOverlay(first.shape.orientedRings + second.shape.orientedRings)
        let joined = (size: first.size + second.size, shape: GeoPolygons(merged: try overlay.polygons(coveredBy: 1)))
        queue.insert(joined, at: queue.firstIndex { $0.size > joined.size } ?? queue.count)
    }
    return queue[0].shape.polygons
}

/// Polygons with fewer corners; nil when nothing is left.
func simplified(_ polygons: [[[SpherePoint]]], _ tolerance: Double) -> JSON? {
    let simple = polygons.map { rings in
        rings.map { Array(simplified($0 + $0.prefix(1), tolerance / Sphere.radius).dropLast()) }.filter {
            $0.count >= 3
        }
    }.filter { !$0.isEmpty }
    return simple.isEmpty ? nil : GeoJSON.polygons(simple)
}

private func buffer(_ radius: Double, _ tolerance: Double?, _ fill: (inout SphereBuffer) -> Void)
    throws(EvaluationError) -> JSON?
{
    guard var buffer = SphereBuffer(radius: radius, tolerance: tolerance) else { return nil }
    fill(&buffer)
    let polygons = try buffer.polygons
    return polygons.isEmpty ? nil : GeoJSON.polygons(polygons)
}

extension GeoPolygons {
    /// All rings with the inside to their left: holes turn the other way than shells.
    var orientedRings: [[SpherePoint]] {
        polygons.flatMap { rings in
            rings.enumerated().map { index, ring in index == 0 ? ring : ring.reversed() }
        }
    }

    /// The same area without polygons that overlap.
    var dissolved: GeoPolygons {
        get throws(EvaluationError) {
            // What has too many corners is taken as it is.
            let size = rings.reduce(0) { $0 + $1.count }
            guard polygons.count > 1, size <= SphereOverlay.maximumCorners else { return self }
            var overlay = SphereOverlay(orientedRings)
            return GeoPolygons(merged: try overlay.polygons(coveredBy: 1))
        }
    }
}
