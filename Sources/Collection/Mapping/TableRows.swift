internal import KQLValues
internal import Records

/// Records that are rows of a table already: their fields are called as its columns.
enum TableRows {
    private static let times = ["timegenerated", "timegenerated [utc]", "time", "timestamp", "@timestamp", "eventtime"]

    static func source(for table: TableDefinition) -> SourceDefinition {
        SourceDefinition(table: table.name, columns: ["TimeGenerated": .fields(times)])
    }

    /// A table of one's own, which no schema describes: each field becomes a column of the type its values have.
    static func infer(
        _ table: String, from batch: RecordBatch, _ members: [Int]
    ) -> (definition: TableDefinition, source: SourceDefinition) {
        let types = fieldTypes(of: batch, members)
        var columns = [ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Type", .string)]
        var sources: [String: SourceDefinition.ColumnSource] = ["TimeGenerated": .fields(times)]
        var taken: Set<String> = ["timegenerated", "type"]
        for (field, type) in types {
            let name = batch.fieldNames[Int(field)]
            let column = columnName(name)
            guard taken.insert(column.lowercased()).inserted else { continue }
            columns.append(ColumnSchema(column, type))
            sources[column] = .fields([name.lowercased()])
        }
        columns.append(ColumnSchema("_AdditionalFields", .dynamic))
        let definition = TableDefinition(name: table, schema: TableSchema(columns), rest: "_AdditionalFields")
        return (definition, SourceDefinition(table: table, columns: sources))
    }

    /// The outermost fields in their order, with the type that all their values have.
    private static func fieldTypes(of batch: RecordBatch, _ members: [Int]) -> [(field: Int32, type: KQLType)] {
        var types: [Int32: KQLType?] = [:]
        var order: [Int32] = []
        for record in members {
            for entry in batch.fields(of: record) {
                var field = entry.field
                while batch.fieldParents[Int(field)] >= 0 { field = batch.fieldParents[Int(field)] }
                let type = field == entry.field ? batch.withUTF8(entry) { guess(entry.kind, $0) } : .dynamic
                if let known = types[field] {
                    types[field] = merged(known, type)
                } else {
                    types[field] = type
                    order.append(field)
                }
            }
        }
        return order.map { ($0, types[$0].flatMap { $0 } ?? .string) }
    }

    private static func merged(_ left: KQLType?, _ right: KQLType?) -> KQLType? {
        guard let left else { return right }
        guard let right, left != right else { return left }
        let isNumber = left.isNumeric && right.isNumeric
        return isNumber ? .real : left == .dynamic || right == .dynamic ? .dynamic : .string
    }

    /// Nil when the value says nothing about the type.
    private static func guess(_ kind: RecordBatch.Kind, _ utf8: UnsafeBufferPointer<UInt8>) -> KQLType? {
        switch kind {
        case .null: nil
        case .bool: .bool
        case .json: .dynamic
        case .number: utf8.contains { $0 == 0x2E || $0 == 0x45 || $0 == 0x65 } || utf8.count > 18 ? .real : .long
        case .string:
            if utf8.isEmpty {
                nil
            } else if utf8.count >= 19, utf8[4] == UInt8(ascii: "-"), TimeText.instant(utf8) != nil {
                .datetime
            } else {
                .string
            }
        }
    }

    private static func columnName(_ field: String) -> String {
        var name = String(
            String.UnicodeScalarView(
                field.unicodeScalars.map { scalar in
                    let isWord =
                        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                    return isWord || scalar == "_" ? scalar : "_"
                }
            ).prefix(200))
        if name.first.map({ $0.isNumber }) ?? true { name = "_" + name }
        return name
    }
}

extension SourceDefinition {
    /// The source of records that are rows of a table.
    fileprivate init(table: String, columns: [String: ColumnSource]) {
        name = table
        summary = ""
        conditions = []
        format = nil
        fields = TableSchema([])
        mapping = .columns(table: table)
        self.columns = columns
        automatic = [""]
        ignored = []
        rest = .json
    }
}
