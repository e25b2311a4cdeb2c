internal import GRDB
internal import StateStore

/// The tables of indicators.
enum IndicatorTables {
    static func add(to migrations: inout RoomMigrations) {
        migrations.add("indicators") { database in
            try database.execute(
                sql: """
                    CREATE TABLE detection_indicator (
                        number INTEGER PRIMARY KEY,
                        id TEXT NOT NULL UNIQUE,
                        change INTEGER NOT NULL,
                        source TEXT NOT NULL,
                        name TEXT NOT NULL,
                        valid_from INTEGER NOT NULL,
                        valid_until INTEGER,
                        confidence INTEGER,
                        is_revoked INTEGER NOT NULL,
                        is_deleted INTEGER NOT NULL DEFAULT 0,
                        updated INTEGER NOT NULL,
                        published INTEGER,
                        stix TEXT NOT NULL
                    ) STRICT;
                    CREATE UNIQUE INDEX detection_indicator_change ON detection_indicator (change);
                    CREATE INDEX detection_indicator_published ON detection_indicator (published);
                    CREATE TABLE detection_indicator_term (
                        indicator INTEGER NOT NULL REFERENCES detection_indicator (number) ON DELETE CASCADE,
                        position INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        value TEXT NOT NULL,
                        rest TEXT,
                        PRIMARY KEY (indicator, position)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX detection_indicator_value ON detection_indicator_term (value);
                    CREATE TABLE detection_indicator_allowed (
                        kind TEXT NOT NULL,
                        value TEXT NOT NULL,
                        reason TEXT NOT NULL,
                        PRIMARY KEY (kind, value)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE detection_indicator_sweep (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        done INTEGER NOT NULL,
                        target INTEGER NOT NULL,
                        until INTEGER NOT NULL,
                        table_name TEXT NOT NULL,
                        cursor INTEGER NOT NULL
                    ) STRICT;
                    """)
        }
    }
}
