public import Casebook
public import Chronology
internal import Vocabulary

extension ScoringModel {
    /// The priority of an incident: each factor's points with a sentence, the largest first.
    ///
    /// - Parameter precisions: what is known of rules by their ids; a rule that is not among them counts as not measured.
    public func priority(
        of incident: Incident, assets: AssetInventory, precisions: [String: RulePrecision] = [:], now: Instant
    ) -> IncidentPriority {
        let reasons =
            [
                severityReason(incident), stageReason(incident), spreadReason(incident), agreementReason(incident),
                volumeReason(incident), precisionReason(incident, precisions), productReason(incident),
                waitingReason(incident, now: now),
            ].compactMap { $0 } + sensitivityReasons(incident, assets)
        let counted = reasons.filter { $0.points != 0 }
        let ordered = counted.enumerated().sorted { left, right in
            (-left.element.points, left.offset) < (-right.element.points, right.offset)
        }.map(\.element)
        let sum = counted.reduce(0) { $0 + $1.points }
        return IncidentPriority(score: Int(min(100, max(0, sum)).rounded()), reasons: ordered)
    }

    private func severityReason(_ incident: Incident) -> IncidentPriority.Reason? {
        IncidentPriority.Reason(
            factor: "severity", points: severity[incident.severity] ?? 0,
            text: "\(incident.severity.rawValue) severity")
    }

    private func stageReason(_ incident: Incident) -> IncidentPriority.Reason? {
        let reached = incident.tactics.max { left, right in
            (stage[left] ?? 0, left.killChainStage) < (stage[right] ?? 0, right.killChainStage)
        }
        guard let reached else { return nil }
        return IncidentPriority.Reason(
            factor: "stage", points: stage[reached] ?? 0, text: "The attack has reached \(reached.words)")
    }

    private func spreadReason(_ incident: Incident) -> IncidentPriority.Reason? {
        guard let first = incident.tactics.first, let last = incident.tactics.last, incident.tactics.count > 1 else {
            return nil
        }
        let points = min(spreadMost, Double(incident.tactics.count - 1) * spreadPerTactic)
        return IncidentPriority.Reason(
            factor: "spread", points: points,
            text: "Spans \(incident.tactics.count) tactics, from \(first.words) to \(last.words)")
    }

    private func agreementReason(_ incident: Incident) -> IncidentPriority.Reason? {
        guard incident.ruleIDs.count > 1 else { return nil }
        return IncidentPriority.Reason(
            factor: "agreement", points: min(agreementMost, Double(incident.ruleIDs.count - 1) * agreementPerRule),
            text: "\(incident.ruleIDs.count) different rules agree")
    }

    private func volumeReason(_ incident: Incident) -> IncidentPriority.Reason? {
        var doublings = 0
        while incident.alertIDs.count >> (doublings + 1) > 0 { doublings += 1 }
        guard doublings > 0 else { return nil }
        return IncidentPriority.Reason(
            factor: "volume", points: min(volumeMost, Double(doublings) * volumePerDoubling),
            text: "\(incident.alertIDs.count) alerts")
    }

    /// The best rule counts: one that is mostly right makes an incident worth looking at, whatever else agrees.
    private func precisionReason(
        _ incident: Incident, _ precisions: [String: RulePrecision]
    ) -> IncidentPriority.Reason? {
        let known = incident.ruleIDs.map { precisions[$0] }
        guard let best = known.compactMap({ $0 }).max(by: { $0.evidence < $1.evidence }) else { return nil }
        // A rule that was never judged may be right.
        guard best.evidence > 0 || known.allSatisfy({ $0 != nil }) else { return nil }
        let points = best.evidence * (best.evidence > 0 ? precisionGain : precisionLoss)
        let interval = "\(Int((best.lower * 100).rounded()))–\(Int((best.upper * 100).rounded())) %"
        return IncidentPriority.Reason(
            factor: "precision", points: (points * 10).rounded() / 10,
            text: "\(best.truePositives) of \(best.classified) classified incidents of \(best.ruleName) were true "
                + "positives (precision \(interval))")
    }

    private func productReason(_ incident: Incident) -> IncidentPriority.Reason? {
        let sure = incident.alertProductNames.compactMap { name in product[name].map { (name, $0) } }
        guard let best = sure.max(by: { ($0.1, $1.0) < ($1.1, $0.0) }) else { return nil }
        return IncidentPriority.Reason(
            factor: "product", points: best.1, text: "\(best.0) found that its alerts belong together")
    }

    private func waitingReason(_ incident: Incident, now: Instant) -> IncidentPriority.Reason? {
        guard incident.status == .new, incident.owner == nil else { return nil }
        let age = now - incident.createdTime
        guard let step = waiting.filter({ age >= $0.after }).max(by: { $0.after < $1.after }) else { return nil }
        let hours = Int(age.seconds / 3600)
        return IncidentPriority.Reason(
            factor: "waiting", points: step.points,
            text: "Nobody has taken it for \(hours == 1 ? "an hour" : "\(hours) hours")")
    }

    private func sensitivityReasons(_ incident: Incident, _ assets: AssetInventory) -> [IncidentPriority.Reason] {
        var touched: [AssetProfile] = []
        for entity in incident.entities {
            guard let profile = assets.profile(of: entity.entity), profile.sensitivity != nil else { continue }
            if !touched.contains(where: { $0.name == profile.name }) { touched.append(profile) }
        }
        let worst = touched.max { left, right in
            let points = (sensitivity[left.sensitivity ?? .low] ?? 0, sensitivity[right.sensitivity ?? .low] ?? 0)
            return points.0 == points.1 ? left.name > right.name : points.0 < points.1
        }
        guard let worst, let level = worst.sensitivity else { return [] }
        let tags = worst.tags.isEmpty ? "" : " (\(worst.tags.joined(separator: ", ")))"
        var reasons = [
            IncidentPriority.Reason(
                factor: "sensitivity", points: sensitivity[level] ?? 0,
                text: "Touches \(worst.name), an asset of \(level.rawValue) sensitivity\(tags)")
        ]
        let further = touched.filter { ($0.sensitivity ?? .low) >= .high && $0.name != worst.name }.map(\.name).sorted()
        if !further.isEmpty {
            let names = further.prefix(3).joined(separator: ", ") + (further.count > 3 ? "…" : "")
            reasons.append(
                IncidentPriority.Reason(
                    factor: "furtherSensitive",
                    points: min(furtherSensitiveMost, Double(further.count) * furtherSensitive),
                    text: "Touches \(further.count) more sensitive \(further.count == 1 ? "asset" : "assets"): \(names)"
                ))
        }
        return reasons
    }
}

extension Tactic {
    /// The name in words: `lateral movement`.
    fileprivate var words: String {
        var text = ""
        for character in rawValue {
            if character.isUppercase, !text.isEmpty { text += " " }
            text += character.lowercased()
        }
        return text
    }
}
