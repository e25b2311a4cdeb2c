/// Figures that triggers keep up to date, so that no page counts what there is: they are right whoever writes the rows.
enum KeptFigures {
    /// An incident's counts and lists, which its row and `casebook_incident_entity` hold.
    static let ofIncidents = """
        ALTER TABLE casebook_incident ADD COLUMN alert_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE casebook_incident ADD COLUMN comment_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE casebook_incident ADD COLUMN task_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE casebook_incident ADD COLUMN digest TEXT NOT NULL DEFAULT '';
        ALTER TABLE casebook_incident ADD COLUMN tactics TEXT NOT NULL DEFAULT '';
        UPDATE casebook_incident SET
            alert_count = (SELECT COUNT(*) FROM casebook_alert a WHERE a.incident = casebook_incident.id),
            comment_count = (SELECT COUNT(*) FROM casebook_comment c WHERE c.incident = casebook_incident.id),
            task_count = (SELECT COUNT(*) FROM casebook_task t WHERE t.incident = casebook_incident.id);
        DROP INDEX casebook_alert_incident;
        CREATE INDEX casebook_alert_incident ON casebook_alert (incident, seq, id);
        CREATE TABLE casebook_incident_entity (
            incident TEXT NOT NULL REFERENCES casebook_incident (id) ON DELETE CASCADE,
            entity INTEGER NOT NULL REFERENCES casebook_entity (seq) ON DELETE CASCADE,
            alert INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (incident, entity)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_incident_entity_entity ON casebook_incident_entity (entity, incident);
        INSERT OR IGNORE INTO casebook_incident_entity
            SELECT a.incident, ae.entity, a.seq, ae.position FROM casebook_alert a
            JOIN casebook_alert_entity ae ON ae.alert = a.seq WHERE a.incident IS NOT NULL ORDER BY a.seq;
        CREATE TRIGGER casebook_alert_moved AFTER UPDATE OF incident ON casebook_alert
            WHEN OLD.incident IS NOT NEW.incident
            BEGIN
                UPDATE casebook_incident SET alert_count = alert_count - 1 WHERE id = OLD.incident;
                UPDATE casebook_incident SET alert_count = alert_count + 1 WHERE id = NEW.incident;
                DELETE FROM casebook_incident_entity WHERE incident = OLD.incident
                    AND entity IN (SELECT ae.entity FROM casebook_alert_entity ae WHERE ae.alert = OLD.seq)
                    AND NOT EXISTS (
                        SELECT 1 FROM casebook_alert a CROSS JOIN casebook_alert_entity ae ON ae.alert = a.seq
                        WHERE a.incident = OLD.incident AND ae.entity = casebook_incident_entity.entity);
                INSERT OR IGNORE INTO casebook_incident_entity
                    SELECT NEW.incident, ae.entity, NEW.seq, ae.position FROM casebook_alert_entity ae
                    WHERE ae.alert = NEW.seq AND NEW.incident IS NOT NULL;
            END;
        CREATE TRIGGER casebook_alert_entity_added AFTER INSERT ON casebook_alert_entity
            BEGIN
                INSERT OR IGNORE INTO casebook_incident_entity
                    SELECT a.incident, NEW.entity, a.seq, NEW.position FROM casebook_alert a
                    WHERE a.seq = NEW.alert AND a.incident IS NOT NULL;
            END;
        """

    /// The counts of an incident's remarks and pieces of work.
    static let ofNotes = ["comment", "task"].map { name in
        """
        CREATE TRIGGER casebook_\(name)_added AFTER INSERT ON casebook_\(name)
            BEGIN UPDATE casebook_incident SET \(name)_count = \(name)_count + 1 WHERE id = NEW.incident; END;
        CREATE TRIGGER casebook_\(name)_removed AFTER DELETE ON casebook_\(name)
            BEGIN UPDATE casebook_incident SET \(name)_count = \(name)_count - 1 WHERE id = OLD.incident; END;
        CREATE TRIGGER casebook_\(name)_moved AFTER UPDATE OF incident ON casebook_\(name)
            WHEN OLD.incident IS NOT NEW.incident
            BEGIN
                UPDATE casebook_incident SET \(name)_count = \(name)_count - 1 WHERE id = OLD.incident;
                UPDATE casebook_incident SET \(name)_count = \(name)_count + 1 WHERE id = NEW.incident;
            END;
        """
    }.joined(separator: "\n")

    /// How many incidents there are by what lists and the overview ask for, with their times in milliseconds.
    ///
    /// Its columns are named as those of `casebook_incident`, so that a condition on them holds for both.
    static let ofAll = """
        CREATE TABLE casebook_tally (
            status TEXT NOT NULL,
            severity INTEGER NOT NULL,
            verdict TEXT NOT NULL,
            owner_kind TEXT NOT NULL,
            is_merged INTEGER NOT NULL,
            is_open INTEGER NOT NULL,
            incidents INTEGER NOT NULL,
            triage_time INTEGER NOT NULL,
            triaged INTEGER NOT NULL,
            close_time INTEGER NOT NULL,
            PRIMARY KEY (status, severity, verdict, owner_kind, is_merged)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE casebook_tactic_tally (
            tactic TEXT PRIMARY KEY,
            incidents INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        \(tally("i", "", "FROM casebook_incident i WHERE 1"))
        INSERT INTO casebook_tactic_tally
            SELECT value, COUNT(*) FROM casebook_incident i, json_each('["' || replace(i.tactics, ' ', '","') || '"]')
            WHERE i.is_open = 1 AND i.tactics <> '' GROUP BY value;
        CREATE TRIGGER casebook_incident_added AFTER INSERT ON casebook_incident
            BEGIN
                \(tally("NEW", "", "WHERE 1"))
                \(tactics("NEW", ""))
            END;
        CREATE TRIGGER casebook_incident_removed AFTER DELETE ON casebook_incident
            BEGIN
                \(tally("OLD", "-", "WHERE 1"))
                \(tactics("OLD", "-"))
            END;
        CREATE TRIGGER casebook_incident_counted
            AFTER UPDATE OF status, severity, verdict, owner_kind, merged_into, first_modified, closed
            ON casebook_incident
            WHEN OLD.status <> NEW.status OR OLD.severity <> NEW.severity OR OLD.verdict IS NOT NEW.verdict
                OR OLD.owner_kind <> NEW.owner_kind OR OLD.merged_into IS NOT NEW.merged_into
                OR OLD.first_modified IS NOT NEW.first_modified OR OLD.closed IS NOT NEW.closed
            BEGIN
                \(tally("OLD", "-", "WHERE 1"))
                \(tally("NEW", "", "WHERE 1"))
            END;
        CREATE TRIGGER casebook_incident_staged AFTER UPDATE OF tactics, status ON casebook_incident
            WHEN OLD.tactics <> NEW.tactics OR OLD.is_open <> NEW.is_open
            BEGIN
                \(tactics("OLD", "-"))
                \(tactics("NEW", ""))
            END;
        """

    private static func tally(_ row: String, _ sign: String, _ source: String) -> String {
        """
        INSERT INTO casebook_tally
            SELECT \(row).status, \(row).severity, coalesce(\(row).verdict, ''), \(row).owner_kind,
                \(row).merged_into IS NOT NULL, \(row).status <> 'Closed', \(sign)1,
                \(sign)coalesce((\(row).first_modified - \(row).created) / 10000, 0),
                \(sign)(\(row).first_modified IS NOT NULL),
                \(sign)coalesce((\(row).closed - \(row).created) / 10000, 0) \(source)
            ON CONFLICT DO UPDATE SET incidents = incidents + excluded.incidents,
                triage_time = triage_time + excluded.triage_time, triaged = triaged + excluded.triaged,
                close_time = close_time + excluded.close_time;
        """
    }

    private static func tactics(_ row: String, _ sign: String) -> String {
        """
        INSERT INTO casebook_tactic_tally
            SELECT value, \(sign)1 FROM json_each('["' || replace(\(row).tactics, ' ', '","') || '"]')
            WHERE \(row).is_open = 1 AND \(row).tactics <> ''
            ON CONFLICT DO UPDATE SET incidents = incidents + excluded.incidents;
        """
    }
}
