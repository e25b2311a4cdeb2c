public import KQLValues
public import Sigma

/// A Sigma rule or correlation as a KQL query.
public struct SigmaConversion: Sendable {
    /// The rule's id.
    public var id: String
    public var title: String
    /// nil when a finding of gravity `error` says why there is none.
    public var query: String?
    /// The tables or functions that the query reads.
    public var tables: [String]
    /// What went wrong (`error`) and what the query does not say exactly (`warning`, `inexact`).
    public var findings: [SigmaFinding]
}

/// Converts Sigma rules to queries in the Kusto Query Language.
public struct SigmaConverter: Sendable {
    private let pipelines: [ProcessingPipeline]
    private let columns: @Sendable (String) -> [String: KQLType]?

    /// - Parameters:
    ///   - pipelines: applied by their priority.
    ///   - columns: the columns of a table or tabular function; nil when it is not known: fields then keep their names.
    public init(pipelines: [ProcessingPipeline], columns: @escaping @Sendable (String) -> [String: KQLType]?) {
        self.pipelines = pipelines
        self.columns = columns
    }

    /// The query that gives the events which the rule matches.
    public func convert(_ rule: SigmaRule) -> SigmaConversion {
        var fields: [String: FieldExpression] = [:]
        return convert(rule, fields: &fields)
    }

    /// The query that gives a row for each match of the correlation: its time, group and value.
    ///
    /// - Parameter reading: holds the rules and correlations that it joins, linked.
    public func convert(_ correlation: SigmaCorrelation, in reading: SigmaReading) -> SigmaConversion {
        var text = CorrelationText(converter: self, reading: reading)
        let query = text.query(correlation)
        let hasFailed = text.findings.contains { $0.gravity == .error }
        return SigmaConversion(
            id: correlation.header.id, title: correlation.header.title, query: hasFailed ? nil : query,
            tables: text.tables.sorted(), findings: text.findings)
    }

    /// Converts and tells, for the keys of `fields`, what stands for these fields in the query.
    func convert(_ rule: SigmaRule, fields: inout [String: FieldExpression], wanted: [String] = []) -> SigmaConversion {
        var rule = rule
        let position = rule.position
        for (number, field) in wanted.enumerated() {
            let item = SigmaItem(field: field, tests: [.exists(true)], position: position)
            rule.detections.append(SigmaNamedDetection(name: "__field\(number)", detection: .item(item)))
        }
        let run = PipelineRun(rule, pipelines: pipelines)
        var result = SigmaConversion(id: rule.id, title: rule.title, query: nil, tables: [], findings: run.findings)
        guard !run.findings.contains(where: { $0.gravity == .error }) else { return result }
        let tables = run.state["query_table"] ?? []
        guard !tables.isEmpty else {
            result.findings.append(
                SigmaFinding(
                    .error, .unmappedLogSource,
                    "no pipeline says which table has the events of \(rule.logSource.words)", at: position))
            return result
        }
        result.tables = tables
        let scope = FieldScope(
            columns: columnsOfAll(tables), otherFields: run.state["other_fields"]?.first, expressions: run.expressions)
        var condition = ConditionText(scope: scope, keywordColumns: run.state["keyword_fields"] ?? [])
        let conditions = condition.conditions(SigmaPredicate(run.rule))
        for (number, field) in wanted.enumerated() {
            let mapped = run.rule.detections.first { $0.name == "__field\(number)" }.flatMap { $0.detection.firstField }
            fields[field] = mapped.flatMap { scope.expression($0) }
        }
        result.findings += findings(of: condition, tables: tables, at: position)
        guard condition.missing.isEmpty else { return result }
        let source = tables.count == 1 ? tables[0] : "union \(tables.joined(separator: ", "))"
        result.query = ([source] + conditions.map { "| where \($0)" }).joined(separator: "\n")
        return result
    }

    private func findings(
        of condition: ConditionText, tables: [String], at position: SigmaPosition
    ) -> [SigmaFinding] {
        let names = tables.joined(separator: ", ")
        let missing = condition.missing.sorted().map {
            SigmaFinding(.error, .unmappedField, "\(names) has nothing for the field '\($0)'; map it", at: position)
        }
        return missing
            + condition.losses.sorted().map {
                SigmaFinding(.warning, .inexact, "\($0)", at: position)
            }
    }

    private func columnsOfAll(_ tables: [String]) -> [String: KQLType]? {
        var all: [String: KQLType] = [:]
        for table in tables {
            guard let columns = columns(table) else { return nil }
            all.merge(columns) { first, _ in first }
        }
        return all
    }
}

extension SigmaLogSource {
    /// The log source in words, such as `product windows, category process_creation`.
    var words: String {
        let parts = [("product", product), ("category", category), ("service", service)]
        let words = parts.compactMap { name, value in value.map { "\(name) \($0)" } }
        return words.isEmpty ? "a rule without log source" : words.joined(separator: ", ")
    }
}

extension SigmaDetection {
    /// The field of the first item.
    fileprivate var firstField: String? {
        switch self {
        case .item(let item): item.field
        case .all(let parts), .any(let parts): parts.lazy.compactMap(\.firstField).first
        }
    }
}
