internal import Chronology
internal import JSON
internal import Vocabulary

extension ServiceLevelTimer {
    var json: JSON {
        var clocks: JSONObject = [:]
        for target in ServiceTarget.allCases {
            guard let clock = self.clocks[target] else { continue }
            clocks[target.rawValue] = [
                "used": .int(clock.used.ticks), "since": clock.since.map { .int($0.ticks) } ?? .null,
                "met": clock.met.map { .int($0.ticks) } ?? .null, "isWarned": .bool(clock.isWarned),
                "isBreached": .bool(clock.isBreached),
            ]
        }
        return [
            "level": level.map { .string($0) } ?? .null, "severity": .string(severity.rawValue),
            "score": .int(Int64(score)), "clocks": .object(clocks),
        ]
    }

    init?(json: JSON) {
        guard let severity = json["severity"]?.stringValue.flatMap(Severity.init(rawValue:)) else { return nil }
        var clocks: [ServiceTarget: Clock] = [:]
        for target in ServiceTarget.allCases {
            guard let stored = json["clocks"]?[target.rawValue] else { continue }
            var clock = Clock()
            clock.used = TimeSpan(ticks: stored["used"]?.intValue ?? 0)
            clock.since = stored["since"]?.intValue.map(Instant.init(ticks:))
            clock.met = stored["met"]?.intValue.map(Instant.init(ticks:))
            clock.isWarned = stored["isWarned"]?.boolValue ?? false
            clock.isBreached = stored["isBreached"]?.boolValue ?? false
            clocks[target] = clock
        }
        self.init(
            level: json["level"]?.stringValue, severity: severity,
            score: json["score"]?.intValue.flatMap { Int(exactly: $0) } ?? 0, clocks: clocks)
    }
}
