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

/// A JSON text whose tables are too large to be held as text: pieces of text, and rows a lot at a time.
struct TableStream: Sequence, Sendable {
    enum Piece: Sendable {
        case text(String)
        /// The rows of a table, as arrays of cells between commas.
        case rows(Table, @Sendable (Value) -> JSON)
    }

    private static let rowsAtOnce = 256

    private var pieces: [Piece] = []

    mutating func add(_ text: String) { pieces.append(.text(text)) }

    mutating func add(rowsOf table: Table, _ cell: @escaping @Sendable (Value) -> JSON) {
        pieces.append(.rows(table, cell))
    }

    func makeIterator() -> Iterator { Iterator(pieces: pieces[...]) }

    /// Gives the text in parts of bounded size.
    struct Iterator: IteratorProtocol {
        fileprivate var pieces: ArraySlice<Piece>
        /// The next row of the first piece.
        private var row = 0

        fileprivate init(pieces: ArraySlice<Piece>) {
            self.pieces = pieces
        }

        mutating func next() -> ByteBuffer? {
            guard let piece = pieces.first else { return nil }
            switch piece {
            case .text(let text):
                pieces.removeFirst()
                return ByteBuffer(string: text)
            case .rows(let table, let cell):
                var buffer = ByteBuffer()
                let end = Swift.min(row + TableStream.rowsAtOnce, table.rowCount)
                while row < end {
                    let cells = JSON.array(table.columns.map { cell($0[row]) })
                    buffer.writeString(row == 0 ? cells.description : "," + cells.description)
                    row += 1
                }
                if row == table.rowCount {
                    pieces.removeFirst()
                    row = 0
                }
                return buffer
            }
        }
    }
}
