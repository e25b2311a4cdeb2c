internal import Chronology
internal import JSON
internal import Vocabulary

/// How a digest lies in its incident's row.
extension IncidentDigest {
    var text: String {
        let json: JSON = [
            "lead": [
                "id": .string(lead.id.rawValue), "severity": .int(Int64(lead.severity.rank)),
                "start": .int(lead.start.ticks), "name": .string(lead.displayName),
                "principal": .string(lead.principal),
            ],
            "severity": .int(Int64(severity.rank)), "tactics": .array(tactics.map { .string($0.rawValue) }),
            "techniques": .array(techniques.map(JSON.string)), "first": .int(firstActivity.ticks),
            "last": .int(lastActivity.ticks), "rules": .array(ruleIDs.map(JSON.string)),
            "products": .array(products.map(JSON.string)),
        ]
        return json.description
    }

    /// Nil for an incident without alerts, whose text is empty.
    init?(text: String) throws {
        guard !text.isEmpty else { return nil }
        let json = try JSON(parsing: text)
        func texts(_ key: String) -> [String] { (json[key]?.arrayValue ?? []).compactMap(\.stringValue) }
        guard let lead = json["lead"].flatMap(Lead.init(json:)), let severity = json["severity"]?.intValue,
            let first = json["first"]?.intValue, let last = json["last"]?.intValue
        else { throw CasebookError(.storage, "an incident's digest is malformed; restore the database from a backup") }
        self.init(
            lead: lead, severity: Severity(rank: Int(severity)),
            tactics: texts("tactics").compactMap(Tactic.init(rawValue:)), techniques: texts("techniques"),
            firstActivity: Instant(ticks: first), lastActivity: Instant(ticks: last), ruleIDs: texts("rules"),
            products: texts("products"))
    }
}

extension IncidentDigest.Lead {
    fileprivate init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let severity = json["severity"]?.intValue,
            let start = json["start"]?.intValue
        else { return nil }
        self.init(
            id: AlertID(id), severity: Severity(rank: Int(severity)), start: Instant(ticks: start),
            displayName: json["name"]?.stringValue ?? "", principal: json["principal"]?.stringValue ?? "")
    }
}
