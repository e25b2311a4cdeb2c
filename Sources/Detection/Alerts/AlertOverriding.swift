internal import Casebook
internal import JSON
internal import Vocabulary

/// Puts what a result says in place of what the rule says; what a column lacks or says wrongly stays as the rule has
/// it.
struct AlertOverriding {
    let rule: AnalyticsRule
    let row: ResultRow

    private static let mostNameBytes = 256
    private static let mostDescriptionBytes = 5_120

    func apply(to alert: inout NewAlert) {
        let override = rule.alertOverride
        if let format = override.nameFormat, let name = AlertOverride.filled(format, row.text) {
            alert.displayName = clipped(name, Self.mostNameBytes)
        }
        if let format = override.descriptionFormat, let description = AlertOverride.filled(format, row.text) {
            alert.description = clipped(description, Self.mostDescriptionBytes)
        }
        if let column = override.severityColumn, let severity = Severity(lenient: row.text(column)) {
            alert.severity = severity
        }
        if let column = override.tacticsColumn {
            let tactics = texts(column).compactMap { Tactic(lenient: $0) }
            if !tactics.isEmpty { alert.tactics = tactics }
        }
        for dynamic in override.dynamicProperties where !row.text(dynamic.column).isEmpty {
            apply(dynamic.property, dynamic.column, to: &alert)
        }
    }

    private func apply(_ property: AlertOverride.AlertProperty, _ column: String, to alert: inout NewAlert) {
        let text = row.text(column)
        switch property {
        case .alertLink: alert.alertLink = text
        case .confidenceLevel:
            let level = AlertConfidence.Level.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
            if let level { alert.confidence = AlertConfidence(level: level, score: alert.confidence?.score) }
        case .confidenceScore:
            guard let score = Double(text), (0...1).contains(score) else { return }
            alert.confidence = AlertConfidence(level: alert.confidence?.level ?? .unknown, score: score)
        case .extendedLinks: alert.extendedProperties["ExtendedLinks"] = text
        case .productName: alert.productName = text
        case .providerName: alert.providerName = text
        case .productComponentName: alert.productComponentName = text
        case .remediationSteps: alert.remediationSteps = texts(column)
        case .techniques, .subTechniques:
            let techniques = texts(column).compactMap { AttackReference.technique($0) }
            guard !techniques.isEmpty else { return }
            alert.techniques = property == .techniques ? techniques : alert.techniques + techniques
        }
    }

    /// The texts of a JSON array, or of a text with commas.
    private func texts(_ column: String) -> [String] {
        let text = row.text(column)
        // What is no JSON array is read as a list with commas.
        if let array = (try? JSON(parsing: text))?.arrayValue { return array.compactMap(\.stringValue) }
        return text.split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
    }

    private func clipped(_ text: String, _ most: Int) -> String {
        guard text.utf8.count > most else { return text }
        var clipped = text
        while clipped.utf8.count > most { clipped.removeLast() }
        return clipped
    }
}
