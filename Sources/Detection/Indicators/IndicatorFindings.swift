internal import Casebook
internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import ThreatIntelligence
internal import Vocabulary

/// A row in which an indicator was found.
struct MatchedRow {
    let batch: EventBatch
    let roles: TableRoles.Roles
    let row: Int
    let receivedAt: Instant

    var time: Instant {
        guard let position = roles.time, case .datetime(let instant) = batch.columns[position][row] else {
            return receivedAt
        }
        return instant
    }

    func text(_ column: Int) -> String {
        switch batch.columns[column][row] {
        case .string(let text): text
        case .dynamic(let json): json.stringValue ?? json.description
        default: ""
        }
    }

    private func texts(_ columns: [Int]) -> [String] {
        var texts: [String] = []
        for column in columns {
            let text = text(column)
            if !text.isEmpty, text != "-", !texts.contains(text), texts.count < 4 { texts.append(text) }
        }
        return texts
    }

    /// The host, the accounts and the addresses that the row names.
    var entities: [Entity] {
        texts(roles.hosts).map { Entity(kind: .host, identifiers: ["HostName": $0]) }
            + texts(roles.accounts).map { Entity(kind: .account, identifiers: ["FullName": $0]) }
            + texts(roles.addresses).compactMap { text in
                NetworkAddress(text).map { Entity(kind: .ip, identifiers: ["Address": $0.description]) }
            }
    }

    /// Did what saw the event stop it?
    var isBlocked: Bool {
        let words = ["block", "deny", "denied", "drop", "reject", "reset", "prevent", "refused", "quarantin"]
        return roles.verdicts.contains { column in
            let verdict = text(column).lowercased()
            return words.contains { verdict.contains($0) }
        }
    }

    /// The row without its empty columns.
    var evidence: JSON {
        var object = JSONObject()
        object["Table"] = .string(batch.table)
        for (position, column) in batch.schema.columns.enumerated() where !column.name.hasPrefix("_") {
            let value = batch.columns[position][row]
            switch value {
            case .string(let text): if !text.isEmpty { object[column.name] = .string(text) }
            case .dynamic(let json): if !json.isNull { object[column.name] = json }
            case .null: continue
            default: object[column.name] = value.json
            }
        }
        return .object(object)
    }
}

/// Puts matches together: one finding per indicator, entity and interval.
struct FindingCollection {
    private struct Key: Hashable {
        let indicator: String
        let entity: String
        let interval: Int64
    }

    private let policy: IndicatorMatcher.Policy
    private let receivedAt: Instant
    private(set) var findings: [StreamFinding] = []
    private var positions: [Key: Int] = [:]

    init(policy: IndicatorMatcher.Policy, receivedAt: Instant) {
        self.policy = policy
        self.receivedAt = receivedAt
    }

    mutating func add(_ match: IndicatorSet.Match, column: String, _ row: MatchedRow) {
        let entities = row.entities
        let affected = Self.affected(entities, match.term.key)
        let time = row.time
        let key = Key(
            indicator: match.id, entity: affected?.identityKey ?? row.batch.table,
            interval: time.ticks.floorDivided(by: max(1, policy.interval.ticks)))
        if let position = positions[key] {
            extend(&findings[position], row, entities, time)
        } else if findings.count < policy.mostFindingsPerBlock {
            positions[key] = findings.count
            let alert = IndicatorAlert(match: match, column: column, row: row, affected: affected, entities: entities)
            let id = StableIdentifier.make(["indicator", key.indicator, key.entity, String(key.interval)])
            let new = alert.make(id: AlertID(id), at: time, generated: max(receivedAt, time))
            findings.append(
                StreamFinding(
                    alert: new, grouping: new.severity >= .medium ? .sharedEntities() : nil, events: 1))
        }
    }

    private func extend(_ finding: inout StreamFinding, _ row: MatchedRow, _ entities: [Entity], _ time: Instant) {
        finding.events += 1
        finding.alert.startTime = min(finding.alert.startTime, time)
        finding.alert.endTime = max(finding.alert.endTime, time)
        guard finding.events <= policy.evidencePerFinding else { return }
        finding.alert.evidence.append(row.evidence)
        for entity in entities where !finding.alert.entities.contains(entity) { finding.alert.entities.append(entity) }
    }

    /// What was in touch with the indicator: the host, else the account, else an address that is not the indicator's.
    private static func affected(_ entities: [Entity], _ observable: Observable) -> Entity? {
        entities.first { entity in
            entity.kind != .ip || entity["Address"] != observable.value
        }
    }
}

/// The alert of a match.
struct IndicatorAlert {
    let match: IndicatorSet.Match
    let column: String
    let row: MatchedRow
    let affected: Entity?
    let entities: [Entity]

    private var observable: Observable { match.term.key }

    func make(id: AlertID, at time: Instant, generated: Instant) -> NewAlert {
        let kind = observable.kind.stixType
        var alert = NewAlert(
            displayName: "Threat intelligence match: \(kind) \(observable.value)", severity: severity, startTime: time,
            endTime: time, generatedTime: generated)
        alert.id = id
        alert.ruleID = Self.ruleID
        alert.ruleName = "Threat intelligence matching"
        alert.alertType = "ThreatIntelligence"
        alert.productComponentName = "Threat Intelligence"
        alert.providerAlertID = match.id
        alert.description =
            "\(row.batch.table).\(column) names \(observable.value), an indicator of \(match.source)"
            + (match.name.isEmpty ? "." : ": \(match.name).")
        alert.tactics = [tactic].compactMap { $0 }
        alert.confidence = match.confidence.map {
            AlertConfidence(level: $0 >= 70 ? .high : .low, score: Double($0) / 100)
        }
        alert.compromisedEntity = affected?.friendlyName ?? ""
        let found = found
        alert.entities = (found.map { [$0] } ?? []) + entities.filter { $0 != found }
        alert.evidence = [row.evidence]
        alert.extendedProperties = [
            "Indicator Id": match.id, "Indicator Source": match.source, "Indicator Type": kind,
            "Indicator Value": observable.stixValue, "Matched Table": row.batch.table, "Matched Column": column,
            "Indicator Valid Until": match.validUntil?.description ?? "",
            "Action": row.isBlocked ? "Blocked" : "Allowed",
        ]
        if !match.term.unchecked.isEmpty {
            alert.extendedProperties["Not Checked"] = match.term.unchecked.joined(separator: "; ")
        }
        return alert
    }

    static let ruleID = "ThreatIntelligence"

    /// Traffic that was let through weighs more than what was stopped; a pattern that was checked in part is a hint.
    private var severity: Severity {
        guard match.term.unchecked.isEmpty else { return .low }
        let confidence = match.confidence ?? 60
        if row.isBlocked { return confidence >= 80 ? .medium : .low }
        return confidence >= 70 ? .high : confidence >= 30 ? .medium : .low
    }

    private var tactic: Tactic? {
        switch observable.kind {
        case .ipv4, .ipv6, .domain, .url: .commandAndControl
        case .md5, .sha1, .sha256: .execution
        case .email: .initialAccess
        case .account: nil
        }
    }

    /// The entity that the indicator itself is.
    private var found: Entity? {
        switch observable.kind {
        case .ipv4, .ipv6:
            observable.value.contains("/") ? nil : Entity(kind: .ip, identifiers: ["Address": observable.value])
        case .domain: Entity(kind: .dns, identifiers: ["DomainName": observable.value])
        case .url: Entity(kind: .url, identifiers: ["Url": observable.stixValue])
        case .md5: Entity(kind: .fileHash, identifiers: ["Algorithm": "MD5", "Value": observable.value])
        case .sha1: Entity(kind: .fileHash, identifiers: ["Algorithm": "SHA1", "Value": observable.value])
        case .sha256: Entity(kind: .fileHash, identifiers: ["Algorithm": "SHA256", "Value": observable.value])
        case .email: Entity(kind: .mailbox, identifiers: ["MailboxPrimaryAddress": observable.value])
        case .account: Entity(kind: .account, identifiers: ["FullName": observable.value])
        }
    }
}
