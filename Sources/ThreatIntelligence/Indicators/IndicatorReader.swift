public import Chronology
public import JSON

/// Reads indicators out of STIX 2.1 bundles, Sentinel's request bodies, and CSV.
public struct IndicatorReader: Sendable {
    /// What indicators say of nothing else.
    public struct Defaults: Sendable, Hashable {
        /// The feed's name where the text gives none.
        public var source: String
        /// When those begin to be valid that do not say.
        public var now: Instant

        public init(source: String, now: Instant) {
            self.source = source
            self.now = now
        }
    }

    private let defaults: Defaults

    public init(_ defaults: Defaults) {
        self.defaults = defaults
    }

    /// Reads a text, JSON or CSV by its first character.
    public func read(_ text: String) -> IndicatorReading {
        let first = text.first { !$0.isWhitespace && $0 != "\u{FEFF}" }
        guard first == "{" || first == "[" else { return CSVIndicators(defaults: defaults).read(text) }
        do {
            return read(try JSON(parsing: text.drop { $0 == "\u{FEFF}" }.utf8))
        } catch {
            var reading = IndicatorReading()
            reading.refuse("the file", error.description)
            return reading
        }
    }

    /// Reads a STIX object, a bundle, a list of objects, or a body of Sentinel's upload or `createIndicator` API.
    public func read(_ json: JSON) -> IndicatorReading {
        var reading = IndicatorReading()
        var source = defaults.source
        if let given = (json["sourcesystem"] ?? json["sourceSystem"])?.stringValue, !given.isEmpty { source = given }
        let lists = ["objects", "stixobjects", "stixObjects", "indicators", "value"]
        let objects = json.arrayValue ?? lists.lazy.compactMap { json[$0]?.arrayValue }.first ?? [json]
        for (position, object) in objects.enumerated() {
            let place = "object \(position + 1)"
            if object["properties"]?["pattern"] != nil {
                read(SentinelFields(object), place, source, into: &reading)
            } else if object["type"]?.stringValue == "indicator" || object["pattern"] != nil {
                read(StixFields(object), place, source, into: &reading)
            } else if objects.count == 1, object["type"]?.stringValue != "bundle" {
                reading.refuse(place, "neither a STIX indicator nor a body of the Sentinel API")
            }
        }
        return reading
    }

    private func read(
        _ fields: some IndicatorFields, _ place: String, _ source: String, into reading: inout IndicatorReading
    ) {
        let type = fields.text(.patternType) ?? "stix"
        guard let text = fields.text(.pattern), !text.isEmpty else {
            return reading.refuse(place, "the indicator has no pattern")
        }
        guard !["sigma", "yara", "snort", "suricata", "pcre"].contains(type.lowercased()) else {
            return reading.refuse(place, "a pattern in the language \(type) cannot be matched; give it in STIX")
        }
        do {
            let reduction = PatternReduction(try StixPattern(parsing: text))
            add(fields, text, reduction, place, source, into: &reading)
        } catch {
            // Sentinel's createIndicator also takes a bare value with its type.
            if let kind = ObservableKind(lenient: type), let observable = try? Observable(kind, text) {
                var reduction = PatternReduction(.or([]))
                reduction.terms = [IndicatorTerm(observable)]
                add(fields, observable.pattern, reduction, place, source, into: &reading)
            } else {
                reading.refuse(place, error.description)
            }
        }
    }

    private func add(
        _ fields: some IndicatorFields, _ pattern: String, _ reduction: PatternReduction, _ place: String,
        _ source: String, into reading: inout IndicatorReading
    ) {
        guard !reduction.terms.isEmpty else {
            let what = reduction.unmatched.first.map { ": " + $0.shortened } ?? ""
            return reading.refuse(place, "nothing in the pattern is an observable that events are matched on\(what)")
        }
        let end = fields.time(.validUntil) ?? reduction.stop
        // What does not say since when it is valid is so from now on, or was so before it ended.
        let assumed = min(defaults.now, end.map { $0 - TimeSpan(ticks: 1) } ?? defaults.now)
        var indicator = Indicator(
            id: fields.text(.id) ?? "", source: fields.text(.source) ?? source, pattern: pattern,
            terms: reduction.terms, validFrom: fields.time(.validFrom) ?? reduction.start ?? assumed)
        indicator.validUntil = end
        if let end = indicator.validUntil, end <= indicator.validFrom {
            return reading.refuse(place, "valid until \(end), which is not after its beginning \(indicator.validFrom)")
        }
        indicator.name = fields.text(.name) ?? ""
        indicator.details = fields.text(.details) ?? ""
        indicator.confidence = fields.number(.confidence).map { min(100, max(0, $0)) }
        indicator.isRevoked = fields.flag(.revoked)
        indicator.labels = fields.texts(.labels)
        indicator.threatTypes = fields.texts(.threatTypes)
        indicator.phases = fields.phases
        indicator.created = fields.time(.created)
        indicator.modified = fields.time(.modified)
        reading.indicators.append(indicator)
        if !reduction.unmatched.isEmpty {
            reading.faults.append(
                .init(
                    place: place, message: "part of the pattern is not matched: \(reduction.unmatched[0].shortened)",
                    isError: false))
        }
    }
}

/// The fields that the shapes of an indicator have in common.
enum IndicatorField: Sendable, Hashable {
    case id, name, details, source, pattern, patternType, validFrom, validUntil, confidence, revoked, labels
    case threatTypes, created, modified
}

/// An indicator in one of the JSON shapes.
protocol IndicatorFields {
    func value(_ field: IndicatorField) -> JSON?
    var phases: [Indicator.Phase] { get }
}

extension IndicatorFields {
    func text(_ field: IndicatorField) -> String? {
        guard let text = value(field)?.stringValue, !text.isEmpty else { return nil }
        return text
    }

    func time(_ field: IndicatorField) -> Instant? { text(field).flatMap { Instant(iso8601: $0) } }

    func number(_ field: IndicatorField) -> Int? {
        value(field)?.doubleValue.flatMap { Int(exactly: $0.rounded()) }
    }

    func flag(_ field: IndicatorField) -> Bool { value(field)?.boolValue ?? false }

    func texts(_ field: IndicatorField) -> [String] {
        (value(field)?.arrayValue ?? []).prefix(100).compactMap(\.stringValue)
    }

    func phases(_ list: JSON?, chain: String, name: String) -> [Indicator.Phase] {
        (list?.arrayValue ?? []).prefix(100).compactMap { phase in
            guard let text = phase[name]?.stringValue else { return nil }
            return Indicator.Phase(chain: phase[chain]?.stringValue ?? "", name: text)
        }
    }
}

/// A STIX 2.1 indicator.
private struct StixFields: IndicatorFields {
    let object: JSON

    init(_ object: JSON) { self.object = object }

    func value(_ field: IndicatorField) -> JSON? {
        switch field {
        case .id: object["id"]
        case .name: object["name"]
        case .details: object["description"]
        case .source: nil
        case .pattern: object["pattern"]
        case .patternType: object["pattern_type"]
        case .validFrom: object["valid_from"]
        case .validUntil: object["valid_until"]
        case .confidence: object["confidence"]
        case .revoked: object["revoked"]
        case .labels: object["labels"]
        case .threatTypes: object["indicator_types"]
        case .created: object["created"]
        case .modified: object["modified"]
        }
    }

    var phases: [Indicator.Phase] {
        phases(object["kill_chain_phases"], chain: "kill_chain_name", name: "phase_name")
    }
}

/// Sentinel's resource of kind `indicator`.
private struct SentinelFields: IndicatorFields {
    let object: JSON
    private var properties: JSON { object["properties"] ?? .null }

    init(_ object: JSON) { self.object = object }

    func value(_ field: IndicatorField) -> JSON? {
        switch field {
        case .id: properties["externalId"] ?? object["name"]
        case .name: properties["displayName"]
        case .details: properties["description"]
        case .source: properties["source"]
        case .pattern: properties["pattern"]
        case .patternType: properties["patternType"]
        case .validFrom: properties["validFrom"]
        case .validUntil: properties["validUntil"]
        case .confidence: properties["confidence"]
        case .revoked: properties["revoked"]
        case .labels: properties["threatIntelligenceTags"] ?? properties["labels"]
        case .threatTypes: properties["threatTypes"]
        case .created: properties["created"]
        case .modified: properties["modified"]
        }
    }

    var phases: [Indicator.Phase] {
        phases(properties["killChainPhases"], chain: "killChainName", name: "phaseName")
    }
}
