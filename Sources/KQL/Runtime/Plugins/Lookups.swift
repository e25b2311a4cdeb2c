import Foundation
import JSON
import KQLFunctions
import KQLValues

/// An IPv4 network as its first address and prefix length.
private struct IPv4Network {
    let address: UInt32
    let length: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let host = parts.first, let address = IPv4Network.address(host) else { return nil }
        var length = 32
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...32).contains(number) else { return nil }
            length = number
        }
        self.length = length
        self.address = address & IPv4Network.mask(length)
    }

    static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : UInt32.max << UInt32(32 - length) }

    private static func address(_ text: Substring) -> UInt32? {
        let bytes = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard bytes.count == 4 else { return nil }
        return bytes.reduce(UInt32?(0)) { sum, byte in
            guard let sum, let byte else { return nil }
            return sum << 8 | UInt32(byte)
        }
    }
}

extension Plugin {
    /// `ipv4_lookup(table, address, network, …)`: the rows of a table whose network holds the address.
    static let ipv4Lookup = Plugin("ipv4_lookup", schema: lookupSchema) { input throws(ExecutionError) in
        let lookup = try input.lookupTable(0)
        let addresses = try input.column(1).converted(to: .string)
        let networks = try lookupColumn(input, at: 2, of: lookup).converted(to: .string)
        guard case .string(let texts) = addresses, case .string(let ranges) = networks else { return input.table }
        var byLength: [Int: [UInt32: [Int]]] = [:]
        for row in 0..<ranges.count {
            guard let network = IPv4Network(ranges[row]) else { continue }
            byLength[network.length, default: [:]][network.address, default: []].append(row)
        }
        let lengths = byLength.keys.sorted(by: >)
        return try joined(input, lookup) { row in
            guard let address = IPv4Network(texts[row]) else { return [] }
            for length in lengths where length <= address.length {
                if let rows = byLength[length]?[address.address & IPv4Network.mask(length)] { return rows }
            }
            return []
        }
    }

    /// `geo_polygon_lookup(table, polygon, longitude, latitude, …)`: the rows of a table whose polygon holds the point.
    static let geoPolygonLookup = Plugin("geo_polygon_lookup", schema: lookupSchema) { input throws(ExecutionError) in
        let lookup = try input.lookupTable(0)
        guard case .dynamic(let polygons) = try lookupColumn(input, at: 1, of: lookup).converted(to: .dynamic),
            case .real(let longitudes) = try input.column(2).converted(to: .real),
            case .real(let latitudes) = try input.column(3).converted(to: .real)
        else { return input.table }
        let radius = input.option(nil, "radius").flatMap { Column(type: $0.type, [$0]).converted(to: .real)[0].real }
        let rings = polygons.map(PolygonRings.init)
        return try joined(input, lookup) { row in
            guard let longitude = longitudes[row], let latitude = latitudes[row] else { return [] }
            return rings.indices.filter { rings[$0].holds(longitude, latitude, within: radius ?? 0) }
        }
    }

    /// The input's columns, then the table's; with `return_unmatched` rows without a match stay.
    private static func joined(
        _ input: PluginInput, _ lookup: Table, matches: (Int) -> [Int]
    ) throws(ExecutionError) -> Table {
        let keepsMisses = input.option(nil, "return_unmatched") == .bool(true)
        var left: [Int] = []
        var right: [Int] = []
        for row in 0..<input.table.rowCount {
            let found = matches(row)
            for other in found {
                left.append(row)
                right.append(other)
            }
            if found.isEmpty, keepsMisses {
                left.append(row)
                right.append(-1)
            }
            if row % 4096 == 0 { try input.execution.check() }
        }
        var namer = ColumnNamer()
        for column in input.table.schema.columns { namer.reserve(column.name) }
        let schema =
            input.table.schema.columns + lookup.schema.columns.map { ColumnSchema(namer.unique($0.name), $0.type) }
        return Table(
            schema: TableSchema(schema), columns: input.table.gather(left).columns + lookup.gather(right).columns,
            rowCount: left.count)
    }

    @Sendable private static func lookupSchema(_ shape: PluginShape) -> TableSchema? {
        guard let lookup = shape.tables.first else { return nil }
        var namer = ColumnNamer()
        for column in shape.input.columns { namer.reserve(column.name) }
        return TableSchema(shape.input.columns + lookup.columns.map { ColumnSchema(namer.unique($0.name), $0.type) })
    }

    /// The lookup table's column that an argument names.
    private static func lookupColumn(
        _ input: PluginInput, at position: Int, of lookup: Table
    ) throws(ExecutionError) -> Column {
        var wanted: String?
        switch input.positional.dropFirst(position).first {
        case .constant(let value)?: wanted = value.text
        case .column(_, let name, _)?: wanted = name
        default: break
        }
        guard let wanted, let column = lookup.column(wanted) else {
            throw ExecutionError(.function, "the lookup table has no column '\(wanted ?? "")'")
        }
        return column
    }
}

/// The rings of a GeoJSON polygon or multipolygon.
private struct PolygonRings {
    private let polygons: [[[(Double, Double)]]]

    init(_ json: JSON) {
        let coordinates = json["coordinates"]?.arrayValue ?? []
        let isMulti = json["type"]?.stringValue == "MultiPolygon"
        let all = isMulti ? coordinates.compactMap(\.arrayValue) : [coordinates]
        polygons = all.map { rings in
            rings.map { ring in
                (ring.arrayValue ?? []).compactMap { point in
                    guard let longitude = point[0]?.doubleValue, let latitude = point[1]?.doubleValue else {
                        return nil
                    }
                    return (longitude, latitude)
                }
            }
        }
    }

    /// Whether a point lies inside, or at most `distance` meters outside.
    func holds(_ longitude: Double, _ latitude: Double, within distance: Double) -> Bool {
        polygons.contains { rings in
            guard let outer = rings.first else { return false }
            let isInside =
                contains(outer, longitude, latitude)
                && !rings.dropFirst().contains { contains($0, longitude, latitude) }
            return isInside || distance > 0 && isNear(outer, longitude, latitude, distance)
        }
    }

    private func contains(_ ring: [(Double, Double)], _ x: Double, _ y: Double) -> Bool {
        var isInside = false
        var previous = ring.count - 1
        for current in ring.indices {
            let (x1, y1) = ring[current]
            let (x2, y2) = ring[previous]
            if (y1 > y) != (y2 > y), x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 { isInside.toggle() }
            previous = current
        }
        return isInside
    }

    /// The distance to the edges on a plane that touches the sphere at the point; fine for short distances.
    private func isNear(_ ring: [(Double, Double)], _ x: Double, _ y: Double, _ limit: Double) -> Bool {
        let metersPerDegree = 111_194.93
        let scale = metersPerDegree * cos(y * .pi / 180)
        let points = ring.map { (($0.0 - x) * scale, ($0.1 - y) * metersPerDegree) }
        return zip(points, points.dropFirst()).contains { first, second in
            let (dx, dy) = (second.0 - first.0, second.1 - first.1)
            let length = dx * dx + dy * dy
            let t = length == 0 ? 0 : max(0, min(1, -(first.0 * dx + first.1 * dy) / length))
            let (px, py) = (first.0 + t * dx, first.1 + t * dy)
            return (px * px + py * py).squareRoot() <= limit
        }
    }
}

extension Value {
    fileprivate var real: Double? { if case .real(let value) = self { value } else { nil } }
}
