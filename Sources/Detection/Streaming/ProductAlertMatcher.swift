internal import Casebook
internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import Synchronization
internal import Vocabulary

/// Takes alerts of other products out of the rows that come in for `SecurityAlert`.
///
/// Each becomes an alert of the casebook; those that a rule of kind `MicrosoftSecurityIncidentCreation` takes open an
/// incident each, one also when several rules take them.
public final class ProductAlertMatcher: BlockMatcher {
    public static let table = "SecurityAlert"

    private let rules: Mutex<[IncidentCreationRule]>

    public init(_ rules: [IncidentCreationRule] = []) {
        self.rules = Mutex(rules)
    }

    /// Takes these rules instead of the present ones.
    public func replace(_ rules: [IncidentCreationRule]) {
        self.rules.withLock { $0 = rules.filter(\.isEnabled) }
    }

    public func findings(in block: StreamedBlock) -> [StreamFinding] {
        guard block.rows.contains(where: { $0.table == Self.table }) else { return [] }
        let rules = rules.withLock { $0 }
        return block.rows.filter { $0.table == Self.table }.flatMap { batch -> [StreamFinding] in
            let columns = batch.columns.map { $0 }
            let table = Table(
                schema: TableSchema(zip(batch.schema.columns, columns).map { ColumnSchema($0.name, $1.type) }),
                columns: columns, rowCount: batch.rowCount)
            return (0..<table.rowCount).compactMap { row in
                finding(ProductAlertRow(row: ResultRow(table: table, row: row)), rules, block.receivedAt)
            }
        }
    }

    private func finding(
        _ row: ProductAlertRow, _ rules: [IncidentCreationRule], _ now: Instant
    ) -> StreamFinding? {
        guard var alert = row.alert(receivedAt: now) else { return nil }
        let taker = rules.first { $0.takes(alert) }
        if let taker {
            alert.ruleID = taker.id
            alert.ruleName = taker.name
        }
        return StreamFinding(alert: alert, grouping: taker == nil ? nil : .separate, events: 1)
    }
}

/// A row of `SecurityAlert` as an alert.
private struct ProductAlertRow {
    let row: ResultRow

    /// Nil for a row without a name, and for alerts of Tocsin's own that came back.
    func alert(receivedAt now: Instant) -> NewAlert? {
        let names = [row.text("DisplayName"), row.text("AlertName")]
        guard let name = names.first(where: { !$0.isEmpty }), row.text("VendorName") != "Tocsin",
            row.text("ProviderName") != "Tocsin"
        else { return nil }
        let generated = row.time("TimeGenerated") ?? now
        let start = row.time("StartTime") ?? generated
        var alert = NewAlert(
            displayName: name, severity: Severity(lenient: row.text("AlertSeverity")) ?? .medium, startTime: start,
            endTime: max(row.time("EndTime") ?? start, start), generatedTime: generated)
        alert.id = AlertID(identifier(name, start))
        alert.alertType = row.text("AlertType")
        alert.productName = first("ProductName", "ProviderName")
        alert.productComponentName = row.text("ProductComponentName")
        alert.vendorName = first("VendorName", "ProviderName")
        alert.providerName = first("ProviderName", "ProductName")
        alert.providerAlertID = row.text("VendorOriginalId")
        alert.description = row.text("Description")
        alert.compromisedEntity = row.text("CompromisedEntity")
        alert.alertLink = row.text("AlertLink")
        alert.tactics = texts("Tactics").compactMap { Tactic(lenient: $0) }
        alert.techniques = (texts("Techniques") + texts("SubTechniques")).compactMap { AttackReference.technique($0) }
        alert.remediationSteps = texts("RemediationSteps")
        alert.entities = SentinelEntities.read(row.text("Entities"))
        let level = row.text("ConfidenceLevel").lowercased()
        if let known = AlertConfidence.Level.allCases.first(where: { $0.rawValue.lowercased() == level }) {
            alert.confidence = AlertConfidence(level: known, score: Double(row.text("ConfidenceScore")))
        }
        // Properties that are no JSON object say nothing.
        let properties = (try? JSON(parsing: row.text("ExtendedProperties")))?.objectValue ?? [:]
        for (key, value) in properties { alert.extendedProperties[key] = value.stringValue ?? value.description }
        alert.evidence = [row.json]
        return alert
    }

    /// The alert's own identifier, or one made of what tells it from others.
    private func identifier(_ name: String, _ start: Instant) -> String {
        let own = row.text("SystemAlertId")
        if !own.isEmpty { return own.lowercased() }
        return StableIdentifier.make([
            "product alert", row.text("ProviderName"), row.text("ProductName"), row.text("VendorOriginalId"), name,
            String(start.ticks), row.text("Entities"),
        ])
    }

    private func first(_ columns: String...) -> String {
        columns.lazy.map { row.text($0) }.first { !$0.isEmpty } ?? ""
    }

    /// The texts of a JSON array, or of a text with commas.
    private func texts(_ column: String) -> [String] {
        let text = row.text(column)
        // What is no JSON array is read as a list with commas.
        if let array = (try? JSON(parsing: text))?.arrayValue { return array.compactMap(\.stringValue) }
        return text.split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
    }
}
