/// The index of all texts: two contentless FTS5 tables, kept by triggers in the transaction that makes the change.
///
/// A row of `casebook_search` is numbered by the row that it tells of: eight times its number plus its `SearchedKind`. A
/// row of `casebook_alert_search` has its alert's number. The index holds no text, so that it stays small: what is shown
/// of a hit is read from where it stands.
enum SearchTables {
    static let all = ([tables] + triggers + [backfill]).joined(separator: "\n")

    private static let tables = """
        CREATE VIRTUAL TABLE casebook_search USING fts5(
            title, body, content='', tokenize='unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE casebook_alert_search USING fts5(
            title, body, content='', tokenize='unicode61 remove_diacritics 2');
        """

    /// What is indexed of a table's row.
    private struct Source {
        let table: String
        let kind: SearchedKind
        let number: String
        let title: String
        let body: [String]

        func row(_ alias: String) -> String {
            let parts = body.map { "coalesce(\(alias).\($0), '')" }.joined(separator: " || ' ' || ")
            return "\(alias).\(number) * 8 + \(kind.rawValue), \(alias).\(title), \(parts)"
        }

        var triggers: String {
            let columns = [title] + body
            let isChanged = columns.map { "old.\($0) IS NOT new.\($0)" }.joined(separator: " OR ")
            let insert = "INSERT INTO casebook_search (rowid, title, body) VALUES (\(row("new")));"
            let delete = """
                INSERT INTO casebook_search (casebook_search, rowid, title, body) VALUES ('delete', \(row("old")));
                """
            return """
                CREATE TRIGGER \(table)_search_insert AFTER INSERT ON \(table) BEGIN \(insert) END;
                CREATE TRIGGER \(table)_search_delete AFTER DELETE ON \(table) BEGIN \(delete) END;
                CREATE TRIGGER \(table)_search_update AFTER UPDATE OF \(columns.joined(separator: ", ")) ON \(table)
                    WHEN \(isChanged) BEGIN \(delete) \(insert) END;
                """
        }

        var backfill: String {
            "INSERT INTO casebook_search (rowid, title, body) SELECT \(row("t")) FROM \(table) t;"
        }
    }

    private static let sources = [
        Source(
            table: "casebook_incident", kind: .incident, number: "number", title: "title",
            body: [
                "description", "classification_comment", "owner_name", "owner_email", "owner_principal_name",
                "provider_name", "provider_incident_id",
            ]),
        Source(
            table: "casebook_comment", kind: .comment, number: "seq", title: "message", body: ["author_name"]),
        Source(
            table: "casebook_task", kind: .task, number: "seq", title: "title", body: ["description"]),
        Source(
            table: "casebook_bookmark", kind: .bookmark, number: "seq", title: "display_name",
            body: ["notes", "query", "query_result", "labels", "entities", "techniques"]),
        Source(table: "casebook_field", kind: .field, number: "seq", title: "value", body: ["name"]),
    ]

    private static let triggers = sources.map(\.triggers) + [alertTriggers]

    /// The texts of an alert's content that people look for; its query and links are left out.
    private static func alertBody(_ content: String) -> String {
        let texts = ["description", "ruleName", "compromisedEntity", "providerAlertId"]
            .map { "coalesce(json_extract(\(content), '$.\($0)'), '')" }
        let lists = ["entities", "customDetails"].map { name in
            """
            coalesce((SELECT group_concat(atom, ' ') FROM json_tree(\(content), '$.\(name)')
                WHERE type = 'text' AND key IS NOT 'kind'), '')
            """
        }
        return (texts + lists).joined(separator: " || ' ' || ")
    }

    private static let alertTriggers = """
        CREATE TRIGGER casebook_alert_content_search_insert AFTER INSERT ON casebook_alert_content BEGIN
            INSERT INTO casebook_alert_search (rowid, title, body)
            SELECT new.alert, display_name, \(alertBody("new.content")) FROM casebook_alert WHERE seq = new.alert;
        END;
        CREATE TRIGGER casebook_alert_content_search_update AFTER UPDATE OF content ON casebook_alert_content
            WHEN old.content IS NOT new.content BEGIN
            INSERT INTO casebook_alert_search (casebook_alert_search, rowid, title, body)
            SELECT 'delete', old.alert, display_name, \(alertBody("old.content"))
            FROM casebook_alert WHERE seq = old.alert;
            INSERT INTO casebook_alert_search (rowid, title, body)
            SELECT new.alert, display_name, \(alertBody("new.content")) FROM casebook_alert WHERE seq = new.alert;
        END;
        CREATE TRIGGER casebook_alert_search_delete BEFORE DELETE ON casebook_alert BEGIN
            INSERT INTO casebook_alert_search (casebook_alert_search, rowid, title, body)
            SELECT 'delete', old.seq, old.display_name, \(alertBody("c.content"))
            FROM casebook_alert_content c WHERE c.alert = old.seq;
        END;
        """

    private static let backfill =
        sources.map(\.backfill).joined(separator: "\n") + """

            INSERT INTO casebook_alert_search (rowid, title, body)
            SELECT a.seq, a.display_name, \(alertBody("c.content"))
            FROM casebook_alert a JOIN casebook_alert_content c ON c.alert = a.seq;
            """
}

/// What a row of the index tells of; the raw values are stored.
enum SearchedKind: Int64, Sendable, CaseIterable {
    case incident = 0
    case comment = 1
    case task = 2
    case bookmark = 3
    case field = 4
}
