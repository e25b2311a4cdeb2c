internal import Chronology
internal import Delimited

/// Reads indicators out of CSV with a header, or a plain list of one value a line.
struct CSVIndicators {
    let defaults: IndicatorReader.Defaults

    private enum Column: CaseIterable {
        case value, kind, name, details, confidence, validFrom, validUntil, labels, source, revoked, id, threatType

        /// Names that headers give this column, without blanks, hyphens and underscores.
        var names: [String] {
            switch self {
            case .value: ["value", "indicator", "observable", "ioc", "iocvalue", "pattern", "observablevalue"]
            case .kind: ["type", "kind", "ioctype", "indicatortype", "observabletype", "patterntype"]
            case .name: ["name", "displayname", "title"]
            case .details: ["description", "comment", "details", "note"]
            case .confidence: ["confidence", "confidencescore", "confidencelevel", "score"]
            case .validFrom: ["validfrom", "firstseen", "firstseenutc", "created", "starttime", "date", "dateadded"]
            case .validUntil:
                ["validuntil", "expires", "expiration", "expirationdatetime", "expirationdate", "validto"]
            case .labels: ["labels", "tags", "label", "tag"]
            case .source: ["source", "feed", "provider", "sourcesystem"]
            case .revoked: ["revoked", "isrevoked"]
            case .id: ["id", "indicatorid", "externalid"]
            case .threatType: ["threattype", "threattypes", "threat", "category"]
            }
        }

        init?(header: String) {
            let word = header.lowercased().filter { $0.isLetter || $0.isNumber }
            guard let column = Column.allCases.first(where: { $0.names.contains(word) }) else { return nil }
            self = column
        }
    }

    func read(_ text: String) -> IndicatorReading {
        var reading = IndicatorReading()
        var columns: [Column: Int]?
        for row in CSVRows(text) {
            guard let first = row.fields.first, !row.fields.allSatisfy(\.isEmpty) else { continue }
            if first.hasPrefix("#") || first.hasPrefix("//") { continue }
            guard let known = columns else {
                let header = Self.header(row.fields)
                columns = header ?? [.value: 0]
                if header == nil { add(row, [.value: 0], to: &reading) }
                continue
            }
            add(row, known, to: &reading)
        }
        return reading
    }

    private static func header(_ fields: [String]) -> [Column: Int]? {
        var columns: [Column: Int] = [:]
        for (position, field) in fields.enumerated() {
            if let column = Column(header: field), columns[column] == nil { columns[column] = position }
        }
        return columns[.value] == nil ? nil : columns
    }

    private func add(_ row: CSVRows.Row, _ columns: [Column: Int], to reading: inout IndicatorReading) {
        func field(_ column: Column) -> String? {
            guard let position = columns[column], row.fields.indices.contains(position) else { return nil }
            let text = row.fields[position]
            return text.isEmpty ? nil : text
        }
        let place = "line \(row.line)"
        guard let value = field(.value) else { return reading.refuse(place, "there is no value") }
        do {
            let (pattern, terms) = try pattern(value, kind: field(.kind))
            var indicator = Indicator(
                id: field(.id) ?? "", source: field(.source) ?? defaults.source, pattern: pattern, terms: terms,
                validFrom: field(.validFrom).flatMap { Instant(iso8601: $0) } ?? defaults.now)
            if let text = field(.validUntil) {
                guard let end = Instant(iso8601: text) else {
                    return reading.refuse(place, "'\(text.shortened)' is no time such as 2026-01-31T00:00:00Z")
                }
                indicator.validUntil = end
            }
            indicator.name = field(.name) ?? ""
            indicator.details = field(.details) ?? ""
            indicator.confidence = field(.confidence).flatMap { Double($0) }.map { Int(min(100, max(0, $0))) }
            indicator.isRevoked = ["true", "1", "yes"].contains(field(.revoked)?.lowercased() ?? "")
            indicator.labels = Self.list(field(.labels))
            indicator.threatTypes = Self.list(field(.threatType))
            reading.indicators.append(indicator)
        } catch {
            reading.refuse(place, "\(error)")
        }
    }

    private func pattern(_ value: String, kind: String?) throws -> (String, [IndicatorTerm]) {
        if value.hasPrefix("["), value.hasSuffix("]") {
            let reduction = PatternReduction(try StixPattern(parsing: value))
            guard !reduction.terms.isEmpty else {
                throw ObservableError("nothing in the pattern is an observable that events are matched on")
            }
            return (value, reduction.terms)
        }
        let observable =
            try kind.flatMap(ObservableKind.init(lenient:)).map { try Observable($0, value) }
            ?? Observable(detecting: value)
        return (observable.pattern, [IndicatorTerm(observable)])
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split { $0 == ";" || $0 == "|" || $0 == "," }.map { part in
            String(part.drop(while: \.isWhitespace))
        }.filter { !$0.isEmpty }
    }
}
