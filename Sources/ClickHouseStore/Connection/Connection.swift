import EventStore
import KQLValues
import NIOCore

/// Statements that are tried again while the server is away or too busy.
struct Connection: Sendable {
    let server: Server
    /// How long; after that the last failure is thrown.
    let retrySeconds: Double

    /// Runs a statement that may be run twice.
    func execute(_ statement: Statement) async throws(EventStoreError) {
        try await retrying { () throws(ServerFailure) in
            var again = statement
            again.queryID = Statement("").queryID
            try await server.execute(again)
        }
    }

    /// The rows of a query.
    func table(_ statement: Statement, _ schema: TableSchema) async throws(EventStoreError) -> Table {
        try await retrying { () throws(ServerFailure) in
            try await server.table(statement, schema)
        }
    }

    private func retrying<Value: Sendable>(
        _ work: () async throws(ServerFailure) -> Value
    ) async throws(EventStoreError) -> Value {
        let deadline = ContinuousClock.now + .seconds(retrySeconds)
        var pause = Duration.milliseconds(50)
        while true {
            let failure: ServerFailure
            do {
                return try await work()
            } catch {
                failure = error
            }
            guard failure.isTransient, ContinuousClock.now + pause < deadline else { throw failure.error }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw failure.error
            }
            pause = min(pause * 2, .seconds(5))
        }
    }
}

extension Server {
    /// The rows of a query, whose columns are in the schema's order and forms.
    func table(_ statement: Statement, _ schema: TableSchema) async throws(ServerFailure) -> Table {
        var statement = statement
        statement.sql += " FORMAT Native"
        // What comes in another form than was asked for would have to be taken apart here.
        statement.settings["low_cardinality_allow_in_native_format"] = "0"
        statement.settings["output_format_native_encode_types_in_binary_format"] = "0"
        var reader = NativeReader(schema)
        try await run(statement) { (buffer: inout ByteBuffer) throws(ServerFailure) in
            if let failure = buffer.readableBytesView.withContiguousStorageIfAvailable({ bytes in
                Result { () throws(ServerFailure) in try reader.feed(bytes) }
            }) {
                try failure.get()
            }
        }
        return try reader.finish()
    }
}
