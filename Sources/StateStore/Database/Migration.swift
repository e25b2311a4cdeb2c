internal import GRDB

/// Brings all rooms' tables up to date.
struct Migration {
    let rooms: [RoomMigrations]

    func run(on writer: any DatabaseWriter) throws {
        var migrator = DatabaseMigrator()
        for room in rooms {
            for step in room.steps {
                migrator.registerMigration("\(room.room)/\(step.name)") { database in
                    try apply(step, of: room.room, in: database)
                }
            }
        }
        if try writer.read(migrator.hasBeenSuperseded) {
            throw StateStoreError(
                .newerDatabase,
                "the state database was written by a newer Tocsin; run that version, or restore a backup")
        }
        try migrator.migrate(writer)
    }

    private func apply(_ step: RoomMigrations.Step, of room: String, in database: Database) throws {
        let before = try tables(in: database)
        do {
            try step.apply(database)
        } catch {
            throw StateStoreError(
                .migrationFailed, "the step \(room)/\(step.name) of the state database failed: \(error)")
        }
        let made = try tables(in: database).subtracting(before)
        if let stray = made.first(where: { !$0.hasPrefix(room + "_") }) {
            throw StateStoreError(
                .migrationFailed, "the step \(room)/\(step.name) made the table \(stray); it must be named \(room)_…")
        }
    }

    /// Those that rooms make; SQLite keeps some of its own.
    private func tables(in database: Database) throws -> Set<String> {
        try Set(
            String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"))
    }
}
