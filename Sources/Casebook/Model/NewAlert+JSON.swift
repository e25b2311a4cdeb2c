internal import Chronology
public import JSON
internal import Vocabulary

extension NewAlert {
    /// The alert with everything in it, in which it travels from a sensor to the hub.
    public var json: JSON {
        var members = AlertContent.members(of: self)
        members["id"] = id.map { .string($0.rawValue) }
        members["ruleId"] = .string(ruleID)
        members["productName"] = .string(productName)
        members["displayName"] = .string(displayName)
        members["severity"] = .string(severity.rawValue)
        members["tactics"] = .array(tactics.map { .string($0.rawValue) })
        members["techniques"] = .array(techniques.map { .string($0) })
        members["startTimeUtc"] = .string(startTime.formatted(fractionDigits: 7))
        members["endTimeUtc"] = .string(endTime.formatted(fractionDigits: 7))
        members["timeGenerated"] = .string(generatedTime.formatted(fractionDigits: 7))
        members["evidence"] = .array(Array(evidence.prefix(CasebookLimits.evidenceRowsPerAlert)))
        return .object(members)
    }

    /// Reads an alert.
    ///
    /// - Throws: `CasebookError` with code `invalidField` for one that lacks its name, severity or times.
    public init(json: JSON) throws(CasebookError) {
        func text(_ key: String) throws(CasebookError) -> String {
            guard let text = json[key]?.stringValue, !text.isEmpty else {
                throw CasebookError(.invalidField, field: key, "the alert has no '\(key)'")
            }
            return text
        }
        func time(_ key: String) throws(CasebookError) -> Instant {
            guard let instant = Instant(iso8601: try text(key)) else {
                throw CasebookError(.invalidField, field: key, "'\(key)' is no time by ISO 8601")
            }
            return instant
        }
        guard let severity = Severity(lenient: try text("severity")) else {
            throw CasebookError(.invalidField, field: "severity", "'severity' is none of Sentinel's severities")
        }
        self.init(
            displayName: try text("displayName"), severity: severity, startTime: try time("startTimeUtc"),
            endTime: try time("endTimeUtc"), generatedTime: try time("timeGenerated"))
        AlertContent.read(json, into: &self)
        id = json["id"]?.stringValue.map { AlertID($0) }
        ruleID = json["ruleId"]?.stringValue ?? ""
        productName = json["productName"]?.stringValue ?? productName
        tactics = (json["tactics"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { Tactic(lenient: $0) } }
        techniques = (json["techniques"]?.arrayValue ?? []).compactMap(\.stringValue)
        evidence = json["evidence"]?.arrayValue ?? []
    }
}
