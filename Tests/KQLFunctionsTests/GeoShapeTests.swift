import Foundation
import JSON
import KQLFunctions
import KQLValues
import Testing

/// Polygons laid over each other, and buffers.
struct GeoShapeTests {
    private let left = #"{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}"#
    private let right = #"{"type":"Polygon","coordinates":[[[1,1],[3,1],[3,3],[1,3],[1,1]]]}"#
    private let far = #"{"type":"Polygon","coordinates":[[[10,10],[11,10],[11,11],[10,11],[10,10]]]}"#
    private let hole = #"{"type":"Polygon","coordinates":[[[0.5,0.5],[1,0.5],[1,1],[0.5,1],[0.5,0.5]]]}"#

    @Test func `areas of union and intersection add up`() throws {
        let union = try call("geo_union_polygons_array", .json("[\(left),\(right)]"))
        let common = try call("geo_intersection_2polygons", .json(left), .json(right))
        let sum = try area(.json(left)) + area(.json(right))
        let parts = try area(union) + area(common)
        #expect(abs(parts - sum) < 1e-6 * sum)
        #expect(try corners(union) == 9)
        #expect(try corners(common) == 5)
    }

    @Test func `polygons apart become a multipolygon and have nothing in common`() throws {
        guard case .dynamic(let union) = try call("geo_union_polygons_array", .json("[\(left),\(far)]")) else {
            Issue.record("no union")
            return
        }
        #expect(union["type"] == "MultiPolygon")
        #expect(union["coordinates"]?.arrayValue?.count == 2)
        #expect(
            try call("geo_intersection_2polygons", .json(left), .json(far))
                == .json(#"{"type":"GeometryCollection","geometries":[]}"#))
    }

    @Test func `a polygon inside another adds nothing`() throws {
        let union = try call("geo_union_polygons_array", .json("[\(left),\(hole)]"))
        #expect(try corners(union) == 5)
        let added = try area(union) - area(.json(left))
        #expect(abs(added) < 1)
    }

    @Test func `neighbours with a common edge become one ring`() throws {
        let east = #"{"type":"Polygon","coordinates":[[[2,0],[4,0],[4,2],[2,2],[2,0]]]}"#
        let union = try call("geo_union_polygons_array", .json("[\(left),\(east)]"))
        #expect(try corners(union) == 7)
    }

    @Test func `the area of overlapping parts counts once`() throws {
        let both = try Value.json(
            #"{"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[0,2],[0,0]]],[[[1,1],[3,1],[3,3],[1,3],[1,1]]]]}"#
        )
        let union = try call("geo_union_polygons_array", .json("[\(left),\(right)]"))
        let difference = try area(both) - area(union)
        #expect(abs(difference) < 1)
    }

    @Test func `a buffer around a point is a circle within the tolerance`() throws {
        let buffer = try call("geo_point_buffer", .real(-115.17), .real(36.15), .real(20_000), .real(10))
        let circle = Double.pi * 20_000 * 20_000
        let found = try area(buffer)
        #expect(found < circle)
        #expect(found > circle * 0.998)
        for corner in try ring(buffer) {
            let distance = try call(
                "geo_distance_2points", .real(-115.17), .real(36.15), .real(corner[0]), .real(corner[1]))
            guard case .real(let metres) = distance else { continue }
            #expect(abs(metres - 20_000) < 1e-3)
        }
    }

    @Test func `a buffer around a line has round ends`() throws {
        let line = try Value.json(#"{"type":"LineString","coordinates":[[0,0],[1,0]]}"#)
        let buffer = try call("geo_line_buffer", line, .real(1000), .real(1))
        let length = Double.pi / 180 * 6_371_010
        let expected = length * 2000 + Double.pi * 1000 * 1000
        let found = try area(buffer)
        #expect(abs(found - expected) < expected * 0.001)
    }

    @Test func `a buffer around a polygon fills its narrow bays`() throws {
        let bay = try Value.json(
            #"{"type":"Polygon","coordinates":[[[0,0],[3,0],[3,3],[1.6,3],[1.5,1],[1.4,3],[0,3],[0,0]]]}"#)
        let buffer = try call("geo_polygon_buffer", bay, .real(30_000))
        guard case .dynamic(let json) = buffer else {
            Issue.record("no buffer")
            return
        }
        #expect(json["type"] == "Polygon")
        #expect(json["coordinates"]?.arrayValue?.count == 1)
        let (wide, narrow) = (try area(buffer), try area(bay))
        #expect(wide > narrow)
    }

    @Test func `buffers need a radius above zero`() throws {
        #expect(try call("geo_point_buffer", .real(0), .real(0), .real(0)) == .null(.dynamic))
        #expect(try call("geo_point_buffer", .real(200), .real(0), .real(10)) == .null(.dynamic))
        #expect(try call("geo_polygon_buffer", .json(#"{"type":"p"}"#), .real(1)) == .null(.dynamic))
        #expect(try call("geo_union_polygons_array", .json("[]")) == .null(.dynamic))
    }

    @Test func `shapes of too many corners are refused with a reason`() throws {
        let corners = (0..<9000).map { index -> String in
            let angle = Double(index) / 9000 * 2 * .pi
            return "[\(cos(angle)),\(sin(angle))]"
        }
        let ring = (corners + [corners[0]]).joined(separator: ",")
        let shape = #"{"type":"Polygon","coordinates":[[\#(ring)]]}"#
        let error = #expect(throws: EvaluationError.self) {
            try call("geo_union_polygons_array", .json("[\(shape),\(left)]"))
        }
        #expect(error?.message.contains("simplify") == true)
    }

    @Test func `simplified unions lose corners and may disappear`() throws {
        let fine = #"{"type":"Polygon","coordinates":[[[0,0],[1,0.000001],[2,0],[2,2],[0,2],[0,0]]]}"#
        let simple = try call("geo_simplify_polygons_array", .json("[\(fine)]"), .real(10))
        #expect(try corners(simple) == 5)
        #expect(try call("geo_simplify_polygons_array", .json("[\(fine)]"), .real(-1)) == .null(.dynamic))
    }

    private func area(_ polygon: Value) throws -> Double {
        guard case .real(let area) = try call("geo_polygon_area", polygon) else { return .nan }
        return area
    }

    private func ring(_ polygon: Value) throws -> [[Double]] {
        guard case .dynamic(let json) = polygon, let ring = json["coordinates"]?[0]?.arrayValue else { return [] }
        return ring.map { ($0.arrayValue ?? []).compactMap(\.doubleValue) }
    }

    private func corners(_ polygon: Value) throws -> Int { try ring(polygon).count }
}
