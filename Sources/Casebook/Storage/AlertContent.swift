internal import Chronology
internal import JSON
internal import Vocabulary

/// The parts of an alert that are kept as one JSON text, beside the columns that queries need.
enum AlertContent {
    static func text(of alert: NewAlert) -> String { JSON.object(members(of: alert)).description }

    static func members(of alert: NewAlert) -> JSONObject {
        let details = JSONObject(
            alert.customDetails.map { ($0.key, JSON.array($0.value.map(JSON.string))) }, uniquingKeysWith: { $1 })
        let properties = JSONObject(
            alert.extendedProperties.map { ($0.key, JSON.string($0.value)) }, uniquingKeysWith: { $1 })
        var content: JSONObject = [
            "ruleName": .string(alert.ruleName), "alertType": .string(alert.alertType),
            "productComponentName": .string(alert.productComponentName), "vendorName": .string(alert.vendorName),
            "providerName": .string(alert.providerName), "providerAlertId": .string(alert.providerAlertID),
            "description": .string(alert.description), "compromisedEntity": .string(alert.compromisedEntity),
            "entities": .array(alert.entities.map(\.json)), "customDetails": .object(details),
            "extendedProperties": .object(properties),
            "remediationSteps": .array(alert.remediationSteps.map(JSON.string)),
            "alertLink": .string(alert.alertLink),
        ]
        if let confidence = alert.confidence {
            content["confidenceLevel"] = .string(confidence.level.rawValue)
            content["confidenceScore"] = confidence.score.map(JSON.double)
        }
        return content
    }

    static func read(_ content: JSON, into alert: inout NewAlert) {
        func text(_ key: String) -> String { content[key]?.stringValue ?? "" }
        alert.ruleName = text("ruleName")
        alert.alertType = text("alertType")
        alert.productComponentName = text("productComponentName")
        alert.vendorName = text("vendorName")
        alert.providerName = text("providerName")
        alert.providerAlertID = text("providerAlertId")
        alert.description = text("description")
        alert.compromisedEntity = text("compromisedEntity")
        alert.alertLink = text("alertLink")
        alert.entities = (content["entities"]?.arrayValue ?? []).compactMap(Entity.init(json:))
        alert.remediationSteps = texts(content["remediationSteps"])
        for (name, value) in content["extendedProperties"]?.objectValue ?? [:] {
            alert.extendedProperties[name] = value.stringValue ?? ""
        }
        for (name, values) in content["customDetails"]?.objectValue ?? [:] {
            alert.customDetails[name] = texts(values)
        }
        if let level = AlertConfidence.Level(rawValue: text("confidenceLevel")) {
            alert.confidence = AlertConfidence(level: level, score: content["confidenceScore"]?.doubleValue)
        }
    }

    /// What people look for in a stored content: description, entities and details; empty for what is no content.
    static func readableText(_ text: String) -> String {
        // A content that cannot be read is found all the same; only the snippet is missing.
        guard let content = try? JSON(parsing: text) else { return "" }
        let entities = (content["entities"]?.arrayValue ?? []).compactMap(Entity.init(json:))
        let values = entities.flatMap { $0.identifiers.sorted { $0.key < $1.key }.map(\.value) }
        let details = (content["customDetails"]?.objectValue ?? [:]).flatMap { texts($0.value) }
        let parts = [content["description"]?.stringValue ?? "", values.joined(separator: " · ")] + details
        return parts.filter { !$0.isEmpty }.joined(separator: " — ")
    }

    /// The first rows that fit the bounds, as a JSON array.
    static func evidenceText(_ rows: [JSON]) -> String {
        var text = "["
        for row in rows.prefix(CasebookLimits.evidenceRowsPerAlert) {
            let next = row.description
            guard text.utf8.count + next.utf8.count + 2 <= CasebookLimits.evidenceBytesPerAlert else { break }
            if text.utf8.count > 1 { text += "," }
            text += next
        }
        return text + "]"
    }

    private static func texts(_ json: JSON?) -> [String] {
        (json?.arrayValue ?? []).compactMap(\.stringValue)
    }
}

extension Entity {
    /// `{"kind":"Host","HostName":"srv-dc01"}`, identifiers in alphabetical order.
    var json: JSON {
        var object: JSONObject = ["kind": .string(kind.rawValue)]
        for (name, value) in identifiers.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        return .object(object)
    }

    init?(json: JSON) {
        guard var members = json.objectValue, let kind = EntityKind(rawValue: json["kind"]?.stringValue ?? "") else {
            return nil
        }
        members["kind"] = nil
        self.init(
            stored: kind,
            identifiers: Dictionary(
                members.compactMap { member in
                    member.value.stringValue.map { (member.key, $0) }
                }, uniquingKeysWith: { $1 }))
    }

    /// From a stored form, which is normal already.
    init(stored kind: EntityKind, identifiers: [String: String]) {
        self.kind = kind
        self.identifiers = identifiers
    }
}
