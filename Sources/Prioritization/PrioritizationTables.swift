internal import GRDB
public import StateStore

/// The room's tables. Times are ticks of 100 ns since the year 1.
public enum PrioritizationTables {
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "prioritization")
        migrations.add("assets") { try $0.execute(sql: assets) }
        migrations.add("priorities") { try $0.execute(sql: priorities) }
        migrations.add("service levels") { try $0.execute(sql: serviceLevels) }
        return migrations
    }()

    private static let assets = """
        CREATE TABLE prioritization_asset (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE prioritization_asset_key (
            key TEXT NOT NULL,
            asset INTEGER NOT NULL REFERENCES prioritization_asset (seq) ON DELETE CASCADE,
            is_strong INTEGER NOT NULL CHECK (is_strong IN (0, 1)),
            PRIMARY KEY (key, asset)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX prioritization_asset_key_asset ON prioritization_asset_key (asset);
        CREATE TABLE prioritization_sighting (
            source TEXT NOT NULL,
            native TEXT NOT NULL,
            asset INTEGER NOT NULL REFERENCES prioritization_asset (seq) ON DELETE CASCADE,
            rank INTEGER NOT NULL,
            content TEXT NOT NULL,
            first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            PRIMARY KEY (source, native)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX prioritization_sighting_asset ON prioritization_sighting (asset);
        """

    private static let priorities = """
        CREATE TABLE prioritization_model (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            content TEXT NOT NULL,
            adopted INTEGER NOT NULL,
            adopted_by TEXT NOT NULL
        ) STRICT;
        CREATE TABLE prioritization_override (
            incident TEXT PRIMARY KEY,
            score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
            reason TEXT NOT NULL,
            until INTEGER,
            made INTEGER NOT NULL,
            made_by TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX prioritization_override_until ON prioritization_override (until) WHERE until IS NOT NULL;
        """

    private static let serviceLevels = """
        CREATE TABLE prioritization_timer (
            incident TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            next_due INTEGER,
            next_target INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX prioritization_timer_due ON prioritization_timer (next_due) WHERE next_due IS NOT NULL;
        CREATE INDEX prioritization_timer_target ON prioritization_timer (next_target) WHERE next_target IS NOT NULL;
        """
}
