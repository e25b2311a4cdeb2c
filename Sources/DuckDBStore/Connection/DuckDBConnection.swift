import CDuckDB
import Chronology
import EventStore
import Foundation
import JSON
import KQLValues

/// One connection, for one thread at a time.
final class DuckDBConnection {
    let database: DuckDBDatabase
    let handle: UnsafeMutablePointer<CDuckDBConnection>
    /// Statements that are run again and again, by their SQL: DuckDB takes longer to plan a small one than to run it.
    private var kept: [String: DuckDBStatement] = [:]

    private static let keptStatements = 64

    convenience init(_ database: DuckDBDatabase) throws(EventStoreError) {
        try self.init(unplaced: database)
        if let catalogue = database.catalogue { try execute("USE \(catalogue)", code: .cannotOpen) }
    }

    /// A connection before the database has its catalogue.
    init(unplaced database: DuckDBDatabase) throws(EventStoreError) {
        self.database = database
        handle = try database.connect()
    }

    deinit {
        kept = [:]
        var handle: UnsafeMutablePointer<CDuckDBConnection>? = handle
        functions.pointee.disconnect(&handle)
    }

    var functions: UnsafePointer<CDuckDBFunctions> { database.library.functions }

    /// Runs a statement for its effect; gives the number of changed rows.
    @discardableResult
    func execute(_ sql: String, code: EventStoreError.Code) throws(EventStoreError) -> Int {
        var result = CDuckDBResult()
        defer { functions.pointee.destroy_result(&result) }
        guard functions.pointee.query(handle, sql, &result) == CDUCKDB_SUCCESS else {
            throw EventStoreError(code, message(of: &result))
        }
        return Int(functions.pointee.rows_changed(&result))
    }

    /// Runs `work` in a transaction, which is rolled back when it throws.
    func transaction<Result>(
        code: EventStoreError.Code, _ work: () throws(EventStoreError) -> Result
    ) throws(EventStoreError) -> Result {
        try begin(code: code)
        do {
            let result = try work()
            try commit(code: code)
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    func begin(code: EventStoreError.Code = .writeFailed) throws(EventStoreError) {
        try repeatedly("BEGIN TRANSACTION", code: code) { statement throws(EventStoreError) in
            try perform(statement, code: code)
        }
    }

    /// Writes the log, and at times folds it into the file, which other threads of DuckDB may do.
    func commit(code: EventStoreError.Code = .writeFailed) throws(EventStoreError) {
        try repeatedly("COMMIT", code: code) { statement throws(EventStoreError) in
            try perform(statement, code: code)
        }
    }

    func rollBack() {
        // A failed statement or commit may have ended the transaction already; then there is nothing to undo.
        _ = try? execute("ROLLBACK", code: .writeFailed)
    }

    /// Runs one statement of much work for its effect; the other threads of DuckDB take part, and this one sleeps while they
    /// have all of it. Gives the number of changed rows.
    @discardableResult
    func perform(_ sql: String, code: EventStoreError.Code) throws(EventStoreError) -> Int {
        try perform(DuckDBStatement(sql, on: self, code: code), code: code)
    }

    @discardableResult
    func perform(_ statement: DuckDBStatement, code: EventStoreError.Code) throws(EventStoreError) -> Int {
        var result = CDuckDBResult()
        defer { functions.pointee.destroy_result(&result) }
        guard try run(statement.handle, &result) == CDUCKDB_SUCCESS else {
            throw EventStoreError(code, message(of: &result))
        }
        return Int(functions.pointee.rows_changed(&result))
    }

    /// Runs `work` with a statement that is kept for the next time; what is kept follows changes of its tables.
    @discardableResult
    func repeatedly<Result>(
        _ sql: String, code: EventStoreError.Code, _ work: (DuckDBStatement) throws(EventStoreError) -> Result
    ) throws(EventStoreError) -> Result {
        if kept.count >= Self.keptStatements { kept = [:] }
        let statement: DuckDBStatement
        if let known = kept[sql] {
            statement = known
        } else {
            statement = try DuckDBStatement(sql, on: self, code: code)
            kept[sql] = statement
        }
        do {
            return try work(statement)
        } catch {
            kept[sql] = nil
            throw error
        }
    }

    /// Runs a query whose columns are of the stored forms of `schema`'s types, and gives its rows, at most `rowLimit`.
    func table(
        _ sql: String, parameters: [Value] = [], schema: TableSchema, rowLimit: Int = .max
    ) throws(EventStoreError) -> Table {
        try table(
            DuckDBStatement(sql, on: self, code: .queryFailed), parameters: parameters, schema: schema,
            rowLimit: rowLimit)
    }

    func table(
        _ prepared: DuckDBStatement, parameters: [Value] = [], schema: TableSchema, rowLimit: Int = .max
    ) throws(EventStoreError) -> Table {
        let statement = prepared.handle
        for (index, value) in parameters.enumerated() {
            guard bind(value, to: UInt64(index + 1), of: statement) == CDUCKDB_SUCCESS else {
                throw EventStoreError(.queryFailed, "parameter \(index + 1) could not be bound")
            }
        }
        var result = CDuckDBResult()
        defer { functions.pointee.destroy_result(&result) }
        let state =
            rowLimit == .max
            ? try run(statement, &result)
            : functions.pointee.execute_prepared_streaming(statement, &result)
        guard state == CDUCKDB_SUCCESS else { throw failure(of: &result) }
        return try rows(of: &result, schema, rowLimit)
    }

    /// Runs a statement to its end, taking part in the work. While other threads have all of it, this one sleeps: DuckDB's
    /// own loop would ask again and again and take the processor from them.
    private func run(
        _ statement: UnsafeMutablePointer<CDuckDBPreparedStatement>, _ result: inout CDuckDBResult
    ) throws(EventStoreError) -> CDuckDBState {
        var created: UnsafeMutablePointer<CDuckDBPendingResult>?
        defer { functions.pointee.destroy_pending(&created) }
        let state = functions.pointee.pending_prepared(statement, &created)
        guard state == CDUCKDB_SUCCESS, let pending = created else {
            let reason = created.flatMap { functions.pointee.pending_error($0) }.map { String(cString: $0) }
            throw EventStoreError(.queryFailed, reason ?? "the statement could not be started")
        }
        var idleTurns = 0
        loop: while true {
            switch functions.pointee.pending_execute_task(pending) {
            case CDUCKDB_PENDING_RESULT_NOT_READY: idleTurns = 0
            case CDUCKDB_PENDING_NO_TASKS_AVAILABLE:
                idleTurns += 1
                // Most waits are short; only then is the thread put to sleep, the longer the wait the longer.
                if idleTurns > 32 { usleep(UInt32(min(1_000, 50 * (idleTurns / 32)))) } else { sched_yield() }
            default: break loop
            }
        }
        return functions.pointee.execute_pending(pending, &result)
    }

    private func rows(
        of result: inout CDuckDBResult, _ schema: TableSchema, _ rowLimit: Int
    ) throws(EventStoreError) -> Table {
        guard functions.pointee.column_count(&result) == UInt64(schema.columns.count) else {
            throw EventStoreError(.queryFailed, "the statement gave another number of columns than was planned")
        }
        for (index, column) in schema.columns.enumerated()
        where functions.pointee.column_type(&result, UInt64(index)) != column.type.duckDBType {
            let type = functions.pointee.column_type(&result, UInt64(index))
            throw EventStoreError(
                .queryFailed, "column \(column.name) should be \(column.type) but came as type \(type)")
        }
        var readers = schema.columns.map { ColumnReader($0.type, functions: functions) }
        var rowCount = 0
        while rowCount < rowLimit {
            var chunk = functions.pointee.fetch_chunk(result)
            guard let filled = chunk else {
                if functions.pointee.result_error(&result) != nil { throw failure(of: &result) }
                break
            }
            defer { functions.pointee.destroy_data_chunk(&chunk) }
            let count = min(Int(functions.pointee.data_chunk_get_size(filled)), rowLimit - rowCount)
            if count == 0 { break }
            for index in readers.indices {
                readers[index].append(functions.pointee.data_chunk_get_vector(filled, UInt64(index)), count: count)
            }
            rowCount += count
        }
        return Table(schema: schema, columns: readers.map { $0.column() }, rowCount: rowCount)
    }

    private func failure(of result: inout CDuckDBResult) -> EventStoreError {
        let isMemory = functions.pointee.result_error_type(&result) == UInt32(CDUCKDB_ERROR_OUT_OF_MEMORY)
        return EventStoreError(isMemory ? .outOfMemory : .queryFailed, message(of: &result))
    }

    private func message(of result: inout CDuckDBResult) -> String {
        functions.pointee.result_error(&result).map { String(cString: $0) } ?? "unknown error"
    }

    private func bind(
        _ value: Value, to index: UInt64, of statement: UnsafeMutablePointer<CDuckDBPreparedStatement>
    ) -> CDuckDBState {
        switch value {
        case .null: functions.pointee.bind_null(statement, index)
        case .bool(let bool): functions.pointee.bind_boolean(statement, index, bool)
        case .int(let int): functions.pointee.bind_int32(statement, index, int)
        case .long(let long): functions.pointee.bind_int64(statement, index, long)
        case .real(let real): functions.pointee.bind_double(statement, index, real)
        case .datetime(let instant): functions.pointee.bind_int64(statement, index, instant.ticks)
        case .timespan(let span): functions.pointee.bind_int64(statement, index, span.ticks)
        case .decimal(let decimal): bind(decimal.description, to: index, of: statement)
        case .guid(let guid): bind(guid.uuidString.lowercased(), to: index, of: statement)
        case .string(let string): bind(string, to: index, of: statement)
        case .dynamic(let json): bind(json.description, to: index, of: statement)
        }
    }

    private func bind(
        _ text: String, to index: UInt64, of statement: UnsafeMutablePointer<CDuckDBPreparedStatement>
    ) -> CDuckDBState {
        var text = text
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // An empty string's buffer may have no address; any address will do for no bytes.
                guard let start = characters.baseAddress else {
                    return functions.pointee.bind_varchar_length(statement, index, "", 0)
                }
                return functions.pointee.bind_varchar_length(statement, index, start, UInt64(characters.count))
            }
        }
    }
}
