import JSON
import KQLFunctions
import KQLValues
import Testing

struct SeriesAndGeoTests {
    @Test(arguments: [
        ("series_add", "[1,2]", "[10,null]", "[11,null]"), ("series_divide", "[1,2]", "[2,4]", "[0.5,0.5]"),
        ("series_less", "[1,2]", "[2,1]", "[true,false]"), ("series_multiply", "[2,4]", "3", "[6,12]"),
        ("series_fill_const", "[null,1]", "0", "[0,1]"), ("series_fir", "[1,2,3]", "[1,1]", "[0.5,1.5,2.5]"),
    ])
    func `series are computed element by element`(_ name: String, _ first: String, _ second: String, _ expected: String)
        throws
    {
        #expect(try call(name, .json(first), .json(second)) == .json(expected))
    }

    @Test func `transforms there and back give the same series without noise`() throws {
        #expect(try call("series_fft", .json("[1,2,3,4]")) == .json("[[10.0,-2.0,-2.0,-2.0],[0.0,2.0,0.0,-2.0]]"))
        #expect(
            try call("series_ifft", .json("[10.0,-2.0,-2.0,-2.0]"), .json("[0.0,2.0,0.0,-2.0]"))
                == .json("[[1.0,2.0,3.0,4.0],[0.0,0.0,0.0,0.0]]"))
    }

    @Test func `missing elements are filled`() throws {
        #expect(try call("series_fill_forward", .json("[null,1,null]")) == .json("[null,1,1]"))
        #expect(try call("series_fill_backward", .json("[null,1,null]")) == .json("[1,1,null]"))
        #expect(try call("series_fill_linear", .json("[null,1.0,null,3.0]")) == .json("[1.0,1.0,2.0,3.0]"))
    }

    @Test func `lines are fitted and outliers found`() throws {
        let fit = try call("series_fit_line_dynamic", .json("[2,5,6,8,11,15,17,18,25,26,30,30]"))
        guard case .dynamic(let bag) = fit, let slope = bag["slope"]?.doubleValue,
            let share = bag["rsquare"]?.doubleValue
        else {
            Issue.record("no fit: \(fit)")
            return
        }
        #expect(abs(slope - 2.730769230769231) < 1e-12)
        #expect(abs(share - 0.982900730884447) < 1e-12)
        let anomalies = try call("series_decompose_anomalies", .json("[1,1,1,1,1,9,1,1,1,1,1,1]"))
        guard case .dynamic(let parts) = anomalies else {
            Issue.record("no anomalies: \(anomalies)")
            return
        }
        #expect(parts[0] == (try JSON(parsing: "[0,0,0,0,0,1,0,0,0,0,0,0]")))
        #expect(
            try call("series_seasonal", .json("[1,3,5,1,3,5,2,4,6]"), 3)
                == .json("[1.0,3.0,5.0,1.0,3.0,5.0,1.0,3.0,5.0]"))
    }

    @Test func `distances are measured on the sphere`() throws {
        #expect(
            near(try call("geo_distance_2points", -122.407628, 47.578557, -118.275287, 34.019056), 1_546_754.3519738095)
        )
        #expect(try call("geo_distance_2points", 300.0, 1.0, 1.0, 1.0) == .null(.real))
        #expect(near(try call("geo_angle", 0.0, 10.0, 0.0, 5.0, 3.0, -10.0), 2.9449384340688165))
        let park = try Value.json(
            #"{"type":"Polygon","coordinates":[[[-73.9495,40.7969],[-73.95807266235352,40.80068603561921],[-73.98201942443848,40.76825672305777],[-73.97317886352539,40.76455136505513],[-73.9495,40.7969]]]}"#
        )
        #expect(near(try call("geo_polygon_area", park), 3_475_207.28346606))
        #expect(near(try call("geo_distance_point_to_polygon", -73.9839, 40.7705, park), 259.9407560705964))
        #expect(try call("geo_point_in_polygon", -73.97, 40.78, park) == true)
        #expect(try call("geo_point_in_polygon", 106.03, -40.78, park) == false)
        let broken = try Value.json(#"{"type":"Polygon","coordinates":[[[0,0],[10,10],[10,10],[0,0]]]}"#)
        #expect(try call("geo_polygon_area", broken) == .null(.real))
    }

    @Test func `cells are named, left and found again`() throws {
        #expect(try call("geo_point_to_geohash", -80.195829, 25.802215, 8) == "dhwfz15h")
        #expect(
            try call("geo_geohash_to_central_point", "sunny")
                == .json(#"{"type":"Point","coordinates":[42.47314453125,23.70849609375]}"#))
        #expect(try call("geo_point_to_s2cell", -80.195829, 25.802215, 8) == "88d9b")
        #expect(try call("geo_point_to_s2cell", 1.0, 1.0, 35) == "")
        #expect(try call("geo_h3cell_parent", "862a1072fffffff") == "852a1073fffffff")
        #expect(
            try call("geo_h3cell_level", "862a1072fffffff") == .long(6)
                || call("geo_h3cell_level", "862a1072fffffff") == .int(6))
        #expect(
            try call("geo_from_wkt", "LINESTRING (1 2, 3 4)")
                == .json(#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#))
        #expect(try call("geo_from_wkt", "LINESTRING") == .null(.dynamic))
    }

    private func near(_ value: Value, _ expected: Double) -> Bool {
        if case .real(let number) = value { abs(number - expected) <= 1e-9 * abs(expected) } else { false }
    }
}
