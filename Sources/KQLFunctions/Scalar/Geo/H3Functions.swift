import Foundation
import JSON
import KQLValues

/// Cells of the H3 grid: where they are and how they lie in each other.
let h3Functions: [ScalarFunction] = scalars {
    ScalarFunction(
        "geo_point_to_h3cell", family: .geo,
        summary: "The H3 cell of a resolution of 0 to 15 that holds a point, of 6 if none is given.",
        signatures: [
            .takes(.real("longitude"), .real("latitude"), .long("resolution", .optional), returns: .string)
        ],
        evaluate: each { (longitude: Double, latitude: Double, resolution: Int64?) -> String? in
            guard let point = SpherePoint(longitude: longitude, latitude: latitude),
                (0...15).contains(resolution ?? 6)
            else { return "" }
            return H3Cell(point, resolution: Int(resolution ?? 6)).text
        })
    ScalarFunction(
        "geo_h3cell_to_central_point", family: .geo, summary: "The middle of an H3 cell.",
        signatures: [.takes(.string("h3cell"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in H3Cell(text).map { GeoJSON.point($0.center) } })
    ScalarFunction(
        "geo_h3cell_to_polygon", family: .geo, summary: "The hexagon of an H3 cell.",
        signatures: [.takes(.string("h3cell"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in H3Cell(text).map { GeoJSON.polygons([[$0.boundary]]) } })
    ScalarFunction(
        "geo_h3cell_neighbors", family: .geo, summary: "The H3 cells that share an edge with a cell.",
        signatures: [.takes(.string("h3cell"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in
            H3Cell(text).map { .array($0.neighbours.map { .string($0.text) }) }
        })
    ScalarFunction(
        "geo_h3cell_rings", family: .geo,
        summary: "An array of the H3 cells at each distance from a cell, from 0 to a number of steps of at most 142.",
        signatures: [.takes(.string("h3cell"), .long("distance"), returns: .dynamic)],
        evaluate: each { (text: String, distance: Int64) -> JSON? in
            guard let cell = H3Cell(text), (0...142).contains(distance) else { return nil }
            return .array(cell.rings(Int(distance)).map { .array($0.map { .string($0.text) }) })
        })
    ScalarFunction(
        "geo_polygon_to_h3cells", family: .geo,
        summary: "The H3 cells of a resolution whose middle lies in a polygon, of 6 if none is given.",
        signatures: [
            .takes(.dynamic("polygon"), .long("resolution", .optional), .real("radius", .optional), returns: .dynamic)
        ],
        evaluate: each { (shape: JSON, resolution: Int64?, radius: Double?) throws(EvaluationError) -> JSON? in
            guard var polygons = GeoPolygons(shape), (0...15).contains(resolution ?? 6) else { return nil }
            if let radius, radius != 0 {
                guard var buffer = SphereBuffer(radius: radius, tolerance: nil) else { return nil }
                for ring in polygons.orientedRings { buffer.add(ring: ring) }
                polygons = GeoPolygons(merged: try buffer.polygons)
            }
            return h3Cells(of: polygons, Int(resolution ?? 6)).map { .array($0.map { .string($0.text) }) }
        })
    ScalarFunction(
        "geo_h3cell_level", family: .geo, summary: "The resolution of an H3 cell.",
        signatures: [.takes(.string("h3cell"), returns: .int)],
        evaluate: each { (text: String) in H3Cell(text).map { Int64($0.resolution) } })
    ScalarFunction(
        "geo_h3cell_parent", family: .geo, summary: "The H3 cell of a coarser resolution that holds a cell.",
        signatures: [.takes(.string("h3cell"), .long("resolution", .optional), returns: .string)],
        evaluate: each { (text: String, resolution: Int64?) -> String? in
            guard let cell = H3Cell(text) else { return "" }
            let wanted = resolution ?? Int64(cell.resolution - 1)
            return wanted >= 0 && wanted < cell.resolution ? cell.parent(Int(wanted)).text : ""
        })
    ScalarFunction(
        "geo_h3cell_children", family: .geo, summary: "The H3 cells of a finer resolution in a cell.",
        signatures: [.takes(.string("h3cell"), .long("resolution", .optional), returns: .dynamic)],
        evaluate: each { (text: String, resolution: Int64?) -> JSON? in
            guard let cell = H3Cell(text) else { return nil }
            let wanted = resolution ?? Int64(cell.resolution + 1)
            // More than five resolutions finer there are too many.
            guard wanted > cell.resolution, wanted <= 15, wanted - Int64(cell.resolution) <= 5 else { return nil }
            var cells = [cell]
            while cells[0].resolution < wanted { cells = cells.flatMap(\.children) }
            return .array(cells.map { .string($0.text) })
        })
}

/// The cells whose centre lies in polygons; nil when there are too many. They spread out from the edges: a cell that lies
/// inside but not at an edge has a neighbour that does or that lies inside.
private func h3Cells(of polygons: GeoPolygons, _ resolution: Int) -> [H3Cell]? {
    let limit = 61_680
    var pending: [H3Cell] = []
    var seen: Set<UInt64> = []
    // A cell is at least this wide.
    let width = 0.15 * pow(7, -Double(resolution) / 2)
    for (a, b) in polygons.edges {
        let count = Int((a.angle(to: b) / width).rounded(.up)) + 1
        guard count <= limit * 4 else { return nil }
        for step in 0...count {
            let cell = H3Cell(a.interpolated(to: b, Double(step) / Double(count)), resolution: resolution)
            if seen.insert(cell.bits).inserted { pending.append(cell) }
        }
        guard pending.count <= limit * 4 else { return nil }
    }
    for cell in pending { for next in cell.neighbours where seen.insert(next.bits).inserted { pending.append(next) } }
    var found: [H3Cell] = []
    while let cell = pending.popLast() {
        guard polygons.contains(cell.center) else { continue }
        found.append(cell)
        guard found.count <= limit else { return nil }
        for next in cell.neighbours where seen.insert(next.bits).inserted { pending.append(next) }
    }
    return found.sorted { $0.bits < $1.bits }
}
