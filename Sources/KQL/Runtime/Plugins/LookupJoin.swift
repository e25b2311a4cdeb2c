import KQLFunctions
import KQLValues

/// What the lookup plugins share: the input joined with the rows of a lookup table that a rule finds.
struct LookupJoin {
    let input: PluginInput
    let lookup: Table
    /// The positions of the lookup table's columns that the result has.
    private let kept: [Int]

    init(_ input: PluginInput, without dropped: Set<String> = []) throws(ExecutionError) {
        self.input = input
        let table = try input.lookupTable(0)
        lookup = table
        kept = table.columns.indices.filter { !dropped.contains(table.schema.columns[$0].name) }
    }

    /// The lookup table's column that an argument names.
    func column(_ position: Int) throws(ExecutionError) -> Column {
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

    /// The input's columns, then the table's; with `return_unmatched` rows without a match stay.
    func table(keepsMisses: Bool, matches: (Int) -> [Int]) throws(ExecutionError) -> Table {
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
        return Table(
            schema: LookupJoin.schema(input.table.schema, kept.map { lookup.schema.columns[$0] }),
            columns: input.table.gather(left).columns + kept.map { lookup.columns[$0].gather(right) },
            rowCount: left.count)
    }

    static func schema(_ input: TableSchema, _ added: [ColumnSchema]) -> TableSchema {
        var namer = ColumnNamer()
        for column in input.columns { namer.reserve(column.name) }
        return TableSchema(input.columns + added.map { ColumnSchema(namer.unique($0.name), $0.type) })
    }
}

extension PluginShape {
    /// The schema of a lookup whose result lacks some columns of the lookup table.
    func lookupSchema(without dropped: Set<String> = []) -> TableSchema? {
        guard let lookup = tables.first else { return nil }
        return LookupJoin.schema(input, lookup.columns.filter { !dropped.contains($0.name) })
    }
}
