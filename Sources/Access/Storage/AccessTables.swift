internal import GRDB
public import StateStore

extension AccessControl {
    /// The tables of users, sessions, tokens and invitations.
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "access")
        migrations.add("users") { database in
            try database.execute(
                sql: """
                    CREATE TABLE access_user (
                        id TEXT PRIMARY KEY CHECK (id <> ''),
                        name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''),
                        display_name TEXT NOT NULL,
                        role TEXT NOT NULL CHECK (role IN ('Reader', 'Responder', 'Contributor', 'Administrator')),
                        password_hash TEXT NOT NULL,
                        is_disabled INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
                        created INTEGER NOT NULL,
                        last_sign_in INTEGER,
                        failures INTEGER NOT NULL DEFAULT 0,
                        last_failure INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE access_session (
                        token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
                        user TEXT NOT NULL REFERENCES access_user (id) ON DELETE CASCADE,
                        csrf TEXT NOT NULL,
                        created INTEGER NOT NULL,
                        last_seen INTEGER NOT NULL,
                        expires INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX access_session_user ON access_session (user);
                    CREATE TABLE access_token (
                        token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
                        id TEXT NOT NULL UNIQUE,
                        name TEXT NOT NULL,
                        owner TEXT NOT NULL REFERENCES access_user (id) ON DELETE CASCADE,
                        scopes TEXT NOT NULL,
                        created INTEGER NOT NULL,
                        expires INTEGER,
                        last_used INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE access_invitation (
                        token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
                        role TEXT NOT NULL,
                        is_first INTEGER NOT NULL CHECK (is_first IN (0, 1)),
                        expires INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrations.add("accessTokens") { database in
            try database.execute(
                sql: """
                    CREATE TABLE access_bearer (
                        token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
                        token TEXT NOT NULL REFERENCES access_token (id) ON DELETE CASCADE,
                        audience TEXT NOT NULL,
                        expires INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX access_bearer_token ON access_bearer (token, expires);
                    CREATE INDEX access_bearer_expires ON access_bearer (expires);
                    """)
        }
        return migrations
    }()
}
