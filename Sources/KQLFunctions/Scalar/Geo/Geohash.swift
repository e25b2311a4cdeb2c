import Foundation
import JSON
import KQLValues

/// The geohash of G. Niemeyer: base-32 digits of interleaved longitude and latitude bits.
struct Geohash {
    private static let digits = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)

    /// West, east, south, north in degrees.
    let west: Double, east: Double, south: Double, north: Double
    let length: Int

    /// Reads a geohash of 1 to 18 digits.
    init?(_ text: String) {
        guard (1...18).contains(text.utf8.count) else { return nil }
        var longitude = (-180.0, 180.0)
        var latitude = (-90.0, 90.0)
        var isLongitude = true
        for byte in text.lowercased().utf8 {
            guard let digit = Geohash.digits.firstIndex(of: byte) else { return nil }
            for bit in [16, 8, 4, 2, 1] {
                if isLongitude {
                    Geohash.halve(&longitude, digit & bit != 0)
                } else {
                    Geohash.halve(&latitude, digit & bit != 0)
                }
                isLongitude.toggle()
            }
        }
        (west, east) = longitude
        (south, north) = latitude
        length = text.utf8.count
    }

    private static func halve(_ range: inout (Double, Double), _ upper: Bool) {
        let middle = (range.0 + range.1) / 2
        if upper { range.0 = middle } else { range.1 = middle }
    }

    static func text(longitude: Double, latitude: Double, length: Int) -> String {
        var (x, y) = ((-180.0, 180.0), (-90.0, 90.0))
        var result: [UInt8] = []
        var digit = 0
        for bit in 0..<length * 5 {
            let isLongitude = bit % 2 == 0
            let middle = isLongitude ? (x.0 + x.1) / 2 : (y.0 + y.1) / 2
            let isUpper = (isLongitude ? longitude : latitude) >= middle
            if isLongitude { halve(&x, isUpper) } else { halve(&y, isUpper) }
            digit = digit << 1 | (isUpper ? 1 : 0)
            if bit % 5 == 4 {
                result.append(digits[digit])
                digit = 0
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    var center: (longitude: Double, latitude: Double) { ((west + east) / 2, (south + north) / 2) }
}

/// `geo_point_to_geohash` and its like.
let geohashFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "geo_point_to_geohash", family: .geo, summary: "The geohash of a point, of 5 digits if no accuracy is given.",
        signatures: [.takes(.real("longitude"), .real("latitude"), .long("accuracy", .optional), returns: .string)]
    ) { call throws(EvaluationError) in
        let hasAccuracy = call.arguments.count > 2
        return try each { (longitude: Double, latitude: Double, accuracy: Int64?) -> String? in
            guard SpherePoint(longitude: longitude, latitude: latitude) != nil,
                let length = hasAccuracy ? accuracy : 5, (1...18).contains(length)
            else { return "" }
            return Geohash.text(longitude: longitude, latitude: latitude, length: Int(length))
        }(call)
    }
    ScalarFunction(
        "geo_geohash_to_central_point", family: .geo, summary: "The middle of a geohash.",
        signatures: [.takes(.string("geohash"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in
            Geohash(text).map { GeoJSON.shape("Point", [.double($0.center.longitude), .double($0.center.latitude)]) }
        })
    ScalarFunction(
        "geo_geohash_to_polygon", family: .geo, summary: "The rectangle of a geohash.",
        signatures: [.takes(.string("geohash"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in
            guard let hash = Geohash(text) else { return nil }
            let (west, east, south, north) = (
                JSON.double(hash.west), JSON.double(hash.east), JSON.double(hash.south), JSON.double(hash.north)
            )
            return GeoJSON.shape(
                "Polygon", [[[west, south], [east, south], [east, north], [west, north], [west, south]]])
        })
    ScalarFunction(
        "geo_geohash_neighbors", family: .geo, summary: "The geohashes around a geohash.",
        signatures: [.takes(.string("geohash"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in
            guard let hash = Geohash(text) else { return nil }
            let offsets = [(-1, 0), (-1, -1), (0, -1), (1, -1), (1, 1), (1, 0), (0, 1), (-1, 1)]
            let neighbors = offsets.compactMap { x, y -> JSON? in
                let latitude = hash.center.latitude + Double(y) * (hash.north - hash.south)
                var longitude = hash.center.longitude + Double(x) * (hash.east - hash.west)
                if longitude > 180 { longitude -= 360 } else if longitude < -180 { longitude += 360 }
                guard abs(latitude) <= 90 else { return nil }
                return .string(Geohash.text(longitude: longitude, latitude: latitude, length: hash.length))
            }
            return .array(neighbors)
        })
}
