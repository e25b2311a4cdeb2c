import JSON
import KQLFunctions
import KQLValues

extension Execution {
    /// The rows of external files, one file after the other.
    func fetch(_ node: ExternalData) throws(ExecutionError) -> Table {
        var rows = Table(empty: node.schema)
        for location in node.locations {
            // What follows a semicolon tells Kusto how to sign in at the store.
            let address = String(location.prefix { $0 != ";" })
            let answer = try send(ExternalRequest(.get, address, unpacks: true), for: "externaldata")
            guard (200..<300).contains(answer.status) else {
                throw ExecutionError(.external, "\(shown(address)) answered with status \(answer.status)")
            }
            let read = try read(answer.body, node, format: node.format ?? ExternalFormat(location: location))
            for index in rows.columns.indices { rows.columns[index].append(contentsOf: read.columns[index]) }
            rows.rowCount += read.rowCount
            if rows.rowCount > executor.limits.rows { throw tooManyRows("externaldata") }
        }
        return rows
    }

    /// Sends a request through the installation's port, if it has one.
    func send(_ request: ExternalRequest, for name: String) throws(ExecutionError) -> ExternalAnswer {
        try check()
        guard let external = executor.external else {
            throw ExecutionError(
                .notAllowed,
                "\(name) would reach \(shown(request.address)), and queries may not reach the network here; an "
                    + "administrator can allow addresses with the setting externalData.allow (docs/security.md), or "
                    + "import the data as a watchlist and use _GetWatchlist")
        }
        let cancelled = context.isCancelled
        return try external.send(request) { [executor, deadline] in cancelled() || executor.clock() > deadline }
    }

    /// An address without its query, which may hold a signature.
    private func shown(_ address: String) -> String {
        String(address.prefix { $0 != "?" }.prefix(200))
    }

    private func read(
        _ bytes: [UInt8], _ node: ExternalData, format: ExternalFormat
    ) throws(ExecutionError) -> Table {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        switch format {
        case .json, .multijson, .singlejson: return try records(bytes, node)
        case .raw: return texts([String(decoding: bytes, as: UTF8.self)], node.schema)
        case .txt:
            var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
            if lines.last?.isEmpty == true { lines.removeLast() }
            let texts = lines.dropFirst(node.ignoresFirstRecord ? 1 : 0).map {
                String(decoding: $0.last == 13 ? $0.dropLast() : $0, as: UTF8.self)
            }
            return self.texts(texts, node.schema)
        case .csv, .tsv, .tsve, .psv, .scsv, .sohsv: return try fields(bytes, node, format)
        }
    }

    /// Texts as the first column; others are null.
    private func texts(_ texts: [String], _ schema: TableSchema) -> Table {
        let columns = schema.columns.enumerated().map { index, column in
            index == 0
                ? ExternalText.column(StringColumn(texts), as: column.type)
                : Column(repeating: .missing(column.type), count: texts.count)
        }
        return Table(schema: schema, columns: columns, rowCount: texts.count)
    }

    private func fields(
        _ bytes: [UInt8], _ node: ExternalData, _ format: ExternalFormat
    ) throws(ExecutionError) -> Table {
        var reader = DelimitedRecords(bytes, separator: format.separator ?? 44, isEscaped: format == .tsve)
        if node.ignoresFirstRecord { _ = reader.next() }
        var columns = [StringColumn](repeating: StringColumn(), count: node.schema.columns.count)
        var count = 0
        while let record = reader.next() {
            for index in columns.indices { columns[index].append(index < record.count ? record[index] : "") }
            count += 1
            if count % 4096 == 0 { try check() }
            if count > executor.limits.rows { throw tooManyRows("externaldata") }
        }
        return Table(
            schema: node.schema,
            columns: zip(columns, node.schema.columns).map { ExternalText.column($0, as: $1.type) }, rowCount: count)
    }

    private func records(_ bytes: [UInt8], _ node: ExternalData) throws(ExecutionError) -> Table {
        let paths = node.schema.columns.map { node.paths[$0.name].flatMap { JSONPath($0) } }
        var columns = node.schema.columns.map { _ in [JSON]() }
        var count = 0
        for text in JSONRecords(bytes) {
            let value: JSON
            do {
                value = try JSON(parsing: text)
            } catch {
                throw ExecutionError(.external, "record \(count + 1) of the external file is \(error)")
            }
            for record in value.arrayValue ?? [value] {
                for (index, column) in node.schema.columns.enumerated() {
                    let value = paths[index].map { $0.value(in: record) } ?? record[column.name]
                    columns[index].append(value ?? .null)
                }
                count += 1
                if count % 4096 == 0 { try check() }
                if count > executor.limits.rows { throw tooManyRows("externaldata") }
            }
        }
        let converted = zip(columns, node.schema.columns).map { Column.dynamic($0).converted(to: $1.type) }
        return Table(schema: node.schema, columns: converted, rowCount: count)
    }
}

/// Texts of external files as values.
enum ExternalText {
    /// Texts in a column's type; dynamic ones are read as JSON, or are the text itself.
    static func column(_ texts: StringColumn, as type: KQLType) -> Column {
        guard type == .dynamic else { return Column.string(texts).converted(to: type) }
        return .dynamic((0..<texts.count).map { json(texts[$0]) })
    }

    static func json(_ text: String) -> JSON {
        if text.isEmpty { return .null }
        // What is no JSON is the text itself.
        return (try? JSON(parsing: text)) ?? .string(text)
    }
}
