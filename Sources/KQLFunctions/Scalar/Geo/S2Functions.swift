import Foundation
import JSON
import KQLValues

/// S2 cells of points, lines and polygons.
let s2Functions: [ScalarFunction] = scalars {
    ScalarFunction(
        "geo_point_to_s2cell", family: .geo,
        summary: "The token of the S2 cell of a point, of level 11 if none is given.",
        signatures: [.takes(.real("longitude"), .real("latitude"), .long("level", .optional), returns: .string)]
    ) { call throws(EvaluationError) in
        let hasLevel = call.arguments.count > 2
        return try each { (longitude: Double, latitude: Double, level: Int64?) -> String? in
            guard let point = SpherePoint(longitude: longitude, latitude: latitude), let level = hasLevel ? level : 11,
                (0...30).contains(level)
            else { return "" }
            return S2Cell(point, level: Int(level)).token
        }(call)
    }
    ofToken("geo_s2cell_to_central_point", "The middle of an S2 cell.") { GeoJSON.point($0.center) }
    ofToken("geo_s2cell_to_polygon", "The square of an S2 cell.") { GeoJSON.polygons([[$0.corners]]) }
    ofToken("geo_s2cell_neighbors", "The S2 cells around an S2 cell.") { cell in
        let offsets = [(1, 1), (1, 0), (-1, 0), (0, -1), (-1, 1), (1, -1), (0, 1), (-1, -1)]
        return .array(distinct(offsets.map { .string(cell.neighbor($0, $1).token) }))
    }
    covering("geo_polygon_to_s2cells", "The tokens of the S2 cells that cover a polygon.") { shape, radius in
        guard let polygons = GeoPolygons(shape) else { return nil }
        let edges = polygons.edges
        let corners = polygons.rings.flatMap(\.self)
        return { cell in
            let square = cell.corners
            if square.contains(where: { polygons.contains($0) }) || corners.contains(where: { contains(square, $0) })
                || !crossings(squareEdges(square), edges).isEmpty
            {
                return true
            }
            return radius > 0 && isNear(square, corners, edges, radius)
        }
    }
    covering("geo_line_to_s2cells", "The tokens of the S2 cells that cover a line.") { shape, radius in
        guard let lines = GeoLines(shape) else { return nil }
        let edges = lines.edges
        let corners = lines.lines.flatMap(\.self)
        return { cell in
            let square = cell.corners
            return corners.contains { contains(square, $0) } || !crossings(squareEdges(square), edges).isEmpty
                || radius > 0 && isNear(square, corners, edges, radius)
        }
    }
}

private func ofToken(_ name: String, _ summary: String, _ body: @escaping @Sendable (S2Cell) -> JSON) -> ScalarFunction
{
    ScalarFunction(
        name, family: .geo, summary: summary,
        signatures: [.takes(.string("s2cell"), returns: .dynamic)],
        evaluate: each { (token: String) -> JSON? in S2Cell(token: token).map { body($0) } })
}

private func squareEdges(_ corners: [SpherePoint]) -> [(SpherePoint, SpherePoint)] {
    corners.indices.map { (corners[$0], corners[($0 + 1) % corners.count]) }
}

private func contains(_ square: [SpherePoint], _ point: SpherePoint) -> Bool {
    squareEdges(square).allSatisfy { $0.cross($1).dot(point) >= 0 }
}

/// Whether a square lies within a distance in metres of some edges.
private func isNear(
    _ square: [SpherePoint], _ corners: [SpherePoint], _ edges: [(SpherePoint, SpherePoint)], _ radius: Double
) -> Bool {
    square.contains { distance($0, edges) ?? .infinity <= radius }
        || corners.contains { distance($0, squareEdges(square)) ?? .infinity <= radius }
}

/// The cells of one level that a shape touches; null when they are more than 65,536.
private func covering(
    _ name: String, _ summary: String,
    _ test: @escaping @Sendable (JSON, Double) -> ((S2Cell) -> Bool)?
) -> ScalarFunction {
    ScalarFunction(
        name, family: .geo, summary: summary,
        signatures: [
            .takes(.dynamic("shape"), .long("level", .optional), .real("radius", .optional), returns: .dynamic)
        ],
        evaluate: each { (shape: JSON, level: Int64?, radius: Double?) -> JSON? in
            guard (0...30).contains(level ?? 11), let touches = test(shape, radius ?? 0) else { return nil }
            var cells = (0..<6).map { S2Cell(face: $0, i: 0, j: 0, level: 0) }.filter(touches)
            for _ in 0..<Int(level ?? 11) {
                cells = cells.flatMap(\.children).filter(touches)
                if cells.count > 65_536 { return nil }
            }
            return .array(cells.map { .string($0.token) })
        })
}
