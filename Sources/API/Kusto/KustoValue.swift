internal import JSON
internal import KQLValues
internal import NIOCore

/// How Kusto's answers write types and cells.
enum KustoValue {
    /// The name of a type in .NET, as version 1 answers give it beside Kusto's own.
    static func dotNetName(_ type: KQLType) -> String {
        switch type {
        case .bool: "SByte"
        case .int: "Int32"
        case .long: "Int64"
        case .real: "Double"
        case .decimal: "SqlDecimal"
        case .datetime: "DateTime"
        case .timespan: "TimeSpan"
        case .guid: "Guid"
        case .string: "String"
        case .dynamic: "Object"
        }
    }

    /// A cell: JSON has no NaN and no infinity, which become texts; decimals, times and identifiers are texts.
    static func json(_ value: Value) -> JSON {
        if case .real(let number) = value, !number.isFinite { return .string(value.text ?? "NaN") }
        return value.json
    }

    /// A table's columns: `{"ColumnName", "ColumnType"}`, in version 1 with `DataType`.
    static func columns(_ schema: TableSchema, isVersion1: Bool) -> JSON {
        .array(
            schema.columns.map { column in
                var members: JSONObject = ["ColumnName": .string(column.name)]
                if isVersion1 { members["DataType"] = .string(dotNetName(column.type)) }
                members["ColumnType"] = .string(column.type.rawValue)
                return .object(members)
            })
    }
}

/// Writes a JSON text whose tables are too large to be held as one: pieces of text, and rows a lot at a time.
struct TableStream: Sendable {
    enum Piece: Sendable {
        case text(String)
        /// The rows of a table, as arrays of cells between commas.
        case rows(Table, @Sendable (Value) -> JSON)
    }

    private static let rowsAtOnce = 256

    var pieces: [Piece] = []

    mutating func add(_ text: String) { pieces.append(.text(text)) }

    mutating func add(rowsOf table: Table, _ cell: @escaping @Sendable (Value) -> JSON) {
        pieces.append(.rows(table, cell))
    }

    /// Gives the text to `write` in parts of bounded size.
    func write(_ write: (ByteBuffer) async throws -> Void) async throws {
        var buffer = ByteBuffer()
        for piece in pieces {
            switch piece {
            case .text(let text): buffer.writeString(text)
            case .rows(let table, let cell):
                for row in 0..<table.rowCount {
                    let cells = JSON.array(table.columns.map { cell($0[row]) })
                    buffer.writeString(row == 0 ? cells.description : "," + cells.description)
                    if row % Self.rowsAtOnce == Self.rowsAtOnce - 1 {
                        try await write(buffer)
                        buffer.clear()
                    }
                }
            }
        }
        if buffer.readableBytes > 0 { try await write(buffer) }
    }
}
