internal import Casebook
internal import Chronology
internal import Foundation
internal import JSON
internal import StateStore
internal import Vocabulary

/// Makes incidents of attacks, and keeps them up to date.
struct FusionIncidents: Sendable {
    /// What was done about an attack.
    enum Change: Sendable {
        case raised, extended, reconsidered
        /// It stands as it stood.
        case none
    }

    let casebook: Casebook
    let store: FusionStore
    let time: TimeSource
    let policy: FusionPolicy
    let isInTrial: @Sendable (String) -> Bool

    /// Makes an incident of an attack, or brings the one that it has up to date.
    ///
    /// An attack is one that was raised when they share half of the smaller's findings; findings of any other that was raised
    /// stay with that one.
    ///
    /// - Parameter isHindsight: nothing of it is new: it is passed over when people have closed most of its alerts.
    /// - Returns: Nil when nothing stands for it.
    func raise(_ attack: FusedAttack, isHindsight: Bool) async throws -> (id: AlertID, change: Change)? {
        let all = attack.members.map(\.signal.id)
        let overlaps = try await store.raised(with: all)
        let same = overlaps.filter { $0.isSame(as: all.count) }
        let merged = same.dropFirst().filter(\.isCovered)
        let kept = Set([same.first].compactMap(\.self).map(\.raised.id) + merged.map(\.raised.id))
        let foreign = Set(overlaps.filter { !kept.contains($0.raised.id) }.flatMap(\.shared))
        let own = attack.members.filter { !foreign.contains($0.signal.id) }
        let alerts = own.compactMap(\.signal.alertID)
        let ids = own.map(\.signal.id)
        guard let known = same.first?.raised else {
            return try await open(attack, alerts, ids, isHindsight: isHindsight)
        }
        guard let incident = try await casebook.incident(known.incident), incident.isOpen else { return nil }
        var others: [AlertID] = []
        for other in merged { others += try await casebook.alerts(of: other.raised.incident).map(\.id) }
        let gathered = try await casebook.gather(alerts + others, into: known.incident, by: Fusion.actor)
        for other in merged { try await store.merge(other.raised, into: known) }
        let hasGrown = !gathered.moved.isEmpty || !merged.isEmpty
        guard hasGrown || attack.differsNotably(from: known.probability, policy) else { return (known.id, .none) }
        try await say(attack, of: known, in: gathered.incident, without: gathered.left)
        try await store.save(known, probability: attack.standing(by: policy), members: ids, at: time.now())
        return (known.id, hasGrown ? .extended : .reconsidered)
    }

    /// Brings an attack up to date that is no longer found, or not as it was; people's incidents keep their severity.
    ///
    /// - Returns: Whether that told anything new.
    func reconsider(_ known: FusionStore.Raised, _ attack: FusedAttack) async throws -> Bool {
        guard attack.differsNotably(from: known.probability, policy),
            let incident = try await casebook.incident(known.incident), incident.isOpen
        else { return false }
        try await say(attack, of: known, in: incident)
        try await store.save(known, probability: attack.standing(by: policy), members: [], at: time.now())
        return true
    }

    private func open(
        _ attack: FusedAttack, _ alerts: [AlertID], _ ids: [String], isHindsight: Bool
    ) async throws -> (id: AlertID, change: Change)? {
        if isHindsight, try await areMostlyClosed(alerts) { return nil }
        let alert = try await alert(of: attack, id: AlertID(StableIdentifier.make(["fusion", ids.min() ?? ""])))
        let holder = try await holder(of: alerts)
        let opens = holder == nil && !isInTrial(alert.ruleID)
        let recorded = try await casebook.record(
            alert, grouping: .separate, createIncident: opens, by: Fusion.actor)
        guard let incident = holder ?? recorded.incidentID else { return nil }
        let raised = FusionStore.Raised(
            id: recorded.alertID, incident: incident, joins: holder != nil, probability: attack.standing(by: policy))
        let gathered = try await casebook.gather([recorded.alertID] + alerts, into: incident, by: Fusion.actor)
        try await tell(attack, of: raised, in: gathered.incident, without: gathered.left)
        try await store.save(raised, probability: attack.standing(by: policy), members: ids, at: time.now())
        return (raised.id, .raised)
    }

    /// Have people closed most of the incidents of these alerts?
    private func areMostlyClosed(_ alerts: [AlertID]) async throws -> Bool {
        let holders = try await casebook.alerts(alerts).compactMap(\.incidentID)
        let closed = Set(
            try await casebook.incidents(Set(holders).sorted()).filter { !$0.isOpen && $0.mergedInto == nil }.map(\.id))
        return holders.count { closed.contains($0) } * 2 > alerts.count
    }

    /// The open incident that holds most of an attack's alerts already, several of them.
    private func holder(of alerts: [AlertID]) async throws -> IncidentID? {
        let incidents = try await casebook.alerts(alerts).compactMap(\.incidentID)
        let counts = Dictionary(incidents.map { ($0, 1) }, uniquingKeysWith: +)
        guard let (id, count) = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            count > 1, count * 2 > alerts.count, let incident = try await casebook.incident(id), incident.isOpen
        else { return nil }
        return id
    }

    /// Lets the attack's alert and its incident say what is thought of it now.
    private func say(
        _ attack: FusedAttack, of raised: FusionStore.Raised, in incident: Incident,
        without left: [AlertID: IncidentID] = [:]
    ) async throws {
        try await casebook.restate(try await alert(of: attack, id: raised.id), by: Fusion.actor)
        try await tell(attack, of: raised, in: incident, without: left)
    }

    /// Writes the story into the incident, with what could not be brought over; into one that is not fusion's own as a
    /// comment, which is kept up to date.
    private func tell(
        _ attack: FusedAttack, of raised: FusionStore.Raised, in holder: Incident, without left: [AlertID: IncidentID]
    ) async throws {
        let incident = holder.id
        let stands = attack.isRaised(by: policy)
        let title = stands ? attack.title : Self.doubtful(raised.joins ? attack.title : holder.title)
        let story = stands ? attack.story : Self.doubt + attack.story
        if raised.joins {
            let text = String("**\(title)**\n\n\(story)".prefix(CasebookLimits.commentCharacters))
            try await put(
                text, as: CommentID(StableIdentifier.make(["fusion", "story", raised.id.rawValue])), on: incident)
        } else {
            var change = IncidentChange()
            change.title = String(title.prefix(CasebookLimits.titleCharacters))
            change.description = String(story.prefix(CasebookLimits.descriptionCharacters))
            // Only where the judgement turns: people may have set another severity.
            let stood = raised.probability >= policy.threshold
            if stands != stood, holder.status == .new, holder.owner == nil {
                change.severity = stands ? .high : try await severityOfParts(of: incident)
            }
            try await casebook.update(incident, change, by: Fusion.actor)
        }
        var related: Set<IncidentID> = []
        for source in left.values where related.insert(source).inserted {
            guard let other = try await casebook.incident(source) else { continue }
            try await put(
                "Alerts of incident \(other.number) belong to this attack; they stay there, since it was worked on.",
                as: CommentID(StableIdentifier.make(["fusion", "related", incident.rawValue, source.rawValue])),
                on: incident)
        }
    }

    private static let doubt = """
        With what has come since, this is no longer thought to be one attack. What can still be followed:


        """

    private static func doubtful(_ title: String) -> String {
        let mark = "Doubtful: "
        return title.hasPrefix(mark) ? title : mark + title
    }

    /// Says something on an incident, in place of what was said there before.
    private func put(_ text: String, as id: CommentID, on incident: IncidentID) async throws {
        guard try await casebook.comment(id, of: incident)?.message != text else { return }
        _ = try await casebook.putComment(id, of: incident, message: text, by: Fusion.actor)
    }

    /// What an incident's alerts say without fusion.
    private func severityOfParts(of incident: IncidentID) async throws -> Severity {
        let parts = try await casebook.alerts(of: incident).filter { $0.content.productName != FusedAttack.product }
        return parts.map(\.content.severity).max() ?? .low
    }

    private func alert(of attack: FusedAttack, id: AlertID) async throws -> NewAlert {
        var alert = NewAlert(
            displayName: attack.title, severity: .high, startTime: attack.start, endTime: attack.end,
            generatedTime: time.now())
        alert.id = id
        alert.ruleID = "Fusion"
        alert.ruleName = "Advanced Multistage Attack Detection"
        alert.alertType = "Fusion"
        alert.productName = FusedAttack.product
        alert.productComponentName = FusedAttack.product
        alert.description = attack.story
        alert.tactics = attack.tactics
        alert.techniques = attack.techniques
        alert.confidence = AlertConfidence(
            level: attack.isRaised(by: policy) ? .high : .low, score: attack.probability)
        alert.compromisedEntity = attack.mainSubjects.first ?? ""
        var seen: Set<String> = []
        for member in try await casebook.alerts(attack.members.compactMap(\.signal.alertID)) {
            for entity in member.content.entities where seen.insert(entity.identityKey).inserted {
                if alert.entities.count < 100 { alert.entities.append(entity) }
            }
        }
        alert.extendedProperties = [
            "Probability": "\((attack.probability * 1_000).rounded() / 1_000)",
            "Findings": String(attack.members.count), "Rules": String(attack.ruleCount),
            "Alert Ids": attack.members.compactMap { $0.signal.alertID?.rawValue }.joined(separator: ", "),
        ]
        alert.evidence = attack.members.map { member in
            [
                "Time": .string(member.signal.start.description), "Finding": .string(member.signal.title),
                "Id": .string(member.signal.id), "Product": .string(member.signal.product),
                "Tactics": .array(member.signal.tactics.map { .string($0.rawValue) }),
                "Evidence": .double(member.evidence + member.order),
                "Explanation": .string(attack.explanation(of: member)),
            ]
        }
        return alert
    }
}

extension FusedAttack {
    /// Is it e times likelier or less likely than it was, or now thought to be an attack or no longer? Beyond one in a billion
    /// nothing is notable.
    fileprivate func differsNotably(from probability: Double, _ policy: FusionPolicy) -> Bool {
        func odds(_ probability: Double) -> Double {
            let bounded = min(max(probability, 1e-9), 1 - 1e-9)
            return log(bounded / (1 - bounded))
        }
        let now = standing(by: policy)
        return abs(odds(now) - odds(probability)) >= 1
            || (probability >= policy.threshold) != (now >= policy.threshold)
    }

    /// The probability, below the bound for what is not raised for other reasons.
    fileprivate func standing(by policy: FusionPolicy) -> Double {
        isRaised(by: policy) ? probability : min(probability, policy.threshold.nextDown)
    }
}
