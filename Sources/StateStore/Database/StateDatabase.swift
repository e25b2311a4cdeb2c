public import GRDB

/// Tocsin's state: one SQLite database, read by many and written by one at a time.
public struct StateDatabase: Sendable {
    let writer: any DatabaseWriter
    let bell: ChangeBell
    private let commits: SharedCommits

    /// Opens or makes the database at `path` and brings every room's tables up to date.
    ///
    /// Write-ahead logging with `synchronous=FULL`: what was answered as done survives a loss of power, as a journal
    /// that is evidence must. Foreign keys are enforced; writers of other processes are waited for up to 5 seconds.
    ///
    /// - Throws: `StateStoreError`
    public static func open(path: String, rooms: [RoomMigrations]) throws(StateStoreError) -> StateDatabase {
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            return try StateDatabase(migrating: pool, rooms: rooms)
        } catch let error as StateStoreError {
            throw error
        } catch {
            throw StateStoreError(
                .cannotOpen,
                "the state database \(path) cannot be opened: \(error); check that the folder exists and is writable")
        }
    }

    /// Opens an existing database for reading only, as it is: nothing is migrated, so that it can be inspected beside a
    /// running server or by another version.
    ///
    /// - Throws: `StateStoreError` with code `cannotOpen`.
    public static func inspect(path: String) throws(StateStoreError) -> StateDatabase {
        do {
            var configuration = configuration
            configuration.readonly = true
            return StateDatabase(writer: try DatabaseQueue(path: path, configuration: configuration))
        } catch {
            throw StateStoreError(
                .cannotOpen, "the state database \(path) cannot be read: \(error); check the path and its permissions")
        }
    }

    /// A database in memory, which vanishes with its last user.
    ///
    /// - Throws: `StateStoreError`
    public static func inMemory(rooms: [RoomMigrations]) throws(StateStoreError) -> StateDatabase {
        do {
            return try StateDatabase(migrating: DatabaseQueue(configuration: configuration), rooms: rooms)
        } catch let error as StateStoreError {
            throw error
        } catch {
            throw StateStoreError(.cannotOpen, "a database in memory cannot be made: \(error)")
        }
    }

    private init(migrating writer: any DatabaseWriter, rooms: [RoomMigrations]) throws {
        self.init(writer: writer)
        try Migration(rooms: [.journal] + rooms).run(on: writer)
    }

    private init(writer: any DatabaseWriter) {
        self.writer = writer
        bell = ChangeBell()
        commits = SharedCommits(writer: writer, bell: bell)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 8
        configuration.prepareDatabase { database in
            // 8 MiB of pages for each connection: the upper levels of all indexes.
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -8192")
        }
        return configuration
    }

    /// The journal in this database.
    public var journal: Journal { Journal(database: self) }

    /// Reads a consistent state.
    public func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await writer.read(body)
    }

    /// Makes one transaction: all of it or, when `body` throws, nothing. It returns once the change is durable.
    ///
    /// Changes that are asked for at the same time are made one after the other and wait for the disk together.
    ///
    /// - Parameter body: changes the database and nothing else; when it has to be undone on account of others that shared
    ///   its commit, it is run again.
    public func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await commits.write(body)
    }

    /// Writes a consistent copy to a file that is not there yet, while readers and writers go on.
    public func backUp(to path: String) async throws {
        try await writer.writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
    }

    /// Moves everything into the database file and closes it.
    public func close() throws {
        try writer.close()
    }
}
