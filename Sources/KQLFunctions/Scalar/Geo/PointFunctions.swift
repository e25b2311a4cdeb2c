import Foundation
import JSON
import KQLValues

/// Distances, angles and positions of points, given as longitude and latitude in degrees.
let geoPointFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "geo_distance_2points", family: .geo, summary: "The shortest distance of two points in metres.",
        signatures: [
            .takes(
                .real("lng1"), .real("lat1"), .real("lng2"), .real("lat2"), .any("useSpheroid", .optional),
                returns: .real)
        ]
    ) { call throws(EvaluationError) in
        let spheroid = call.reader(4, Bool?.self)
        return try eachPoints(call, count: 2) { points, row in
            spheroid[row].flatMap(\.self) == true
                ? Sphere.ellipsoidDistance(points[0], points[1]) : points[0].angle(to: points[1]) * Sphere.radius
        }
    }
    ScalarFunction(
        "geo_azimuth", family: .geo, summary: "The angle between true north and the way to another point, in radians.",
        signatures: [.takes(.real("lng1"), .real("lat1"), .real("lng2"), .real("lat2"), returns: .real)]
    ) { call throws(EvaluationError) in
        try eachPoints(call, count: 2) { points, _ -> Double? in
            guard points[0] != points[1] else { return nil }
            let (phi1, phi2) = (points[0].latitude * .pi / 180, points[1].latitude * .pi / 180)
            let difference = (points[1].longitude - points[0].longitude) * .pi / 180
            return atan2(
                sin(difference) * cos(phi2), cos(phi1) * sin(phi2) - sin(phi1) * cos(phi2) * cos(difference))
        }
    }
    ScalarFunction(
        "geo_angle", family: .geo,
        summary: "The angle at the second point between the ways to the first and third, in radians.",
        signatures: [
            .takes(
                .real("lng1"), .real("lat1"), .real("lng2"), .real("lat2"), .real("lng3"), .real("lat3"), returns: .real
            )
        ]
    ) { call throws(EvaluationError) in
        try eachPoints(call, count: 3) { points, _ -> Double? in
            guard points[0] != points[1], points[1] != points[2] else { return nil }
            return points[0].cross(points[1]).angle(to: points[2].cross(points[1]))
        }
    }
    ScalarFunction(
        "geo_point_in_circle", family: .geo, summary: "Whether a point lies within a radius in metres of another.",
        signatures: [
            .takes(.real("lng"), .real("lat"), .real("centerLng"), .real("centerLat"), .real("radius"), returns: .bool)
        ]
    ) { call throws(EvaluationError) in
        let radii = call.reader(4, Double.self)
        return try eachPoints(call, count: 2) { points, row -> Bool? in
            guard let radius = radii[row], radius >= 0 else { return nil }
            return points[0].angle(to: points[1]) * Sphere.radius <= radius
        }
    }
}

/// How points lie to lines and polygons.
let geoNearnessFunctions: [ScalarFunction] = scalars {
    pointAndLines("geo_distance_point_to_line", "The distance of a point from a line in metres.", returns: .real) {
        point, lines in
        distance(point, lines.edges)
    }
    pointAndPolygons(
        "geo_distance_point_to_polygon", "The distance of a point from a polygon in metres.", returns: .real
    ) {
        point, polygons in polygons.contains(point) ? 0 : distance(point, polygons.edges)
    }
    pointAndPolygons("geo_point_in_polygon", "Whether a point lies in a polygon.", returns: .bool) { point, polygons in
        polygons.contains(point)
    }
    pointAndLines("geo_closest_point_on_line", "The point of a line that is nearest to another.", returns: .dynamic) {
        point, lines -> JSON? in nearest(point, lines.edges).map { GeoJSON.point($0) }
    }
    pointAndPolygons(
        "geo_closest_point_on_polygon", "The point of a polygon that is nearest to another.", returns: .dynamic
    ) {
        point, polygons -> JSON? in
        polygons.contains(point) ? GeoJSON.point(point) : nearest(point, polygons.edges).map { GeoJSON.point($0) }
    }
}

func nearest(_ point: SpherePoint, _ edges: [(SpherePoint, SpherePoint)]) -> SpherePoint? {
    edges.map { Sphere.nearest(to: point, $0, $1) }.min { point.angle(to: $0) < point.angle(to: $1) }
}

/// In metres.
func distance(_ point: SpherePoint, _ edges: [(SpherePoint, SpherePoint)]) -> Double? {
    nearest(point, edges).map { point.angle(to: $0) * Sphere.radius }
}

/// Reads points of two arguments each; a point outside the sphere's degrees makes a null.
private func eachPoints<R: KernelResult>(
    _ call: ScalarCall, count: Int, _ body: ([SpherePoint], Int) -> R?
) throws(EvaluationError) -> Column {
    let readers = (0..<count * 2).map { call.reader($0, Double.self) }
    return try eachRow(call) { row -> R? in
        var points: [SpherePoint] = []
        for index in 0..<count {
            guard let longitude = readers[index * 2][row], let latitude = readers[index * 2 + 1][row],
                let point = SpherePoint(longitude: longitude, latitude: latitude)
            else { return nil }
            points.append(point)
        }
        return body(points, row)
    }
}

private func pointAndLines<R: KernelResult>(
    _ name: String, _ summary: String, returns type: KQLType, _ body: @escaping @Sendable (SpherePoint, GeoLines) -> R?
) -> ScalarFunction {
    ScalarFunction(
        name, family: .geo, summary: summary,
        signatures: [.takes(.real("longitude"), .real("latitude"), .dynamic("lineString"), returns: type)],
        evaluate: each { (longitude: Double, latitude: Double, lines: JSON) -> R? in
            guard let point = SpherePoint(longitude: longitude, latitude: latitude), let lines = GeoLines(lines) else {
                return nil
            }
            return body(point, lines)
        })
}

private func pointAndPolygons<R: KernelResult>(
    _ name: String, _ summary: String, returns type: KQLType,
    _ body: @escaping @Sendable (SpherePoint, GeoPolygons) -> R?
) -> ScalarFunction {
    ScalarFunction(
        name, family: .geo, summary: summary,
        signatures: [.takes(.real("longitude"), .real("latitude"), .dynamic("polygon"), returns: type)]
    ) { call throws(EvaluationError) in
        let longitudes = call.reader(0, Double.self)
        let latitudes = call.reader(1, Double.self)
        let shapes = call.reader(2, JSON.self)
        let constant = call.isConstant[2] ? shapes[0].flatMap { GeoPolygons($0) } : nil
        return try eachRow(call) { row -> R? in
            guard let longitude = longitudes[row], let latitude = latitudes[row],
                let point = SpherePoint(longitude: longitude, latitude: latitude),
                let polygons = call.isConstant[2] ? constant : shapes[row].flatMap({ GeoPolygons($0) })
            else { return nil }
            return body(point, polygons)
        }
    }
}
