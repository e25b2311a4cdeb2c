internal import GRDB
internal import StateStore

extension RoomMigrations {
    /// The tables of the response room.
    static let response: RoomMigrations = {
        var migrations = RoomMigrations(room: "response")
        migrations.add("runs") { database in
            try database.execute(
                sql: """
                    CREATE TABLE response_definition (
                        hash TEXT PRIMARY KEY,
                        source TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE response_run (
                        id TEXT PRIMARY KEY,
                        playbook TEXT NOT NULL,
                        definition TEXT NOT NULL REFERENCES response_definition (hash),
                        environment TEXT NOT NULL,
                        event TEXT NOT NULL,
                        trigger_name TEXT NOT NULL,
                        seed INTEGER NOT NULL,
                        callback_token TEXT NOT NULL,
                        depth INTEGER NOT NULL,
                        incident TEXT,
                        rule TEXT,
                        actor_kind TEXT NOT NULL,
                        actor_id TEXT NOT NULL,
                        actor_name TEXT NOT NULL,
                        status TEXT NOT NULL,
                        is_waiting INTEGER NOT NULL DEFAULT 0,
                        start INTEGER NOT NULL,
                        end INTEGER,
                        error_code TEXT,
                        error_message TEXT,
                        response TEXT
                    ) STRICT;
                    CREATE INDEX response_run_incident ON response_run (incident, start);
                    CREATE INDEX response_run_start ON response_run (start);
                    CREATE INDEX response_run_running ON response_run (status) WHERE status = 'Running';
                    CREATE TABLE response_event (
                        run TEXT NOT NULL REFERENCES response_run (id) ON DELETE CASCADE,
                        position INTEGER NOT NULL,
                        time INTEGER NOT NULL,
                        event TEXT NOT NULL,
                        PRIMARY KEY (run, position)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE response_action (
                        run TEXT NOT NULL REFERENCES response_run (id) ON DELETE CASCADE,
                        path TEXT NOT NULL,
                        name TEXT NOT NULL,
                        type TEXT NOT NULL,
                        status TEXT NOT NULL,
                        start INTEGER,
                        end INTEGER,
                        inputs TEXT NOT NULL,
                        outputs TEXT NOT NULL,
                        error_code TEXT,
                        error_message TEXT,
                        retries INTEGER NOT NULL,
                        tracked TEXT,
                        ordinal INTEGER NOT NULL,
                        PRIMARY KEY (run, path)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrations.add("automation") { database in
            try database.execute(
                sql: """
                    CREATE TABLE response_pass (
                        sequence INTEGER PRIMARY KEY,
                        subject TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE response_firing (
                        sequence INTEGER NOT NULL,
                        rule TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        time INTEGER NOT NULL,
                        is_done INTEGER NOT NULL,
                        error TEXT,
                        PRIMARY KEY (sequence, rule)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX response_firing_rule ON response_firing (rule, subject, time);
                    """)
        }
        return migrations
    }()
}
