import CDuckDB
import EventStore
import Foundation

/// An open database. Released when the last connection to it is.
///
/// SAFETY: DuckDB's database handle may be used from any thread; it is only read after `init`.
final class DuckDBDatabase: @unchecked Sendable {
    let library: DuckDBLibrary
    /// Where a connection's unqualified names lie; nil: where DuckDB looks by itself.
    let catalogue: String?
    private let handle: UnsafeMutablePointer<CDuckDBDatabase>

    init(library: DuckDBLibrary, options: DuckDBOptions) throws(EventStoreError) {
        self.library = library
        let functions = library.functions
        var configuration: UnsafeMutablePointer<CDuckDBConfig>?
        guard functions.pointee.create_config(&configuration) == CDUCKDB_SUCCESS, let settings = configuration else {
            throw EventStoreError(.cannotOpen, "DuckDB could not make a configuration: out of memory.")
        }
        defer { functions.pointee.destroy_config(&configuration) }
        for setting in options.settings
        where functions.pointee.set_config(settings, setting.name, setting.value) != CDUCKDB_SUCCESS {
            throw EventStoreError(
                .cannotOpen, "DuckDB \(library.version) does not take \(setting.name) = \(setting.value).")
        }
        var database: UnsafeMutablePointer<CDuckDBDatabase>?
        var message: UnsafeMutablePointer<CChar>?
        let state = functions.pointee.open_ext(nil, &database, settings, &message)
        defer { if let message { functions.pointee.free(message) } }
        guard state == CDUCKDB_SUCCESS, let database else {
            throw EventStoreError(
                .cannotOpen, "DuckDB cannot be started: \(message.map { String(cString: $0) } ?? "unknown reason")")
        }
        handle = database
        catalogue = options.path.map { _ in Self.attachedName }
        try Self.prepare(DuckDBConnection(unplaced: self), options)
    }

    private static let attachedName = "events"

    /// Attaches the file, since only then DuckDB lets its layout be chosen, and bounds what later statements may reach.
    private static func prepare(
        _ connection: DuckDBConnection, _ options: DuckDBOptions
    ) throws(EventStoreError) {
        if let path = options.path {
            // A file keeps the size of blocks that it was made with.
            let blocks = FileManager.default.fileExists(atPath: path) ? "" : ", BLOCK_SIZE \(options.blockSize)"
            do {
                try connection.execute(
                    "ATTACH \(SQLText.literal(path)) AS \(attachedName) (ROW_GROUP_SIZE \(options.rowGroupSize)\(blocks))",
                    code: .cannotOpen)
            } catch {
                throw EventStoreError(
                    .cannotOpen, "The event store \(path) cannot be opened: \(explanation(of: error.message))")
            }
        }
        try connection.allowMerging(false)
        for statement in options.confinement { try connection.execute(statement, code: .cannotOpen) }
    }

    /// DuckDB's reason with what can be done about it.
    private static func explanation(of reason: String) -> String {
        if reason.contains("Could not set lock") {
            let holder = reason.firstMatch(of: /PID (\d+)/).map { "process \($0.output.1)" } ?? "another process"
            return "\(holder) has it open, as `tocsin serve` does from its start on, also while it still loads a "
                + "simulation. Wait until that server answers, or stop it. (\(reason))"
        }
        if reason.contains("not a valid DuckDB database file") || reason.contains("checksum")
            || reason.contains("Corrupt") || reason.contains("Serialization Error")
            || reason.contains("Could not read enough bytes")
        {
            return
                "its file is damaged or only half written. Restore a back-up with `tocsin restore`, or move the file "
                + "and its .wal away to start with an empty store. (\(reason))"
        }
        return reason
    }

    deinit {
        var handle: UnsafeMutablePointer<CDuckDBDatabase>? = handle
        library.functions.pointee.close(&handle)
    }

    /// A new connection's handle.
    func connect() throws(EventStoreError) -> UnsafeMutablePointer<CDuckDBConnection> {
        var connection: UnsafeMutablePointer<CDuckDBConnection>?
        guard library.functions.pointee.connect(handle, &connection) == CDUCKDB_SUCCESS, let connection else {
            throw EventStoreError(.cannotOpen, "DuckDB refused another connection.")
        }
        return connection
    }
}
