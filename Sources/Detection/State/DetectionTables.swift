internal import GRDB
public import StateStore

/// The tables of this room.
public enum DetectionTables {
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "detection")
        migrations.add("1 rule state and health") { database in
            try database.execute(
                sql: """
                    CREATE TABLE detection_rule (
                        rule_id TEXT PRIMARY KEY,
                        next_nominal_time INTEGER NOT NULL,
                        ingested_until INTEGER NOT NULL,
                        suppressed_until INTEGER,
                        attempt INTEGER NOT NULL,
                        retry_time INTEGER,
                        failure_code TEXT,
                        failures_in_row INTEGER NOT NULL,
                        skipped_runs INTEGER NOT NULL,
                        is_disabled_by_failures INTEGER NOT NULL,
                        is_enabled INTEGER,
                        alerts INTEGER NOT NULL DEFAULT 0
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE detection_health (
                        id INTEGER PRIMARY KEY,
                        time INTEGER NOT NULL,
                        rule_id TEXT NOT NULL,
                        rule_name TEXT NOT NULL,
                        status TEXT NOT NULL,
                        message TEXT NOT NULL,
                        window_start INTEGER NOT NULL,
                        window_end INTEGER NOT NULL,
                        results INTEGER NOT NULL,
                        alerts INTEGER NOT NULL,
                        seconds REAL NOT NULL
                    ) STRICT;
                    CREATE INDEX detection_health_rule ON detection_health (rule_id, id);
                    """)
        }
        IndicatorTables.add(to: &migrations)
        FusionTables.add(to: &migrations)
        return migrations
    }()
}
