internal import Chronology
public import JSON
public import Sigma

/// Why something is no hit of a Sigma rule.
public struct InvalidHit: Error, Sendable, CustomStringConvertible {
    /// The member that is wrong.
    public let field: String
    public let description: String
}

extension SigmaHit {
    private static let mostNameBytes = 1_024
    /// So that timespans can be added without overflow.
    private static let times =
        Instant.min.unixMicroseconds.floorDivided(by: 1_000)...Instant.max.unixMicroseconds.floorDivided(by: 1_000)

    /// Reads `{"rule": "…", "event": "…", "time": 1763633045000, "values": {"ipaddress": "…"}, "payload": "…"}`.
    public init(json: JSON) throws(InvalidHit) {
        func name(_ field: String) throws(InvalidHit) -> String {
            guard let text = json[field]?.stringValue, !text.isEmpty, text.utf8.count <= Self.mostNameBytes else {
                throw InvalidHit(
                    field: field, description: "'\(field)' must be a text of 1 to \(Self.mostNameBytes) bytes")
            }
            return text
        }
        guard let time = json["time"]?.intValue, Self.times.contains(time) else {
            throw InvalidHit(field: "time", description: "'time' must be milliseconds since 1970")
        }
        self.init(
            rule: try name("rule"), time: time, event: try name("event"),
            values: Self.values(json["values"] ?? [:]), payload: json["payload"]?.stringValue ?? "")
    }

    /// The form in which a sensor hands it on.
    public var json: JSON {
        [
            "rule": .string(rule), "event": .string(event), "time": .int(time), "values": valuesJSON,
            "payload": .string(payload),
        ]
    }

    /// The values of its fields, in order of name.
    var valuesJSON: JSON {
        var object = JSONObject()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        return .object(object)
    }

    /// Reads what `valuesJSON` gives.
    static func values(_ json: JSON) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in json.objectValue ?? [:] { values[name] = value.stringValue }
        return values
    }
}
