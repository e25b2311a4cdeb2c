import JSON
import KQLFunctions
import KQLValues
import Testing

/// Cells of the H3 grid; the expected values were computed with the reference library.
struct GeoCellTests {
    @Test(arguments: [
        (-73.985130, 40.743028, 6, "862a100d7ffffff"), (10.75, 59.9, 15, "8f09993958f289b"),
        (12.0, -89.99, 4, "84f2939ffffffff"),
    ])
    func `a point lies in a cell of every resolution`(
        _ longitude: Double, _ latitude: Double, _ level: Int64, _ cell: String
    )
        throws
    {
        #expect(try call("geo_point_to_h3cell", .real(longitude), .real(latitude), .long(level)) == .string(cell))
        let center = try call("geo_h3cell_to_central_point", .string(cell))
        let point = try #require(coordinates(center))
        #expect(
            try call(
                "geo_point_to_h3cell", .real(point[0]?.doubleValue ?? 0), .real(point[1]?.doubleValue ?? 0),
                .long(level))
                == .string(cell))
    }

    @Test func `a cell has the centre and corners of the reference library`() throws {
        let center = try #require(coordinates(try call("geo_h3cell_to_central_point", .string("85283473fffffff"))))
        #expect(isNear(center, [-121.9763759725512, 37.34579337536848]))
        let ring = try #require(coordinates(try call("geo_h3cell_to_polygon", .string("85283473fffffff")))?[0])
        #expect(ring.arrayValue?.count == 7)
        #expect(isNear(ring[0] ?? .null, [-121.91508032705622, 37.2713558667319]))
        #expect(isNear(ring[5] ?? .null, [-122.02910130919001, 37.263197974618244]))
    }

    @Test func `a pentagon bends where the faces meet and has five neighbours`() throws {
        let ring = try #require(coordinates(try call("geo_h3cell_to_polygon", .string("830800fffffffff")))?[0])
        #expect(ring.arrayValue?.count == 11)
        #expect(isNear(ring[1] ?? .null, [10.249885376586976, 64.31052464736973]))
        guard case .dynamic(.array(let cells)) = try call("geo_h3cell_neighbors", .string("830800fffffffff")) else {
            Issue.record("no neighbours")
            return
        }
        #expect(
            Set(cells.compactMap(\.stringValue))
                == ["830802fffffffff", "830803fffffffff", "830804fffffffff", "830805fffffffff", "830806fffffffff"])
    }

    @Test func `rings go round a cell counter-clockwise`() throws {
        let rings = try call("geo_h3cell_rings", .string("861f8894fffffff"), .long(1))
        let expected = try Value.json(
            """
            [["861f8894fffffff"],["861f88947ffffff","861f8895fffffff","861f88867ffffff","861f8d497ffffff",
            "861f8d4b7ffffff","861f8896fffffff"]]
            """)
        #expect(rings == expected)
        #expect(try call("geo_h3cell_rings", .string("861f8894fffffff"), .long(143)) == .null(.dynamic))
    }

    @Test func `a polygon is made of the cells whose centre it holds`() throws {
        let polygon = try Value.json(
            """
            {"type": "Polygon", "coordinates":
            [[[-3.659,40.553],[-3.913,40.409],[-3.729,40.273],[-3.524,40.440],[-3.659,40.553]]]}
            """)
        guard case .dynamic(.array(let cells)) = try call("geo_polygon_to_h3cells", polygon) else {
            Issue.record("no cells")
            return
        }
        #expect(cells.count == 13)
        #expect(cells.first == .string("86390ca07ffffff"))
        guard case .dynamic(.array(let wider)) = try call("geo_polygon_to_h3cells", polygon, .long(6), .real(5000))
        else {
            Issue.record("no cells")
            return
        }
        #expect(wider.count > cells.count)
    }

    @Test(arguments: ["", "862a1072ffffff", "zz2a1072fffffff", "8fffffffffffffff"])
    func `what is no cell gives null`(_ text: String) throws {
        #expect(try call("geo_h3cell_to_polygon", .string(text)) == .null(.dynamic))
        #expect(try call("geo_h3cell_neighbors", .string(text)) == .null(.dynamic))
    }

    private func coordinates(_ value: Value) -> JSON? {
        guard case .dynamic(let json) = value else { return nil }
        return json["coordinates"]
    }

    private func isNear(_ position: JSON, _ expected: [Double]) -> Bool {
        zip(position.arrayValue ?? [], expected).allSatisfy { abs(($0.doubleValue ?? .nan) - $1) < 1e-9 }
    }
}
