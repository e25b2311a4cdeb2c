internal import Casebook
internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import Vocabulary

/// Makes the rows of a behaviour's destination of what one run of its query gave.
///
/// The rows depend only on the behaviour, the run and the results, so that a run made again after a crash makes the same.
struct BehaviorRows {
    /// More are not written: a behaviour that finds so much unusual finds nothing.
    static let mostPerRun = 1_000

    let behavior: Behavior
    let run: RuleSchedule.Run
    /// The destination's columns as they are stored.
    let schema: TableSchema

    /// The rows, the most unusual ones when there are too many; nil when there are none.
    func batch(of results: Table) -> EventBatch? {
        guard results.rowCount > 0 else { return nil }
        var repetitions: [String: Int] = [:]
        let rows = mostUnusual((0..<results.rowCount).map { ResultRow(table: results, row: $0) }).map { row in
            let content = row.json.description
            repetitions[content, default: 0] += 1
            return cells(of: row, id: identifier(content, repetition: repetitions[content] ?? 1))
        }
        return EventBatch(
            table: behavior.destination.rawValue,
            rows: Table(
                schema: schema,
                rows: rows.map { cells in schema.columns.map { cells[$0.name] ?? .missing($0.type) } }))
    }

    private func mostUnusual(_ rows: [ResultRow]) -> [ResultRow] {
        guard rows.count > Self.mostPerRun else { return rows }
        let column =
            switch behavior.destination {
            case .anomalies: "Score"
            case .behaviorAnalytics: "InvestigationPriority"
            }
        func rank(_ row: ResultRow) -> Double {
            if case .real(let number)? = row.value(column).map({ $0.converted(to: .real) }) { number } else { 0 }
        }
        return Array(rows.sorted { rank($0) > rank($1) }.prefix(Self.mostPerRun))
    }

    private func identifier(_ content: String, repetition: Int) -> String {
        StableIdentifier.make([
            "behavior", behavior.id, String(run.window.end.ticks), String(repetition), content,
        ])
    }

    private func cells(of row: ResultRow, id: String) -> [String: Value] {
        var cells = constants(id: id)
        var further = JSONObject()
        for (column, values) in zip(row.table.schema.columns, row.table.columns) {
            let value = values[row.row]
            if value.isNull { continue }
            if let type = schema.columns.first(where: { $0.name == column.name })?.type {
                cells[column.name] = value.converted(to: type)
            } else {
                further[column.name] = ResultRow.json(value)
            }
        }
        if !further.isEmpty { cells[propertiesColumn] = merged(cells[propertiesColumn], further) }
        if behavior.destination == .anomalies {
            if cells["Entities"] == nil { cells["Entities"] = .dynamic(entities(of: row)) }
            if case .real(let score)? = cells["Score"] { cells["Score"] = .real(min(max(score, 0), 1)) }
            // The table says when an anomaly was found; the activity's own times are StartTime and EndTime.
            cells["TimeGenerated"] = .datetime(run.nominalTime)
        }
        return cells
    }

    /// The column for what the destination has no column of its own for.
    private var propertiesColumn: String {
        switch behavior.destination {
        case .anomalies: "ExtendedProperties"
        case .behaviorAnalytics: "ActivityInsights"
        }
    }

    private func merged(_ present: Value?, _ further: JSONObject) -> Value {
        guard case .dynamic(let json)? = present, var members = json.objectValue else {
            return .dynamic(.object(further))
        }
        for (name, value) in further { members[name] = value }
        return .dynamic(.object(members))
    }

    private func entities(of row: ResultRow) -> JSON {
        EntityCollection(mappings: behavior.entityMappings).entities(of: [row]).alertSchema
    }

    private func constants(id: String) -> [String: Value] {
        var cells: [String: Value] = [
            "TimeGenerated": .datetime(run.nominalTime), "SourceSystem": .string("Tocsin"),
            "Type": .string(behavior.destination.rawValue),
        ]
        switch behavior.destination {
        case .anomalies:
            let texts: KeyValuePairs = [
                "Id": id, "VendorName": "Tocsin", "Description": behavior.description,
                "AnomalyTemplateId": behavior.id, "AnomalyTemplateName": behavior.name,
                "AnomalyTemplateVersion": behavior.version, "RuleId": behavior.id, "RuleName": behavior.name,
                "RuleConfigVersion": behavior.version, "RuleStatus": "Production",
                "Tactics": behavior.tactics.map(\.rawValue).joined(separator: ", "),
                "Techniques": JSON.array(behavior.techniques.map { .string($0) }).description,
            ]
            for (column, text) in texts { cells[column] = .string(text) }
            cells["StartTime"] = .datetime(run.nominalTime - behavior.frequency)
            cells["EndTime"] = .datetime(run.nominalTime)
        case .behaviorAnalytics:
            cells["SourceRecordId"] = .string(id)
            cells["TimeProcessed"] = .datetime(run.nominalTime)
            cells["ActivityType"] = .string(behavior.name)
        }
        return cells
    }
}

extension Value {
    /// The value in a column's type; its null when it cannot be told in that type.
    fileprivate func converted(to type: KQLType) -> Value {
        if self.type == type { return self }
        if isNull { return .missing(type) }
        switch type {
        case .string: return .string(ResultRow.text(self))
        case .dynamic: return Value(dynamic: ResultRow.json(self))
        case .datetime: return .time(Instant(iso8601: ResultRow.text(self)))
        case .bool: return Bool(ResultRow.text(self).lowercased()).map { .bool($0) } ?? .missing(type)
        case .real: return Double(ResultRow.text(self)).map { .real($0) } ?? .missing(type)
        case .int:
            return Double(ResultRow.text(self)).flatMap { Int32(exactly: $0.rounded()) }.map { .int($0) }
                ?? .missing(type)
        case .long:
            return Double(ResultRow.text(self)).flatMap { Int64(exactly: $0.rounded()) }.map { .long($0) }
                ?? .missing(type)
        default: return .missing(type)
        }
    }
}
