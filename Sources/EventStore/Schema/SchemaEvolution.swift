public import KQLValues

/// How columns that arrive fit into a table that exists: which go where, and which are new.
public struct SchemaEvolution: Sendable, Hashable {
    /// Where one arriving column goes.
    public struct Placement: Sendable, Hashable {
        /// Position in `schema`.
        public let column: Int
        /// The type of the column there, which the values are converted to (see `Column.widened(to:)`).
        public let type: KQLType
    }

    /// The table's columns with the new ones at the end.
    public let schema: TableSchema
    /// How many columns at the end of `schema` are new.
    public let addedCount: Int
    /// One per arriving column, in their order.
    public let placements: [Placement]

    /// Fits `arriving` columns into a table.
    ///
    /// A column goes to the one of its name and type, or to a wider number of that name. When that name is taken by
    /// another type, it goes to `name_s`, `_d`, `_b`, `_t` or `_g` after its own type, as Log Analytics does; numbers are
    /// `real` there, and dynamic values and time spans are text.
    public init(existing: TableSchema, arriving: TableSchema) {
        var columns = existing.columns
        var positions = Dictionary(
            columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        placements = arriving.columns.map { column in
            var wanted = column
            while let position = positions[wanted.name] {
                if wanted.type.fits(columns[position].type) {
                    return Placement(column: position, type: columns[position].type)
                }
                wanted = ColumnSchema(wanted.name + column.type.suffix.text, column.type.suffix.type)
            }
            positions[wanted.name] = columns.count
            columns.append(wanted)
            return Placement(column: columns.count - 1, type: wanted.type)
        }
        schema = TableSchema(columns)
        addedCount = columns.count - existing.columns.count
    }
}

extension KQLType {
    /// Whether values of this type can be kept in a column of type `other` without loss of meaning.
    fileprivate func fits(_ other: KQLType) -> Bool {
        switch (self, other) {
        case (.int, .long), (.int, .real), (.long, .real): true
        default: self == other
        }
    }

    /// The ending of a column's name, and its type, when its plain name is taken by another type.
    fileprivate var suffix: (text: String, type: KQLType) {
        switch self {
        case .string, .dynamic, .timespan: ("_s", .string)
        case .int, .long, .real, .decimal: ("_d", .real)
        case .bool: ("_b", .bool)
        case .datetime: ("_t", .datetime)
        case .guid: ("_g", .guid)
        }
    }
}
