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
        migrations.add("3 kinds of runs") { database in
            try database.execute(
                sql: """
                    ALTER TABLE detection_health ADD COLUMN kind TEXT NOT NULL DEFAULT 'Scheduled';
                    ALTER TABLE detection_health ADD COLUMN is_manual INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        migrations.add("quality and stages") { database in
            try database.execute(
                sql: """
                    CREATE TABLE detection_stage (
                        rule_id TEXT PRIMARY KEY,
                        stage TEXT NOT NULL CHECK (stage IN ('Trial', 'Active')),
                        since INTEGER NOT NULL,
                        decided_by TEXT NOT NULL,
                        reason TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE detection_quality_alert (
                        alert TEXT PRIMARY KEY,
                        rule_id TEXT NOT NULL,
                        recorded INTEGER NOT NULL,
                        incident TEXT
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX detection_quality_alert_rule ON detection_quality_alert (rule_id, recorded);
                    CREATE INDEX detection_quality_alert_incident ON detection_quality_alert (incident);
                    CREATE TABLE detection_quality_incident (
                        incident TEXT PRIMARY KEY,
                        created INTEGER NOT NULL,
                        triaged INTEGER,
                        verdict TEXT,
                        reason TEXT
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrations.add("sigma correlations") { database in
            try database.execute(
                sql: """
                    CREATE TABLE detection_correlation_hit (
                        sequence INTEGER PRIMARY KEY,
                        rule TEXT NOT NULL,
                        event TEXT NOT NULL,
                        time INTEGER NOT NULL,
                        field_values TEXT NOT NULL,
                        payload TEXT NOT NULL,
                        UNIQUE (rule, event)
                    ) STRICT;
                    CREATE INDEX detection_correlation_hit_time ON detection_correlation_hit (time);
                    CREATE TABLE detection_correlation_match (
                        correlation TEXT NOT NULL,
                        grouping TEXT NOT NULL,
                        start INTEGER NOT NULL,
                        until INTEGER NOT NULL,
                        PRIMARY KEY (correlation, grouping, start)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX detection_correlation_match_until ON detection_correlation_match (until);
                    """)
        }
        IndicatorTables.add(to: &migrations)
        FusionTables.add(to: &migrations)
        SliceTables.add(to: &migrations)
        // When what is kept came, and the alert of a match until it is recorded.
        migrations.add("hits of sensors") { database in
            try database.execute(
                sql: """
                    ALTER TABLE detection_correlation_hit ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE detection_correlation_match ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE detection_correlation_match ADD COLUMN alert TEXT;
                    ALTER TABLE detection_correlation_match ADD COLUMN opens_incident INTEGER NOT NULL DEFAULT 0;
                    CREATE INDEX detection_correlation_unrecorded ON detection_correlation_match (start)
                        WHERE alert IS NOT NULL;
                    """)
        }
        return migrations
    }()
}
