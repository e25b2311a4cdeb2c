import Foundation
import JSON

/// Lines of GeoJSON (RFC 7946) on the sphere.
struct GeoLines {
    let lines: [[SpherePoint]]

    /// Reads a LineString or MultiLineString; nil when it is malformed or a line has fewer than two points.
    init?(_ json: JSON) {
        let coordinates: [JSON]
        switch json["type"]?.stringValue {
        case "LineString": coordinates = json["coordinates"].map { [$0] } ?? []
        case "MultiLineString": coordinates = json["coordinates"]?.arrayValue ?? []
        default: return nil
        }
        let lines = coordinates.compactMap { GeoLines.points($0) }
        guard !lines.isEmpty, lines.count == coordinates.count,
            lines.allSatisfy({ $0.count >= 2 && Set($0).count >= 2 })
        else { return nil }
        self.lines = lines
    }

    static func points(_ json: JSON) -> [SpherePoint]? {
        guard let positions = json.arrayValue else { return nil }
        let points = positions.compactMap { GeoLines.point($0) }
        return points.count == positions.count ? points : nil
    }

    static func point(_ json: JSON) -> SpherePoint? {
        guard let longitude = json[0]?.doubleValue, let latitude = json[1]?.doubleValue else { return nil }
        return SpherePoint(longitude: longitude, latitude: latitude)
    }

    var edges: [(SpherePoint, SpherePoint)] {
        lines.flatMap { line in zip(line, line.dropFirst()).map { ($0, $1) } }
    }

    /// The length in radians.
    var length: Double { edges.reduce(0) { $0 + $1.0.angle(to: $1.1) } }
}

/// Polygons of GeoJSON on the sphere: each an outer ring to the left of its edges, then its holes.
struct GeoPolygons {
    let polygons: [[[SpherePoint]]]

    /// Reads a Polygon or MultiPolygon; nil when it is malformed, a ring is not closed or has no area.
    init?(_ json: JSON) {
        let coordinates: [JSON]
        switch json["type"]?.stringValue {
        case "Polygon": coordinates = json["coordinates"].map { [$0] } ?? []
        case "MultiPolygon": coordinates = json["coordinates"]?.arrayValue ?? []
        default: return nil
        }
        let polygons = coordinates.compactMap { GeoPolygons.rings($0) }
        guard !polygons.isEmpty, polygons.count == coordinates.count else { return nil }
        self.polygons = polygons
    }

    /// Polygons of an overlay: shells to the left, holes to the right.
    init(merged polygons: [[[SpherePoint]]]) {
        self.polygons = polygons.map { rings in
            rings.enumerated().map { index, ring in index == 0 ? ring : ring.reversed() }
        }
    }

    private static func rings(_ json: JSON) -> [[SpherePoint]]? {
        guard let rings = json.arrayValue, !rings.isEmpty else { return nil }
        let read = rings.compactMap { GeoPolygons.ring($0) }
        return read.count == rings.count ? read : nil
    }

    /// The corners without the closing one, turned so that the smaller side of the sphere is on their left.
    private static func ring(_ json: JSON) -> [SpherePoint]? {
        guard let points = GeoLines.points(json), points.count >= 4, points.first == points.last else { return nil }
        let corners = Array(points.dropLast())
        guard Set(corners).count == corners.count, corners.count <= 65_536 else { return nil }
        if corners.count <= 1000, crossesItself(corners) { return nil }
        let area = signedArea(corners)
        guard area != 0 else { return nil }
        return area > 0 ? corners : corners.reversed()
    }

    private static func crossesItself(_ corners: [SpherePoint]) -> Bool {
        let count = corners.count
        for first in 0..<count {
            for second in stride(from: first + 2, to: count, by: 1) where (second + 1) % count != first {
                if Sphere.crossing(
                    corners[first], corners[first + 1], corners[second], corners[(second + 1) % count]) != nil
                {
                    return true
                }
            }
        }
        return false
    }

    static func signedArea(_ corners: [SpherePoint]) -> Double {
        (1..<max(1, corners.count - 1)).reduce(0) { $0 + Sphere.area(corners[0], corners[$1], corners[$1 + 1]) }
    }

    var rings: [[SpherePoint]] { polygons.flatMap(\.self) }

    var edges: [(SpherePoint, SpherePoint)] {
        rings.flatMap { ring in ring.indices.map { (ring[$0], ring[($0 + 1) % ring.count]) } }
    }

    func contains(_ point: SpherePoint) -> Bool {
        polygons.contains { rings in
            GeoPolygons.surrounds(rings[0], point) && !rings.dropFirst().contains { GeoPolygons.surrounds($0, point) }
        }
    }

    /// Whether a ring goes once round a point to the left.
    private static func surrounds(_ ring: [SpherePoint], _ point: SpherePoint) -> Bool {
        var turn = 0.0
        for index in ring.indices {
            let a = point.cross(ring[index])
            let b = point.cross(ring[(index + 1) % ring.count])
            turn += atan2(a.cross(b).dot(point), a.dot(b))
        }
        return turn > .pi
    }

    /// The area in steradians.
    var area: Double {
        polygons.reduce(0) { sum, rings in
            sum + rings.dropFirst().reduce(GeoPolygons.signedArea(rings[0])) { $0 - GeoPolygons.signedArea($1) }
        }
    }
}

/// GeoJSON made of points.
enum GeoJSON {
    static func position(_ point: SpherePoint) -> JSON { [.double(point.longitude), .double(point.latitude)] }

    static func point(_ point: SpherePoint) -> JSON { shape("Point", position(point)) }

    static func shape(_ type: String, _ coordinates: JSON) -> JSON {
        ["type": .string(type), "coordinates": coordinates]
    }

    static let empty: JSON = ["type": "GeometryCollection", "geometries": []]

    static func points(_ points: [SpherePoint]) -> JSON {
        points.isEmpty
            ? empty : points.count == 1 ? point(points[0]) : shape("MultiPoint", .array(points.map(position)))
    }

    static func lines(_ lines: [[SpherePoint]]) -> JSON {
        let coordinates = lines.map { JSON.array($0.map(position)) }
        return lines.isEmpty
            ? empty
            : lines.count == 1 ? shape("LineString", coordinates[0]) : shape("MultiLineString", .array(coordinates))
    }

    /// Rings are closed here.
    static func polygons(_ polygons: [[[SpherePoint]]]) -> JSON {
        let coordinates = polygons.map { rings in
            JSON.array(rings.map { .array(($0 + $0.prefix(1)).map(position)) })
        }
        return coordinates.count == 1 ? shape("Polygon", coordinates[0]) : shape("MultiPolygon", .array(coordinates))
    }
}
