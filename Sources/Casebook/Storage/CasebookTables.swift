internal import GRDB
public import StateStore

extension Casebook {
    /// The casebook's tables.
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "casebook")
        migrations.add("incidents") { try $0.execute(sql: CasebookTables.incidents) }
        migrations.add("alerts") { try $0.execute(sql: CasebookTables.alerts) }
        migrations.add("entities") { try $0.execute(sql: CasebookTables.entities) }
        migrations.add("bookmarks") { try $0.execute(sql: CaseTables.bookmarks) }
        migrations.add("transfers") { try $0.execute(sql: CaseTables.transfers) }
        migrations.add("people") { try $0.execute(sql: CaseTables.people) }
        migrations.add("fields") { try $0.execute(sql: CaseTables.fields) }
        migrations.add("attachments") { try $0.execute(sql: CaseTables.attachments) }
        migrations.add("search") { try $0.execute(sql: SearchTables.all) }
        migrations.add("kept figures") { database in
            try database.execute(sql: KeptFigures.ofIncidents)
            try database.execute(sql: KeptFigures.ofNotes)
            try StoredIncident.deriveAll(in: database)
            try database.execute(sql: KeptFigures.ofAll)
        }
        migrations.add("former entities") { try $0.execute(sql: FormerEntities.tables) }
        migrations.add("series of incidents") { try $0.execute(sql: CasebookTables.series) }
        migrations.add("lists of incidents") { try $0.execute(sql: CasebookTables.lists) }
        return migrations
    }()
}

/// Times are ticks of 100 ns since the year 1, severities ranks 0 to 3, lists of plain words joined by blanks.
enum CasebookTables {
    static let incidents = """
        CREATE TABLE casebook_counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO casebook_counter VALUES ('incident', 0);
        CREATE TABLE casebook_incident (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            number INTEGER NOT NULL UNIQUE,
            title TEXT NOT NULL,
            description TEXT NOT NULL,
            severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3),
            status TEXT NOT NULL CHECK (status IN ('New', 'Active', 'Closed')),
            verdict TEXT,
            reason TEXT,
            classification_comment TEXT NOT NULL,
            owner_object_id TEXT NOT NULL,
            owner_principal_name TEXT NOT NULL,
            owner_email TEXT NOT NULL,
            owner_name TEXT NOT NULL,
            owner_kind TEXT NOT NULL CHECK (owner_kind IN ('', 'Unknown', 'User', 'Group')),
            first_activity INTEGER,
            last_activity INTEGER,
            created INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            first_modified INTEGER,
            closed INTEGER,
            modified_by TEXT NOT NULL,
            provider_name TEXT NOT NULL,
            provider_incident_id TEXT NOT NULL,
            merged_into TEXT REFERENCES casebook_incident (id) ON DELETE SET NULL,
            grouping TEXT NOT NULL,
            own_fields TEXT NOT NULL,
            is_touched INTEGER NOT NULL CHECK (is_touched IN (0, 1)),
            score INTEGER NOT NULL DEFAULT 0 CHECK (score BETWEEN 0 AND 100),
            priority TEXT,
            version INTEGER NOT NULL,
            is_open INTEGER NOT NULL GENERATED ALWAYS AS (status <> 'Closed') STORED
        ) STRICT;
        CREATE INDEX casebook_incident_queue ON casebook_incident (is_open DESC, score DESC, number DESC);
        CREATE INDEX casebook_incident_created ON casebook_incident (created);
        CREATE INDEX casebook_incident_merged ON casebook_incident (merged_into) WHERE merged_into IS NOT NULL;
        CREATE TABLE casebook_label (
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('User', 'AutoAssigned')),
            PRIMARY KEY (incident, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_label_name ON casebook_label (name COLLATE NOCASE);
        CREATE TABLE casebook_comment (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            message TEXT NOT NULL,
            author_kind TEXT NOT NULL,
            author_id TEXT NOT NULL,
            author_name TEXT NOT NULL,
            created INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            version INTEGER NOT NULL,
            UNIQUE (incident, id)
        ) STRICT;
        CREATE TABLE casebook_task (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            title TEXT NOT NULL,
            description TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('New', 'Completed')),
            creator_kind TEXT NOT NULL,
            creator_id TEXT NOT NULL,
            creator_name TEXT NOT NULL,
            created INTEGER NOT NULL,
            modifier_kind TEXT NOT NULL,
            modifier_id TEXT NOT NULL,
            modifier_name TEXT NOT NULL,
            modified INTEGER NOT NULL,
            version INTEGER NOT NULL,
            UNIQUE (incident, id)
        ) STRICT;
        """

    static let series = """
        ALTER TABLE casebook_incident ADD COLUMN series TEXT NOT NULL DEFAULT '';
        ALTER TABLE casebook_incident ADD COLUMN series_start INTEGER NOT NULL DEFAULT 0;
        UPDATE casebook_incident SET series = id, series_start = coalesce(first_activity, 0) WHERE grouping <> '';
        CREATE INDEX casebook_incident_series ON casebook_incident (series) WHERE series <> '';
        """

    /// The queue's index holds what lists are mostly filtered by, so that deep pages and rare matches read no rows, which
    /// are long.
    static let lists = """
        DROP INDEX casebook_incident_queue;
        CREATE INDEX casebook_incident_queue ON casebook_incident (is_open DESC, score DESC, number DESC, severity,
            status, verdict, reason, merged_into, owner_kind, owner_object_id, owner_principal_name, owner_email, owner_name);
        DROP INDEX casebook_incident_created;
        CREATE INDEX casebook_incident_created ON casebook_incident (created, number);
        CREATE INDEX casebook_incident_modified ON casebook_incident (modified, number);
        """

    static let alerts = """
        CREATE TABLE casebook_alert (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            incident TEXT REFERENCES casebook_incident (id) ON DELETE SET NULL,
            rule_id TEXT NOT NULL,
            display_name TEXT NOT NULL,
            product TEXT NOT NULL,
            severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3),
            status TEXT NOT NULL,
            tactics TEXT NOT NULL,
            techniques TEXT NOT NULL,
            start INTEGER NOT NULL,
            finish INTEGER NOT NULL,
            generated INTEGER NOT NULL,
            recorded INTEGER NOT NULL,
            principal TEXT NOT NULL,
            grouping TEXT NOT NULL
        ) STRICT;
        CREATE INDEX casebook_alert_incident ON casebook_alert (incident, seq);
        CREATE INDEX casebook_alert_grouping ON casebook_alert (grouping, generated) WHERE grouping <> '';
        CREATE TABLE casebook_alert_content (
            alert INTEGER PRIMARY KEY REFERENCES casebook_alert (seq) ON DELETE CASCADE,
            content TEXT NOT NULL,
            evidence TEXT NOT NULL
        ) STRICT;
        CREATE TABLE casebook_alert_link (
            key TEXT NOT NULL,
            finish INTEGER NOT NULL,
            alert INTEGER NOT NULL REFERENCES casebook_alert (seq) ON DELETE CASCADE,
            start INTEGER NOT NULL,
            identifiers TEXT NOT NULL,
            PRIMARY KEY (key, finish, alert)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_alert_link_alert ON casebook_alert_link (alert);
        """

    static let entities = """
        CREATE TABLE casebook_entity (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            identifiers TEXT NOT NULL,
            first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX casebook_entity_name ON casebook_entity (name COLLATE NOCASE);
        CREATE TABLE casebook_entity_key (
            key TEXT PRIMARY KEY,
            entity INTEGER NOT NULL REFERENCES casebook_entity (seq) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_entity_key_entity ON casebook_entity_key (entity);
        CREATE TABLE casebook_alert_entity (
            alert INTEGER NOT NULL REFERENCES casebook_alert (seq) ON DELETE CASCADE,
            entity INTEGER NOT NULL REFERENCES casebook_entity (seq),
            position INTEGER NOT NULL,
            PRIMARY KEY (alert, entity)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_alert_entity_entity ON casebook_alert_entity (entity, alert);
        """
}
