import Foundation
import JSON
import KQLValues

/// `geo_from_wkt`.
let wktFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "geo_from_wkt", family: .geo, summary: "The GeoJSON of a shape in well-known text (ISO 19125).",
        signatures: [.takes(.string("wkt"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in
            var reader = WKTReader(text)
            guard let shape = reader.shape(depth: 0), reader.isAtEnd else { return nil }
            return shape
        })
}

/// Reads well-known text.
private struct WKTReader {
    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
    }

    var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

    mutating func shape(depth: Int) -> JSON? {
        skipBlanks()
        let word = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(word.count)
        switch word.uppercased() {
        case "POINT":
            guard take("("), let point = position(), take(")") else { return nil }
            return GeoJSON.shape("Point", point)
        case "LINESTRING": return nested(1).map { GeoJSON.shape("LineString", $0) }
        case "POLYGON": return nested(2).map { GeoJSON.shape("Polygon", $0) }
        case "MULTIPOINT": return nested(1).map { GeoJSON.shape("MultiPoint", $0) }
        case "MULTILINESTRING": return nested(2).map { GeoJSON.shape("MultiLineString", $0) }
        case "MULTIPOLYGON": return nested(3).map { GeoJSON.shape("MultiPolygon", $0) }
        case "GEOMETRYCOLLECTION":
            guard depth < 16, take("(") else { return nil }
            var shapes: [JSON] = []
            repeat {
                guard let shape = shape(depth: depth + 1) else { return nil }
                shapes.append(shape)
            } while take(",")
            return take(")") ? ["type": "GeometryCollection", "geometries": .array(shapes)] : nil
        default: return nil
        }
    }

    /// Lists in parentheses, `levels` deep, of positions.
    private mutating func nested(_ levels: Int) -> JSON? {
        guard take("(") else { return nil }
        var elements: [JSON] = []
        repeat {
            // The points of a MULTIPOINT may stand in parentheses of their own.
            let isWrapped = levels == 1 && take("(")
            guard let element = levels == 1 ? position() : nested(levels - 1) else { return nil }
            if isWrapped, !take(")") { return nil }
            elements.append(element)
        } while take(",")
        return take(")") ? .array(elements) : nil
    }

    private mutating func position() -> JSON? {
        guard let x = number(), let y = number() else { return nil }
        return [.double(x), .double(y)]
    }

    private mutating func number() -> Double? {
        skipBlanks()
        let digits = rest.prefix { $0.isNumber || "+-.eE".contains($0) }
        rest = rest.dropFirst(digits.count)
        return Double(digits)
    }

    private mutating func take(_ mark: Character) -> Bool {
        skipBlanks()
        guard rest.first == mark else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop(while: \.isWhitespace) }
}
