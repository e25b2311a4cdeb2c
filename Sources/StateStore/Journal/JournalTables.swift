internal import GRDB

extension RoomMigrations {
    /// The journal's own tables: entries that can only be appended, the head, and the readers' cursors.
    static let journal: RoomMigrations = {
        var migrations = RoomMigrations(room: "journal")
        migrations.add("entries") { database in
            try database.execute(
                sql: """
                    CREATE TABLE journal_entry (
                        sequence INTEGER PRIMARY KEY,
                        time INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        actor_kind TEXT NOT NULL,
                        actor_id TEXT NOT NULL,
                        actor_name TEXT NOT NULL,
                        payload TEXT NOT NULL,
                        previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
                        hash BLOB NOT NULL CHECK (length(hash) = 32)
                    ) STRICT;
                    CREATE INDEX journal_entry_subject ON journal_entry (subject, sequence) WHERE subject <> '';
                    CREATE TRIGGER journal_entry_fixed BEFORE UPDATE ON journal_entry
                        BEGIN SELECT RAISE(ABORT, 'journal entries cannot be changed'); END;
                    CREATE TRIGGER journal_entry_kept BEFORE DELETE ON journal_entry
                        BEGIN SELECT RAISE(ABORT, 'journal entries cannot be deleted'); END;
                    CREATE TABLE journal_head (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        sequence INTEGER NOT NULL,
                        hash BLOB NOT NULL CHECK (length(hash) = 32)
                    ) STRICT;
                    INSERT INTO journal_head VALUES (1, 0, zeroblob(32));
                    CREATE TABLE journal_reader (
                        name TEXT PRIMARY KEY,
                        position INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrations.add("claims") { database in
            try database.execute(sql: "ALTER TABLE journal_reader ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0")
        }
        return migrations
    }()
}
