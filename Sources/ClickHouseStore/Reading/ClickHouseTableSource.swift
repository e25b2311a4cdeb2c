import Chronology
import Dispatch
import EventStore
import KQL
import KQLValues
import Synchronization

/// Reads tables by requests to the server, on a thread that may block.
struct ClickHouseTableSource: TableSource {
    let server: Server
    let definition: TableDefinition
    let layout: StoreLayout
    let stop: StopSignal

    func read(_ request: ScanRequest) throws -> Table {
        guard let table = layout.tables[request.table] else {
            return Table(empty: TableSchema(request.columns))
        }
        var select = request.columns.enumerated().map { index, column in
            "\(Self.expression(for: column, of: table)) AS c\(index)"
        }
        if select.isEmpty { select = ["true AS c0"] }
        var sql =
            "SELECT \(select.joined(separator: ", ")) FROM \(ClickHouseForms.identifier(table.storedName)) AS t"
            + condition(request.timeRange, table)
        if request.rowLimit < .max - 1 { sql += " LIMIT \(request.rowLimit + 1)" }
        return try run(sql, TableSchema(request.columns), isCancelled: request.isCancelled)
    }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        try run(query.sql, query.schema, isCancelled: isCancelled)
    }

    private func run(
        _ sql: String, _ schema: TableSchema, isCancelled: @escaping @Sendable () -> Bool
    ) throws -> Table {
        // SQL has no rows without columns, so one stands in; only their number counts.
        let isBare = schema.columns.isEmpty
        let wanted = isBare ? TableSchema([ColumnSchema("c0", .bool)]) : schema
        var statement = Statement(sql, settings: settings, seconds: stop.secondsLeft)
        statement.settings["database"] = definition.database
        do {
            let rows = try waiting(for: statement, wanted, isCancelled)
            return isBare ? Table(schema: schema, columns: [], rowCount: rows.rowCount) : rows
        } catch let failure as ServerFailure {
            switch failure.error.code {
            case .outOfMemory:
                // The runtime would need more, not less: the query ends here.
                throw ExecutionError(
                    .byteLimit,
                    "the event store ran out of memory; filter or summarize earlier (\(failure.error.message))")
            case .timeout, .unavailable: stop.stop(failure.error)
            default: break
            }
            throw failure.error
        }
    }

    /// Answers must not depend on the profile of the user that asks.
    private var settings: [String: String] {
        [
            "readonly": "2", "join_use_nulls": "1", "transform_null_in": "0", "aggregate_functions_null_for_empty": "0",
            "cancel_http_readonly_queries_on_client_close": "1", "union_default_mode": "ALL",
            "group_by_use_nulls": "0", "prefer_column_name_to_alias": "1", "session_timezone": "UTC",
            "use_query_cache": "0", "distributed_product_mode": "global", "skip_unavailable_shards": "0",
        ]
    }

    /// Blocks until the answer is there; ends the query, here and on the server, when the session should stop.
    private func waiting(
        for statement: Statement, _ schema: TableSchema, _ isCancelled: @Sendable () -> Bool
    ) throws -> Table {
        let outcome = OutcomeBox()
        let done = DispatchSemaphore(value: 0)
        let task = Task { [server] in
            do throws(ServerFailure) {
                let table = try await server.table(statement, schema)
                outcome.value.withLock { $0 = .success(table) }
            } catch {
                outcome.value.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        while done.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
            guard stop.error != nil || isCancelled() else { continue }
            task.cancel()
            kill(statement)
            done.wait()
            throw stop.error ?? ServerFailure.cancelled.error
        }
        guard let result = outcome.value.withLock({ $0 }) else { throw ServerFailure.cancelled }
        return try result.get()
    }

    /// A server that is asked over a proxy may not notice that the connection was closed.
    private func kill(_ statement: Statement) {
        Task { [server] in
            // When this fails too, the server's own time limit ends the query.
            try? await server.execute(.killing(statement.queryID))
        }
    }

    /// A column as it is stored; nulls (empty strings) when the store has none of that name and type.
    private static func expression(for column: ColumnSchema, of table: StoredTable) -> String {
        let known = column.name == StoredColumn.ingestionTime.name ? .ingestionTime : table.column(column.name)
        guard let known, known.type == column.type else {
            return column.type == .string ? "''" : "CAST(NULL AS \(ClickHouseForms.typeName(column.type)))"
        }
        return "t." + ClickHouseForms.identifier(known.storedName)
    }

    private func condition(_ range: TimeBounds?, _ table: StoredTable) -> String {
        var terms: [String] = []
        if let range, let time = table.column("TimeGenerated"), time.type == .datetime {
            let name = "t." + ClickHouseForms.identifier(time.storedName)
            if let lower = range.lower { terms.append("\(name) >= \(lower.ticks)") }
            if let upper = range.upper { terms.append("\(name) <= \(upper.ticks)") }
        }
        if let horizon = layout.horizon {
            let name = "t." + ClickHouseForms.identifier(StoredColumn.ingestionTime.storedName)
            terms.append("(\(horizon.condition.replacing("$1", with: name)))")
        }
        return terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND ")
    }
}

/// Where a task leaves what it came to.
private final class OutcomeBox: Sendable {
    let value = Mutex<Result<Table, ServerFailure>?>(nil)
}
