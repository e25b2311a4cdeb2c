internal import KQLSyntax
internal import Sigma

/// Spells a correlation as a query: the matches of its rules, gathered by group and span of time.
struct CorrelationText {
    let converter: SigmaConverter
    let reading: SigmaReading
    private(set) var findings: [SigmaFinding] = []
    private(set) var tables: Set<String> = []

    /// Correlations of correlations nest no deeper.
    private static let deepest = 8

    init(converter: SigmaConverter, reading: SigmaReading) {
        self.converter = converter
        self.reading = reading
    }

    /// The query; of no use when there are findings of gravity `error`.
    mutating func query(_ correlation: SigmaCorrelation) -> String {
        let query = text(correlation, depth: 0)
        findings.append(
            SigmaFinding(
                .warning, .inexact,
                "the spans of \(correlation.timespan) s follow each other in the query; in the stream the span slides",
                at: correlation.header.position))
        return query
    }

    private mutating func text(_ correlation: SigmaCorrelation, depth: Int) -> String {
        guard depth < Self.deepest else {
            fail("correlations nest deeper than \(Self.deepest)", correlation)
            return ""
        }
        var seen: Set<String> = []
        let references = correlation.rules.filter { seen.insert($0).inserted }
        let sources = references.enumerated().map { number, reference in
            source(reference, number: number, of: correlation, depth: depth)
        }
        let groups = correlation.groupBy.map(KQLText.column)
        var lines = [sources.count == 1 ? sources[0] : Self.union(sources)]
        if !groups.isEmpty {
            lines.append("| where " + groups.map { "isnotempty(\($0))" }.joined(separator: " and "))
        }
        if correlation.kind.needsField { lines.append("| where isnotempty(Value)") }
        if correlation.kind == .temporalOrdered { lines.append("| order by TimeGenerated asc") }
        lines.append("| summarize StartTime = min(TimeGenerated), EndTime = max(TimeGenerated), Events = count(),")
        lines.append("    Rules = make_set(Rule), Value = \(Self.aggregate(correlation))")
        lines.append(
            "    by " + (groups + ["Span = bin(TimeGenerated, \(correlation.timespan)s)"]).joined(separator: ", "))
        lines.append("| where " + condition(correlation, references))
        return lines.joined(separator: "\n")
    }

    /// The matches of one rule with their time, group and value.
    private mutating func source(
        _ reference: String, number: Int, of correlation: SigmaCorrelation, depth: Int
    ) -> String {
        let names = correlation.groupBy + correlation.fields
        var fields: [String: String] = [:]
        let query: String
        if let rule = reading.rules.first(where: { $0.id == reference || $0.name == reference }) {
            var expressions: [String: FieldExpression] = [:]
            let wanted = names.map { correlation.field($0, of: reference) }
            let conversion = converter.convert(rule, fields: &expressions, wanted: wanted)
            findings += conversion.findings
            tables.formUnion(conversion.tables)
            for (name, field) in zip(names, wanted) { fields[name] = expressions[field]?.text }
            query = conversion.query ?? ""
        } else if let inner = reading.correlations.first(where: {
            $0.header.id == reference || $0.header.name == reference
        }) {
            for name in names {
                let field = correlation.field(name, of: reference)
                if inner.groupBy.contains(field) { fields[name] = KQLText.column(field) }
            }
            query = text(inner, depth: depth + 1) + "\n| extend TimeGenerated = EndTime"
        } else {
            fail("the correlation names the rule '\(reference)', which is not among those given", correlation)
            return ""
        }
        for name in names where fields[name] == nil {
            fail("the events of '\(reference)' have nothing for the field '\(name)'", correlation)
        }
        var columns = ["TimeGenerated", "Rule = \(KQLText.literal(Self.mark(number)))"]
        columns += correlation.groupBy.map { "\(KQLText.column($0)) = \(fields[$0] ?? "''")" }
        let values = correlation.fields.compactMap { fields[$0] }
        if values.count == 1 { columns.append("Value = \(values[0])") }
        if values.count > 1 { columns.append("Value = strcat(\(values.joined(separator: ", \"|\", ")))") }
        return query + "\n| project " + columns.joined(separator: ", ")
    }

    private static func union(_ sources: [String]) -> String {
        let indented = sources.map { source in
            "(" + source.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ") + ")"
        }
        return "union\n    " + indented.joined(separator: ",\n    ")
    }

    /// A letter that stands for the rule in `Rules`, in the order in which the correlation names it.
    private static func mark(_ number: Int) -> String {
        number < 26 ? String(UnicodeScalar(UInt8(65 + number))) : "<\(number)>"
    }

    private static func aggregate(_ correlation: SigmaCorrelation) -> String {
        switch correlation.kind {
        case .eventCount: "count()"
        case .valueCount: "count_distinct(Value)"
        case .temporal: "count_distinct(Rule)"
        case .temporalOrdered: "strcat_array(make_list(Rule), '')"
        case .valueSum: "sum(todouble(Value))"
        case .valueAverage: "avg(todouble(Value))"
        case .valuePercentile: "percentile(todouble(Value), \(KQLText.number(correlation.percentile)))"
        case .valueMedian: "percentile(todouble(Value), 50)"
        }
    }

    private func condition(_ correlation: SigmaCorrelation, _ references: [String]) -> String {
        if correlation.kind == .temporalOrdered {
            let marks = correlation.rules.compactMap { references.firstIndex(of: $0) }.map(Self.mark)
            return "Value matches regex \(KQLText.literal(marks.joined(separator: ".*")))"
        }
        return correlation.bounds.map { "Value \(Self.sign($0.relation)) \(KQLText.number($0.value))" }
            .joined(separator: " and ")
    }

    private static func sign(_ relation: SigmaCorrelation.Relation) -> String {
        switch relation {
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .less: "<"
        case .lessOrEqual: "<="
        case .equal: "=="
        case .unequal: "!="
        }
    }

    private mutating func fail(_ message: String, _ correlation: SigmaCorrelation) {
        findings.append(SigmaFinding(.error, .unsupported, message, at: correlation.header.position))
    }
}
