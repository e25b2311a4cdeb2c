internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Vocabulary

/// The alerts' SQL.
struct AlertRows {
    let database: Database

    static let columns = "a.*, c.content AS content, c.evidence AS evidence"
    static let source = "casebook_alert a JOIN casebook_alert_content c ON c.alert = a.seq"

    /// Inserts an alert without incident and returns its row number.
    func insert(_ alert: NewAlert, id: AlertID, mode: GroupingMode, recorded: Instant) throws -> Int64 {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO casebook_alert (id, rule_id, display_name, product, severity, status, tactics, techniques,
                    start, finish, generated, recorded, principal, grouping)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            id.rawValue, alert.ruleID, alert.displayName, alert.productName, alert.severity.rank,
            AlertStatus.new.rawValue, alert.tactics.map(\.rawValue).joined(separator: " "),
            alert.techniques.joined(separator: " "), alert.startTime.ticks, alert.endTime.ticks,
            alert.generatedTime.ticks, recorded.ticks, alert.principal, mode.text,
        ])
        let seq = database.lastInsertedRowID
        try database.cachedStatement(
            sql: "INSERT INTO casebook_alert_content (alert, content, evidence) VALUES (?, ?, ?)"
        ).execute(arguments: [seq, AlertContent.text(of: alert), AlertContent.evidenceText(alert.evidence)])
        return seq
    }

    /// Writes an alert anew that has grown.
    func replace(_ seq: Int64, by alert: NewAlert) throws {
        try database.cachedStatement(
            sql: "UPDATE casebook_alert SET start = ?, finish = ?, principal = ? WHERE seq = ?"
        ).execute(arguments: [alert.startTime.ticks, alert.endTime.ticks, alert.principal, seq])
        try database.cachedStatement(
            sql: "UPDATE casebook_alert_content SET content = ?, evidence = ? WHERE alert = ?"
        ).execute(arguments: [AlertContent.text(of: alert), AlertContent.evidenceText(alert.evidence), seq])
    }

    func fetch(_ id: AlertID) throws -> Alert? {
        let sql = "SELECT \(AlertRows.columns) FROM \(AlertRows.source) WHERE a.id = ?"
        return try database.cachedStatement(sql: sql).first([id.rawValue], AlertRows.alert)
    }

    /// What the alerts of an incident say that its digest is made of.
    func digests(of incident: IncidentID) throws -> [AlertDigest] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id, rule_id, product, display_name, severity, tactics, techniques, start, finish, principal
                FROM casebook_alert WHERE incident = ? ORDER BY seq
                """)
        return try statement.all([incident.rawValue]) { row in
            AlertDigest(
                id: AlertID(row["id"] as String), ruleID: row["rule_id"], product: row["product"],
                displayName: row["display_name"],
                severity: Severity(rank: row["severity"]), tactics: AlertRows.tactics(row["tactics"]),
                techniques: AlertRows.words(row["techniques"]), start: Instant(ticks: row["start"]),
                end: Instant(ticks: row["finish"]), principal: row["principal"])
        }
    }

    func ids(of incident: IncidentID) throws -> [AlertID] {
        let statement = try database.cachedStatement(
            sql: "SELECT id FROM casebook_alert WHERE incident = ? ORDER BY seq")
        return try String.fetchAll(statement, arguments: [incident.rawValue]).map(AlertID.init(rawValue:))
    }

    func setIncident(_ incident: IncidentID?, of alert: AlertID) throws {
        try database.cachedStatement(sql: "UPDATE casebook_alert SET incident = ? WHERE id = ?")
            .execute(arguments: [incident?.rawValue, alert.rawValue])
    }

    static func alert(_ row: Row) throws -> Alert {
        var content = NewAlert(
            displayName: row["display_name"], severity: Severity(rank: row["severity"]),
            startTime: Instant(ticks: row["start"]), endTime: Instant(ticks: row["finish"]),
            generatedTime: Instant(ticks: row["generated"]))
        let id = AlertID(row["id"] as String)
        content.id = id
        content.ruleID = row["rule_id"]
        content.productName = row["product"]
        content.tactics = tactics(row["tactics"])
        content.techniques = words(row["techniques"])
        let contentText: String = row["content"]
        AlertContent.read(try JSON(parsing: contentText), into: &content)
        let evidenceText: String = row["evidence"]
        content.evidence = try JSON(parsing: evidenceText).arrayValue ?? []
        return Alert(
            id: id, content: content, status: AlertStatus(rawValue: row["status"]) ?? .unknown,
            incidentID: (row["incident"] as String?).map(IncidentID.init(rawValue:)),
            recordedTime: Instant(ticks: row["recorded"]))
    }

    static func words(_ text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }

    static func tactics(_ text: String) -> [Tactic] {
        text.split(separator: " ").compactMap { Tactic(rawValue: String($0)) }
    }
}

extension NewAlert {
    /// The entity to name in an incident's title: the first host, else the first account, else the first address.
    var principal: String {
        for kind in [EntityKind.host, .account, .ip] {
            if let entity = entities.first(where: { $0.kind == kind && $0.tiesAlerts }) { return entity.friendlyName }
        }
        return compromisedEntity
    }
}
