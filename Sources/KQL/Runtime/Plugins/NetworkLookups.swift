import KQLFunctions
import KQLValues

extension Plugin {
    private static let unmatched = Parameter.constant("return_unmatched", .bool, .optional)

    static let ipv4Lookup = Plugin(
        "ipv4_lookup", "The rows with those of a table whose IPv4 network is the longest that holds an address.",
        [.value("lookupTable"), .value("address"), .value("network"), .value("extraKey", .repeated), unmatched],
        schema: { shape in
            let extra = shape.scalars.dropFirst(2).filter { $0.expression.type != .bool }.map(\.name)
            return shape.lookupSchema(without: Set(extra))
        }
    ) { input throws(ExecutionError) in
        // A bool at the end is return_unmatched; the columns before it are keys that both tables have.
        let extra = input.positional.dropFirst(3).compactMap { content -> (Column, String)? in
            if case .column(let column, let name, _) = content { (column, name) } else { nil }
        }
        let join = try LookupJoin(input, without: Set(extra.map(\.1)))
        var own: [Column] = []
        var theirs: [Column] = []
        for (column, name) in extra {
            guard let other = join.lookup.column(name) else {
                throw ExecutionError(.function, "the lookup table has no column '\(name)'")
            }
            own.append(column.converted(to: .string))
            theirs.append(other.converted(to: .string))
        }
        let networks = try join.column(2)
        var rowsOfKeys: [[Value]: [Int]] = [:]
        for row in 0..<join.lookup.rowCount { rowsOfKeys[theirs.map { $0[row] }, default: []].append(row) }
        guard case .string(let ranges) = networks.converted(to: .string),
            case .string(let addresses) = try input.column(1).converted(to: .string)
        else { return input.table }
        let indexes = rowsOfKeys.mapValues { rows in
            (rows: rows, index: NetworkIndex(rows.map { ranges[$0] }, version: .ipv4))
        }
        return try join.table(keepsMisses: input.keepsUnmatched) { row in
            guard let (rows, index) = indexes[own.map { $0[row] }] else { return [] }
            return index.positions(of: addresses[row]).map { rows[$0] }
        }
    }

    static let ipv6Lookup = Plugin(
        "ipv6_lookup", "The rows with those of a table whose IPv6 network is the longest that holds an address.",
        [.value("lookupTable"), .value("address"), .value("network"), unmatched],
        schema: { $0.lookupSchema() }
    ) { input throws(ExecutionError) in
        let join = try LookupJoin(input)
        guard case .string(let ranges) = try join.column(2).converted(to: .string),
            case .string(let addresses) = try input.column(1).converted(to: .string)
        else { return input.table }
        let index = NetworkIndex((0..<ranges.count).map { ranges[$0] }, version: .ipv6)
        return try join.table(keepsMisses: input.keepsUnmatched) { index.positions(of: addresses[$0]) }
    }
}

extension PluginInput {
    /// Whether rows without a match stay: `return_unmatched`, by name or as the last argument.
    var keepsUnmatched: Bool {
        if case .constant(.bool(let value))? = positional.last { return value }
        return option(nil, "return_unmatched") == .bool(true)
    }
}
