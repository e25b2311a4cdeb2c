internal import Chronology
internal import HTTPTypes
internal import Investigation
internal import JSON
internal import KQLValues

/// Writes what a query or a command gave as Kusto's clients read it.
struct KustoAnswer {
    let tables: [Table]
    let visualization: JSON?
    /// Why the answer is not whole.
    let partialReason: String?
    let clientID: String
    let now: Instant

    init(_ answer: QueryAnswer, clientID: String, now: Instant) {
        tables = answer.tables
        var render: JSONObject?
        if let kind = answer.visualization {
            render = ["Visualization": .string(kind)]
            for (name, value) in answer.renderProperties.sorted(by: { $0.key < $1.key }) {
                render?[name.prefix(1).uppercased() + name.dropFirst()] = .string(value)
            }
        }
        visualization = render.map { .object($0) }
        partialReason = answer.partialReason
        self.clientID = clientID
        self.now = now
    }

    init(_ table: Table, clientID: String, now: Instant) {
        tables = [table]
        visualization = nil
        partialReason = nil
        self.clientID = clientID
        self.now = now
    }

    private var failure: KustoError? {
        partialReason.map {
            KustoError(
                status: .ok, code: "LimitsExceeded",
                type: "Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException",
                message: "Query result set has exceeded the limit (E_QUERY_RESULT_SET_TOO_LARGE): \($0)")
        }
    }

    // MARK: Version 2

    /// Frames, as `results_progressive_enabled=false` has them.
    var version2: TableStream {
        var stream = TableStream()
        let header: JSON = ["FrameType": "DataSetHeader", "IsProgressive": false, "Version": "v2.0"]
        stream.add("[\(header)")
        frame("QueryProperties", "@ExtendedProperties", properties, 0, &stream)
        for (index, table) in tables.enumerated() {
            frame("PrimaryResult", index == 0 ? "PrimaryResult" : "PrimaryResult_\(index)", table, index + 1, &stream)
        }
        frame("QueryCompletionInformation", "QueryCompletionInformation", completion, tables.count + 1, &stream)
        var end: JSONObject = [
            "FrameType": "DataSetCompletion", "HasErrors": .bool(failure != nil), "Cancelled": false,
        ]
        if let failure { end["OneApiErrors"] = [failure.json(clientID: clientID, now: now)] }
        stream.add(",\n\(JSON.object(end))]")
        return stream
    }

    private func frame(_ kind: String, _ name: String, _ table: Table, _ number: Int, _ stream: inout TableStream) {
        let head: JSON = [
            "FrameType": "DataTable", "TableId": .int(Int64(number)), "TableKind": .string(kind),
            "TableName": .string(name), "Columns": KustoValue.columns(table.schema, isVersion1: false),
        ]
        stream.add(",\n" + head.description.dropLast() + ",\"Rows\":[")
        stream.add(rowsOf: table, KustoValue.json)
        stream.add("]}")
    }

    private var properties: Table {
        let schema = TableSchema([
            ColumnSchema("TableId", .int), ColumnSchema("Key", .string), ColumnSchema("Value", .dynamic),
        ])
        let rows: [[Value]] = visualization.map { [[.int(1), .string("Visualization"), .dynamic($0)]] } ?? []
        return Table(schema: schema, rows: rows)
    }

    private var completion: Table {
        let schema = TableSchema([
            ColumnSchema("Timestamp", .datetime), ColumnSchema("ClientRequestId", .string),
            ColumnSchema("ActivityId", .string), ColumnSchema("Level", .int), ColumnSchema("LevelName", .string),
            ColumnSchema("StatusCode", .int), ColumnSchema("StatusCodeName", .string), ColumnSchema("EventType", .int),
            ColumnSchema("EventTypeName", .string), ColumnSchema("Payload", .string),
        ])
        let count = tables.reduce(0) { $0 + $1.rowCount }
        let text: JSON = ["Count": .int(Int64(tables.count)), "Text": .string("\(count) rows")]
        let row: [Value] = [
            .datetime(now), .string(clientID), .string(clientID), .int(4), .string("Info"), .int(0),
            .string("S_OK (0)"), .int(4), .string("QueryInfo"), .string(text.description),
        ]
        guard let failure else { return Table(schema: schema, rows: [row]) }
        let fault: [Value] = [
            .datetime(now), .string(clientID), .string(clientID), .int(2), .string("Error"), .int(-2_133_196_797),
            .string("E_QUERY_RESULT_SET_TOO_LARGE"), .int(4), .string("QueryInfo"), .string(failure.message),
        ]
        return Table(schema: schema, rows: [fault, row])
    }

    // MARK: Version 1

    /// `{"Tables": […]}`; of several tables the last is the table of contents.
    var version1: TableStream {
        var stream = TableStream()
        var all = tables
        if tables.count > 1 {
            all += [Table(schema: Self.queryProperties, rows: [] as [[Value]]), contents]
        }
        stream.add("{\"Tables\":[")
        for (index, table) in all.enumerated() {
            let head: JSON = [
                "TableName": .string("Table_\(index)"), "Columns": KustoValue.columns(table.schema, isVersion1: true),
            ]
            stream.add((index > 0 ? "," : "") + head.description.dropLast() + ",\"Rows\":[")
            stream.add(rowsOf: table, KustoValue.json)
            stream.add("]}")
        }
        stream.add("]")
        if let failure {
            stream.add(",\"Exceptions\":\(JSON.array([.string(failure.message)]))")
        }
        stream.add("}")
        return stream
    }

    private static let queryProperties = TableSchema([ColumnSchema("Value", .string)])

    private var contents: Table {
        let schema = TableSchema([
            ColumnSchema("Ordinal", .long), ColumnSchema("Kind", .string), ColumnSchema("Name", .string),
            ColumnSchema("Id", .string), ColumnSchema("PrettyName", .string),
        ])
        var rows: [[Value]] = tables.indices.map { index in
            [
                .long(Int64(index)), .string("QueryResult"), .string(index == 0 ? "PrimaryResult" : "Result_\(index)"),
                .string("\(index)"), .string(""),
            ]
        }
        rows.append([
            .long(Int64(tables.count)), .string("QueryProperties"), .string("@ExtendedProperties"),
            .string("\(tables.count)"), .string(""),
        ])
        return Table(schema: schema, rows: rows)
    }
}
