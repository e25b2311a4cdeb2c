/// The tables of what people add to incidents.
enum CaseTables {
    /// A bookmark belongs to the incident that has a relation to it, at most one. An alert belongs to its incident with or
    /// without a row here, which only gives the relation its name. A link between incidents has a row at either end.
    static let bookmarks = """
        CREATE TABLE casebook_bookmark (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE CHECK (id <> ''),
            display_name TEXT NOT NULL,
            query TEXT NOT NULL,
            query_result TEXT NOT NULL,
            notes TEXT NOT NULL,
            labels TEXT NOT NULL,
            event_time INTEGER,
            query_start INTEGER,
            query_end INTEGER,
            entities TEXT NOT NULL,
            tactics TEXT NOT NULL,
            techniques TEXT NOT NULL,
            creator_kind TEXT NOT NULL,
            creator_id TEXT NOT NULL,
            creator_name TEXT NOT NULL,
            created INTEGER NOT NULL,
            modifier_kind TEXT NOT NULL,
            modifier_id TEXT NOT NULL,
            modifier_name TEXT NOT NULL,
            modified INTEGER NOT NULL,
            version INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE casebook_relation (
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            name TEXT NOT NULL CHECK (name <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('alert', 'bookmark', 'incident')),
            target TEXT NOT NULL,
            link TEXT NOT NULL,
            created INTEGER NOT NULL,
            PRIMARY KEY (incident, name)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX casebook_relation_target ON casebook_relation (target, kind, incident);
        CREATE UNIQUE INDEX casebook_relation_bookmark ON casebook_relation (target) WHERE kind = 'bookmark';
        CREATE TRIGGER casebook_relation_alert AFTER UPDATE OF incident ON casebook_alert
            WHEN old.incident IS NOT NULL AND old.incident IS NOT new.incident BEGIN
                DELETE FROM casebook_relation WHERE target = old.id AND kind = 'alert' AND incident = old.incident;
            END;
        CREATE TRIGGER casebook_relation_incident AFTER DELETE ON casebook_incident BEGIN
            DELETE FROM casebook_relation WHERE target = old.id AND kind = 'incident';
        END;
        CREATE TRIGGER casebook_relation_of_bookmark AFTER DELETE ON casebook_bookmark BEGIN
            DELETE FROM casebook_relation WHERE target = old.id AND kind = 'bookmark';
        END;
        """
}

extension CaseTables {
    /// `moved` is what went over, `before` what the source was like.
    static let transfers = """
        CREATE TABLE casebook_transfer (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('merge', 'split')),
            source TEXT NOT NULL,
            target TEXT NOT NULL,
            moved TEXT NOT NULL,
            before TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            actor_id TEXT NOT NULL,
            actor_name TEXT NOT NULL,
            made INTEGER NOT NULL,
            undone INTEGER
        ) STRICT;
        CREATE INDEX casebook_transfer_source ON casebook_transfer (source);
        CREATE INDEX casebook_transfer_target ON casebook_transfer (target);
        """
}

extension CaseTables {
    static let people = """
        ALTER TABLE casebook_incident ADD COLUMN reopened_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE casebook_incident ADD COLUMN last_reopened INTEGER;
        CREATE TABLE casebook_watcher (
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            person_kind TEXT NOT NULL,
            person_id TEXT NOT NULL,
            person_name TEXT NOT NULL,
            reason TEXT NOT NULL CHECK (reason IN ('Own', 'Mention')),
            since INTEGER NOT NULL,
            PRIMARY KEY (incident, person_kind, person_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_watcher_person ON casebook_watcher (person_id, person_kind);
        CREATE TABLE casebook_time (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            person_kind TEXT NOT NULL,
            person_id TEXT NOT NULL,
            person_name TEXT NOT NULL,
            minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
            note TEXT NOT NULL,
            made INTEGER NOT NULL,
            UNIQUE (incident, id)
        ) STRICT;
        CREATE TABLE casebook_team (
            incident TEXT PRIMARY KEY REFERENCES casebook_incident (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            channel_url TEXT NOT NULL,
            members TEXT NOT NULL,
            groups TEXT NOT NULL,
            created INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}

extension CaseTables {
    /// `type` names the incident's type, a value is JSON text in the form of its field.
    static let fields = """
        ALTER TABLE casebook_incident ADD COLUMN type TEXT NOT NULL DEFAULT '';
        CREATE TABLE casebook_field (
            seq INTEGER PRIMARY KEY,
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (incident, name)
        ) STRICT;
        """
}

extension CaseTables {
    static let attachments = """
        CREATE TABLE casebook_attachment (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            digest TEXT NOT NULL,
            media_type TEXT NOT NULL,
            author_kind TEXT NOT NULL,
            author_id TEXT NOT NULL,
            author_name TEXT NOT NULL,
            added INTEGER NOT NULL,
            UNIQUE (incident, id)
        ) STRICT;
        """
}
