internal import GRDB
public import Vocabulary

/// What an alert says of how sure it is; the part of it that priorities are made of.
public struct IncidentFinding: Sendable, Hashable {
    public var ruleID: String
    public var displayName: String
    public var productName: String
    /// The detector's kind of alert, `ThreatIntelligence` for matches of indicators.
    public var alertType: String
    public var severity: Severity
    public var confidence: AlertConfidence?

    public init(
        ruleID: String, displayName: String, productName: String, alertType: String = "", severity: Severity,
        confidence: AlertConfidence? = nil
    ) {
        self.ruleID = ruleID
        self.displayName = displayName
        self.productName = productName
        self.alertType = alertType
        self.severity = severity
        self.confidence = confidence
    }
}

extension Casebook {
    /// The findings behind some incidents in the order in which they were recorded, without reading the alerts whole.
    public func findings(
        of incidents: [IncidentID]
    ) async throws(CasebookError) -> [IncidentID: [IncidentFinding]] {
        try await reading { database in
            var findings: [IncidentID: [IncidentFinding]] = [:]
            // json_extract reads only as far as the members it is asked for.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT a.rule_id AS rule, a.display_name AS name, a.product AS product, a.severity AS severity,
                        json_extract(c.content, '$.alertType') AS type,
                        json_extract(c.content, '$.confidenceLevel') AS level,
                        json_extract(c.content, '$.confidenceScore') AS score
                    FROM casebook_alert a JOIN casebook_alert_content c ON c.alert = a.seq
                    WHERE a.incident = ? ORDER BY a.seq
                    """)
            for id in incidents {
                findings[id] = try Row.fetchAll(statement, arguments: [id.rawValue]).map { row in
                    let level = (row["level"] as String?).flatMap(AlertConfidence.Level.init(rawValue:))
                    return IncidentFinding(
                        ruleID: row["rule"], displayName: row["name"], productName: row["product"],
                        alertType: row["type"] ?? "", severity: Severity(rank: row["severity"]),
                        confidence: level.map { AlertConfidence(level: $0, score: row["score"]) })
                }
            }
            return findings
        }
    }
}
