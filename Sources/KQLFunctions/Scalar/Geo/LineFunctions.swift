import Foundation
import JSON
import KQLValues

/// Lengths, points and crossings of lines.
let geoLineFunctions: [ScalarFunction] = scalars {
    lineFunction("geo_line_length", "The length of a line in metres.", returns: .real) { $0.length * Sphere.radius }
    lineFunction("geo_line_centroid", "The centroid of a line.", returns: .dynamic) { lines -> JSON? in
        var sum = SpherePoint(x: 0, y: 0, z: 0)
        for (a, b) in lines.edges {
            let middle = a + b
            sum = sum + middle * ((a - b).length / middle.length)
        }
        return sum.length > 0 ? GeoJSON.point(sum.normalized) : nil
    }
    ScalarFunction(
        "geo_line_interpolate_point", family: .geo, summary: "The point at a fraction of a line's length.",
        signatures: [.takes(.dynamic("lineString"), .real("fraction"), returns: .dynamic)],
        evaluate: each { (lines: JSON, fraction: Double) -> JSON? in
            guard let lines = GeoLines(lines), lines.lines.count == 1, (0...1).contains(fraction) else { return nil }
            var rest = lines.length * fraction
            for (a, b) in lines.edges {
                let length = a.angle(to: b)
                if rest <= length { return GeoJSON.point(length == 0 ? a : a.interpolated(to: b, rest / length)) }
                rest -= length
            }
            return lines.lines[0].last.map { GeoJSON.point($0) }
        })
    ScalarFunction(
        "geo_line_locate_point", family: .geo,
        summary: "The fraction of a line's length at which it is nearest to a point.",
        signatures: [
            .takes(
                .dynamic("lineString"), .real("longitude"), .real("latitude"), .any("useSpheroid", .optional),
                returns: .real)
        ],
        evaluate: each { (lines: JSON, longitude: Double, latitude: Double, _: Bool?) -> Double? in
            guard let lines = GeoLines(lines), lines.lines.count == 1,
                let point = SpherePoint(longitude: longitude, latitude: latitude)
            else { return nil }
            var before = 0.0
            var best = (distance: Double.infinity, place: 0.0)
            for (a, b) in lines.edges {
                let foot = Sphere.nearest(to: point, a, b)
                let distance = point.angle(to: foot)
                if distance < best.distance { best = (distance, before + a.angle(to: foot)) }
                before += a.angle(to: b)
            }
            return best.place / before
        })
}

/// Lines changed, crossed and joined.
let geoLineShapeFunctions: [ScalarFunction] = scalars {
    toleranceFunction("geo_line_simplify", "A line with fewer points, none further off than a tolerance in metres.") {
        shape, tolerance in
        guard let lines = GeoLines(shape) else { return nil }
        return GeoJSON.lines(lines.lines.map { simplified($0, tolerance / Sphere.radius) })
    }
    toleranceFunction("geo_line_densify", "A line with points added where the straight way on the map is further off.")
    { shape, tolerance in
        guard let lines = GeoLines(shape) else { return nil }
        return GeoJSON.lines(lines.lines.map { densified($0, tolerance / Sphere.radius) })
    }
    ScalarFunction(
        "geo_intersects_2lines", family: .geo, summary: "Whether two lines cross.",
        signatures: [.takes(.dynamic("line1"), .dynamic("line2"), returns: .bool)],
        evaluate: each { (first: JSON, second: JSON) -> Bool? in
            guard let first = GeoLines(first), let second = GeoLines(second) else { return nil }
            return !crossings(first.edges, second.edges).isEmpty
        })
    ScalarFunction(
        "geo_intersection_2lines", family: .geo, summary: "The points where two lines cross.",
        signatures: [.takes(.dynamic("line1"), .dynamic("line2"), returns: .dynamic)],
        evaluate: each { (first: JSON, second: JSON) -> JSON? in
            guard let first = GeoLines(first), let second = GeoLines(second) else { return nil }
            return GeoJSON.points(crossings(first.edges, second.edges))
        })
    ScalarFunction(
        "geo_union_lines_array", family: .geo, summary: "Several lines as one shape, common edges once.",
        signatures: [.takes(.dynamic("lineStrings"), returns: .dynamic)],
        evaluate: each { (shapes: JSON) -> JSON? in
            guard let shapes = shapes.arrayValue, !shapes.isEmpty else { return nil }
            let lines = shapes.compactMap { GeoLines($0) }
            guard lines.count == shapes.count else { return nil }
            return GeoJSON.lines(chains(lines.flatMap(\.edges)))
        })
}

func crossings(_ left: [(SpherePoint, SpherePoint)], _ right: [(SpherePoint, SpherePoint)]) -> [SpherePoint] {
    var points: [SpherePoint] = []
    for (a, b) in left {
        for (c, d) in right {
            guard let point = Sphere.crossing(a, b, c, d) else { continue }
            if !points.contains(where: { $0.angle(to: point) < 1e-14 }) { points.append(point) }
        }
    }
    return points
}

/// Different edges joined to lines, each as long as it goes.
private func chains(_ edges: [(SpherePoint, SpherePoint)]) -> [[SpherePoint]] {
    var rest: [(SpherePoint, SpherePoint)] = []
    for edge in edges where !rest.contains(where: { $0 == edge || ($0.1, $0.0) == edge }) { rest.append(edge) }
    var result: [[SpherePoint]] = []
    while !rest.isEmpty {
        let first = rest.removeFirst()
        var line = [first.0, first.1]
        while let last = line.last, let next = rest.firstIndex(where: { $0.0 == last }) {
            line.append(rest.remove(at: next).1)
        }
        while let start = line.first, let next = rest.firstIndex(where: { $0.1 == start }) {
            line.insert(rest.remove(at: next).0, at: 0)
        }
        result.append(line)
    }
    return result
}

/// Leaves out points by the algorithm of D. Douglas and T. Peucker; the tolerance is in radians.
func simplified(_ line: [SpherePoint], _ tolerance: Double) -> [SpherePoint] {
    var kept = Set([0, line.count - 1])
    var ranges = [(0, line.count - 1)]
    while let (first, last) = ranges.popLast() {
        guard last > first + 1 else { continue }
        let distances = (first + 1..<last).map { index in
            (index, line[index].angle(to: Sphere.nearest(to: line[index], line[first], line[last])))
        }
        guard let farthest = distances.max(by: { $0.1 < $1.1 }), farthest.1 > tolerance else { continue }
        kept.insert(farthest.0)
        ranges += [(first, farthest.0), (farthest.0, last)]
    }
    return kept.sorted().map { line[$0] }
}

/// Adds points on the straight way between longitudes and latitudes until it is near enough to the great circle.
func densified(_ line: [SpherePoint], _ tolerance: Double) -> [SpherePoint] {
    var result = Array(line.prefix(1))
    for (a, b) in zip(line, line.dropFirst()) {
        let ends = [a, b].map { MapPoint(longitude: $0.longitude, latitude: $0.latitude, point: $0) }
        result += between(ends[0], ends[1], tolerance, depth: 0) + [b]
    }
    return result
}

/// A point with its place on the map, which halving keeps exact.
private struct MapPoint {
    let longitude: Double
    let latitude: Double
    let point: SpherePoint
}

private func between(_ a: MapPoint, _ b: MapPoint, _ tolerance: Double, depth: Int) -> [SpherePoint] {
    let (longitude, latitude) = (0.5 * a.longitude + 0.5 * b.longitude, 0.5 * a.latitude + 0.5 * b.latitude)
    guard depth < 12, abs(a.longitude - b.longitude) <= 180,
        let point = SpherePoint(longitude: longitude, latitude: latitude),
        point.angle(to: a.point.interpolated(to: b.point, 0.5)) > tolerance
    else { return [] }
    let middle = MapPoint(longitude: longitude, latitude: latitude, point: point)
    return between(a, middle, tolerance, depth: depth + 1) + [point]
        + between(middle, b, tolerance, depth: depth + 1)
}

private func lineFunction<R: KernelResult>(
    _ name: String, _ summary: String, returns type: KQLType, _ body: @escaping @Sendable (GeoLines) -> R?
) -> ScalarFunction {
    ScalarFunction(
        name, family: .geo, summary: summary,
        signatures: [.takes(.dynamic("lineString"), returns: type)],
        evaluate: each { (lines: JSON) -> R? in GeoLines(lines).flatMap { body($0) } })
}

/// A change of a shape within a tolerance of 0.1 to 10,000 metres, 10 if none is given.
func toleranceFunction(
    _ name: String, _ summary: String, _ body: @escaping @Sendable (JSON, Double) -> JSON?
) -> ScalarFunction {
    ScalarFunction(
        name, family: .geo, summary: summary,
        signatures: [
            .takes(
                .dynamic("shape"), .real("tolerance", .optional), .any("preserveCrossing", .optional), returns: .dynamic
            )
        ],
        evaluate: each { (shape: JSON, tolerance: Double?) -> JSON? in
            let tolerance = tolerance ?? 10
            return (0.1...10_000).contains(tolerance) ? body(shape, tolerance) : nil
        })
}
