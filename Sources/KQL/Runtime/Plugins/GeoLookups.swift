import JSON
import KQLFunctions
import KQLValues

extension Plugin {
    private static let options: [Parameter] = [
        .constant("return_unmatched", .bool, .optional), .constant("lookup_area_radius", .real, .optional),
        .constant("return_lookup_key", .bool, .optional),
    ]

    static let geoPolygonLookup = Plugin(
        "geo_polygon_lookup", "The rows with those of a table whose polygon holds a point or is near it.",
        [
            .value("lookupTable"), .value("polygon"), .value("longitude"), .value("latitude"),
            .constant("radius", .real, .optional),
        ] + options,
        schema: geoSchema
    ) { input throws(ExecutionError) in
        try geoLookup(input, radius: try input.radius ?? 0) { GeoShapeIndex(polygons: $0) }
    }

    static let geoLineLookup = Plugin(
        "geo_line_lookup", "The rows with those of a table whose line is near a point.",
        [
            .value("lookupTable"), .value("line"), .value("longitude"), .value("latitude"), .constant("radius", .real),
        ] + options,
        schema: geoSchema
    ) { input throws(ExecutionError) in
        guard let radius = try input.radius else {
            throw ExecutionError(.function, "geo_line_lookup needs a radius in metres as fifth argument")
        }
        return try geoLookup(input, radius: radius) { GeoShapeIndex(lines: $0) }
    }

    private static func geoLookup(
        _ input: PluginInput, radius: Double, _ index: ([JSON]) -> GeoShapeIndex
    ) throws(ExecutionError) -> Table {
        let returnsKey = input.option(nil, "return_lookup_key") == .bool(true)
        let join = try LookupJoin(input, without: returnsKey ? [] : [input.keyName])
        guard case .dynamic(let shapes) = try join.column(1).converted(to: .dynamic),
            case .real(let longitudes) = try input.column(2).converted(to: .real),
            case .real(let latitudes) = try input.column(3).converted(to: .real)
        else { return input.table }
        let index = index(shapes)
        return try join.table(keepsMisses: input.keepsUnmatched) { row in
            guard let longitude = longitudes[row], let latitude = latitudes[row] else { return [] }
            return index.positions(longitude: longitude, latitude: latitude, within: radius)
        }
    }

    @Sendable private static func geoSchema(_ shape: PluginShape) -> TableSchema? {
        if shape.constant("return_lookup_key") == .bool(true) { return shape.lookupSchema() }
        guard let key = shape.scalars.first else { return nil }
        if case .constant(.string(let name)) = key.expression { return shape.lookupSchema(without: [name]) }
        return shape.lookupSchema(without: [key.name])
    }
}

extension PluginInput {
    /// The name of the lookup table's column of shapes.
    fileprivate var keyName: String {
        switch positional.dropFirst().first {
        case .constant(let value)?: value.text ?? ""
        case .column(_, let name, _)?: name
        default: ""
        }
    }

    /// The radius in metres, by name or as fifth argument.
    fileprivate var radius: Double? {
        get throws(ExecutionError) {
            guard let value = option(4, "radius") else { return nil }
            guard case .real(let radius) = Column(type: value.type, [value]).converted(to: .real)[0], radius >= 0 else {
                throw ExecutionError(.function, "the radius must be a number of metres, at least 0")
            }
            return radius
        }
    }
}
