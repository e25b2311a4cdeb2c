/// Makes a correlation of a YAML map, collecting findings.
struct SigmaCorrelationBuilder {
    let header: SigmaHeader
    private(set) var findings: [SigmaFinding]

    private static let longestTimespan: Int64 = 366 * 86_400

    init(_ mapping: YAMLMapping, position: SigmaPosition) {
        var findings: [SigmaFinding] = []
        header = SigmaHeader(mapping, position: position, findings: &findings)
        self.findings = findings
    }

    /// The correlation, or nil when findings of gravity `error` forbid it.
    mutating func build(_ value: YAMLValue) -> SigmaCorrelation? {
        guard let parts = value.mapping else {
            return fail(.invalidValue, "'correlation' is a map of type, rules, group-by, timespan and condition", value)
        }
        guard let kind = parts["type"]?.text.flatMap({ SigmaCorrelation.Kind(rawValue: $0.lowercased()) }) else {
            let known = SigmaCorrelation.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            return fail(.invalidValue, "the correlation's 'type' is none of \(known)", parts["type"] ?? value)
        }
        let rules = parts["rules"]?.texts ?? []
        if rules.isEmpty { return fail(.missingField, "'rules' with the rules to correlate is missing", value) }
        guard let timespan = Self.seconds(parts["timespan"]?.text ?? parts["timeframe"]?.text ?? "") else {
            return fail(
                .invalidValue, "'timespan' is a number with s, m, h or d, at most a year, such as 15m",
                parts["timespan"] ?? value)
        }
        var correlation = SigmaCorrelation(
            header: header, kind: kind, rules: rules, groupBy: parts["group-by"]?.texts ?? [], timespan: timespan,
            bounds: [], fields: [], aliases: aliases(parts["aliases"]),
            generates: ["true", "yes"].contains((parts["generate"]?.text ?? "").lowercased()))
        readCondition(parts["condition"], into: &correlation, at: value)
        return findings.contains { $0.gravity == .error } ? nil : correlation
    }

    private mutating func readCondition(
        _ condition: YAMLValue?, into correlation: inout SigmaCorrelation, at place: YAMLValue
    ) {
        let members = condition?.mapping?.members ?? []
        for (key, value) in members {
            if key == "field" || key == "fields" {
                correlation.fields = value.texts
            } else if key == "percentile" {
                guard let number = value.text.flatMap({ Double($0) }), (0...100).contains(number) else {
                    report(.invalidValue, "'percentile' is a number from 0 to 100", value)
                    continue
                }
                correlation.percentile = number
            } else if let relation = SigmaCorrelation.Relation(rawValue: key.lowercased()) {
                guard let number = value.text.flatMap({ Double($0) }), number.isFinite else {
                    report(.invalidValue, "'\(key)' needs a number", value)
                    continue
                }
                correlation.bounds.append(.init(relation: relation, value: number))
            } else {
                let known = SigmaCorrelation.Relation.allCases.map(\.rawValue).joined(separator: ", ")
                report(.invalidCondition, "'\(key)' is not known here; there are: field, \(known)", value)
            }
        }
        if correlation.kind.needsField && correlation.fields.isEmpty {
            report(.missingField, "\(correlation.kind.rawValue) needs 'field' in its condition", condition ?? place)
        }
        guard correlation.bounds.isEmpty else { return }
        switch correlation.kind {
        case .temporal, .temporalOrdered:
            correlation.bounds = [.init(relation: .greaterOrEqual, value: Double(Set(correlation.rules).count))]
        default:
            report(.missingField, "the condition needs a bound, such as 'gte: 10'", condition ?? place)
        }
    }

    private mutating func aliases(_ value: YAMLValue?) -> [String: [String: String]] {
        var aliases: [String: [String: String]] = [:]
        for (alias, fields) in value?.mapping?.members ?? [] {
            guard let members = fields.mapping?.members else {
                report(.invalidValue, "the alias '\(alias)' is a map from rules to their fields", fields)
                continue
            }
            for (rule, field) in members { aliases[alias, default: [:]][rule] = field.text }
        }
        return aliases
    }

    /// The seconds of `90s`, `15m`, `2h`, `1d`, `1w`; nil for what is no such text.
    static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), number > 0,
            number <= longestTimespan / unit
        else { return nil }
        return number * unit
    }

    private mutating func fail(
        _ code: SigmaFinding.Code, _ message: String, _ place: YAMLValue
    ) -> SigmaCorrelation? {
        report(code, message, place)
        return nil
    }

    private mutating func report(_ code: SigmaFinding.Code, _ message: String, _ place: YAMLValue) {
        findings.append(SigmaFinding(.error, code, message, at: place.position))
    }
}
