internal import Casebook
internal import Chronology
internal import JSON
internal import Vocabulary

/// The page of one alert.
struct AlertPage: Page {
    let frame: Frame
    let title: String
    let severity: String
    let status: String
    let incidentPath: String?
    let incidentName: String?
    let rulePath: String?
    let facts: [Fact]
    let description: String?
    let steps: [String]
    let entities: [EntityRow]
    let entityCount: Int
    let properties: [Fact]
    let evidence: String?
    let rowCount: Int

    var template: TemplateName { .alert }

    init(_ alert: Alert, entities: [KnownEntity], incident: Incident?, frame: Frame, now: Instant) {
        let content = alert.content
        self.frame = frame
        title = content.displayName
        severity = content.severity.rawValue
        status = alert.status.rawValue
        incidentPath = incident.map { PortalURL.incident($0.id.rawValue).path }
        incidentName = incident.map { "#\($0.number) \($0.title)" }
        rulePath = content.ruleID.isEmpty ? nil : PortalURL.rule(content.ruleID).path
        description = content.description.isEmpty ? nil : content.description
        steps = content.remediationSteps
        self.entities = entities.map(EntityRow.init)
        entityCount = entities.count
        let facts: [(String, String)] = [
            ("First activity", ShownTime(content.startTime, now: now).exact),
            ("Last activity", ShownTime(content.endTime, now: now).exact),
            ("Told", ShownTime(content.generatedTime, now: now).exact), ("Product", content.productName),
            ("Vendor", content.vendorName), ("Kind", content.alertType),
            ("Compromised", content.compromisedEntity),
            ("Tactics", content.tactics.map(\.rawValue).joined(separator: ", ")),
            ("Techniques", content.techniques.joined(separator: ", ")),
            ("Confidence", content.confidence?.level.rawValue ?? ""), ("Id", alert.id.rawValue),
        ]
        self.facts = facts.filter { !$0.1.isEmpty }.map { Fact(name: $0.0, value: $0.1) }
        properties =
            content.customDetails.map { Fact(name: $0.key, value: $0.value.joined(separator: ", ")) }
            + content.extendedProperties.map { Fact(name: $0.key, value: $0.value) }
        rowCount = content.evidence.count
        evidence =
            content.evidence.isEmpty
            ? nil : content.evidence.prefix(TimelineItem.shownRows).map(\.description).joined(separator: "\n\n")
    }
}
