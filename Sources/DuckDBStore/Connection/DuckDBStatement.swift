import CDuckDB
import EventStore

/// A statement of one connection that is planned and may be run many times.
final class DuckDBStatement {
    let handle: UnsafeMutablePointer<CDuckDBPreparedStatement>
    private let functions: UnsafePointer<CDuckDBFunctions>

    init(_ sql: String, on connection: DuckDBConnection, code: EventStoreError.Code) throws(EventStoreError) {
        functions = connection.functions
        var prepared: UnsafeMutablePointer<CDuckDBPreparedStatement>?
        guard functions.pointee.prepare(connection.handle, sql, &prepared) == CDUCKDB_SUCCESS, let statement = prepared
        else {
            let reason = prepared.flatMap { [functions] in functions.pointee.prepare_error($0) }
                .map { String(cString: $0) }
            functions.pointee.destroy_prepare(&prepared)
            throw EventStoreError(code, reason ?? "the statement could not be prepared")
        }
        handle = statement
    }

    deinit {
        var statement: UnsafeMutablePointer<CDuckDBPreparedStatement>? = handle
        functions.pointee.destroy_prepare(&statement)
    }
}
