import JSON
import KQLFunctions
import KQLValues

extension Plugin {
    static let bagUnpack = Plugin(
        "bag_unpack", "One column per property of a bag.",
        [
            .value("bag"), .constant("OutputColumnPrefix", .string, .optional),
            .constant("columnsConflict", .string, .optional), .constant("ignoredProperties", .dynamic, .optional),
        ]
    ) { input throws(ExecutionError) in
        let index = try input.columnIndex(0)
        guard case .dynamic(let bags) = input.table.columns[index].converted(to: .dynamic) else { return input.table }
        let prefix = input.option(1, "OutputColumnPrefix")?.text ?? ""
        let conflict = input.option(2, "columnsConflict")?.text ?? "error"
        var ignored: Set<String> = []
        if case .dynamic(.array(let names))? = input.option(3, "ignoredProperties") {
            ignored = Set(names.compactMap(\.stringValue))
        }
        var properties: Set<String> = []
        for case .object(let members) in bags { properties.formUnion(members.keys) }
        var columns = input.table.schema.columns.enumerated().filter { $0.offset != index }
            .map { (schema: $0.element, values: input.table.columns[$0.offset]) }
        for property in properties.subtracting(ignored).sorted() {
            let values = bags.map { $0[property] ?? .null }
            let column = unpacked(values)
            let schema = ColumnSchema(prefix + property, column.type)
            guard let existing = columns.firstIndex(where: { $0.schema.name == schema.name }) else {
                columns.append((schema, column))
                continue
            }
            switch conflict {
            case "replace_source": columns[existing] = (schema, column)
            case "keep_source": break
            default:
                throw ExecutionError(
                    .function,
                    "bag_unpack would make a second column '\(schema.name)'; pass a prefix or columnsConflict=")
            }
        }
        return Table(
            schema: TableSchema(columns.map(\.schema)), columns: columns.map(\.values),
            rowCount: input.table.rowCount)
    }

    /// JSON values as a column of the type that all of them share, else dynamic.
    private static func unpacked(_ values: [JSON]) -> Column {
        var type: KQLType?
        for value in values where !value.isNull {
            let own: KQLType =
                switch value {
                case .bool: .bool
                case .int: .long
                case .double: .real
                case .string: .string
                default: .dynamic
                }
            switch (type, own) {
            case (nil, _): type = own
            case (.long, .real), (.real, .long): type = .real
            case (let known, _) where known != own: type = .dynamic
            default: break
            }
        }
        return Column.dynamic(values).converted(to: type ?? .dynamic)
    }
}

extension Value {
    /// The text of a string.
    var text: String? { if case .string(let text) = self { text } else { nil } }
}
