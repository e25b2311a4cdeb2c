internal import GRDB
internal import StateStore
public import Vocabulary

/// What an alert says of how sure it is; the part of it that priorities are made of.
public struct IncidentFinding: Sendable, Hashable {
    public var ruleID: String
    public var displayName: String
    public var productName: String
    /// A match of a threat indicator.
    public var isIndicatorMatch: Bool
    public var severity: Severity
    public var confidence: AlertConfidence?

    public init(
        ruleID: String, displayName: String, productName: String, isIndicatorMatch: Bool = false, severity: Severity,
        confidence: AlertConfidence? = nil
    ) {
        self.ruleID = ruleID
        self.displayName = displayName
        self.productName = productName
        self.isIndicatorMatch = isIndicatorMatch
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
            // Most alerts say nothing of their confidence: looking for the word costs less than reading the JSON.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT a.rule_id AS rule, a.display_name AS name, a.product AS product, a.severity AS severity,
                        instr(c.content, '"alertType":"ThreatIntelligence"') > 0 AS is_match,
                        CASE WHEN instr(c.content, '"confidenceLevel":') > 0
                            THEN json_extract(c.content, '$.confidenceLevel') END AS level,
                        CASE WHEN instr(c.content, '"confidenceScore":') > 0
                            THEN json_extract(c.content, '$.confidenceScore') END AS score
                    FROM casebook_alert a JOIN casebook_alert_content c ON c.alert = a.seq
                    WHERE a.incident = ? ORDER BY a.seq
                    """)
            for id in incidents {
                findings[id] = try statement.all([id.rawValue]) { row in
                    let level = (row["level"] as String?).flatMap(AlertConfidence.Level.init(rawValue:))
                    return IncidentFinding(
                        ruleID: row["rule"], displayName: row["name"], productName: row["product"],
                        isIndicatorMatch: row["is_match"], severity: Severity(rank: row["severity"]),
                        confidence: level.map { AlertConfidence(level: $0, score: row["score"]) })
                }
            }
            return findings
        }
    }
}
