public import Casebook
public import Chronology
internal import Vocabulary

extension ScoringModel {
    /// The priority of an incident: each factor's points with a sentence, the largest first.
    ///
    /// A pure function of what it is given; it costs some microseconds.
    ///
    /// - Parameter precisions: what is known of rules by their ids; a rule that is not among them counts as not measured.
    public func priority(
        of incident: Incident, assets: AssetInventory, precisions: [String: RulePrecision] = [:],
        evidence: IncidentEvidence = .none, now: Instant
    ) -> IncidentPriority {
        let joined = joined(by: evidence.findings)
        let breadth = joined.map { (1 + $0.share) / 2 } ?? 1
        let reasons =
            [
                severityReason(incident), confidenceReason(evidence.findings), intentReason(incident),
                stageReason(incident), spreadReason(incident, breadth), agreementReason(incident, breadth),
                volumeReason(incident, breadth), precisionReason(incident, precisions),
                productReason(incident, joined), indicatorReason(evidence.findings),
                reachReason(incident, assets), timeReason(incident, evidence.deadline, now: now),
            ].compactMap { $0 } + sensitivityReasons(incident, assets)
        let counted = reasons.filter { $0.points != 0 }
        var ordered = counted.enumerated().sorted { left, right in
            (-left.element.points, left.offset) < (-right.element.points, right.offset)
        }.map(\.element)
        let sum = min(100, max(0, counted.reduce(0) { $0 + $1.points })).rounded()
        guard let override = evidence.override, now < override.until ?? .max else {
            return IncidentPriority(score: Int(sum), reasons: ordered)
        }
        ordered.insert(override.reason(insteadOf: sum), at: 0)
        return IncidentPriority(score: override.score, reasons: ordered)
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

    private func spreadReason(_ incident: Incident, _ breadth: Double) -> IncidentPriority.Reason? {
        guard let first = incident.tactics.first, let last = incident.tactics.last, incident.tactics.count > 1 else {
            return nil
        }
        let points = (breadth * spread.points(incident.tactics.count - 1)).tenths
        return IncidentPriority.Reason(
            factor: "spread", points: points,
            text: "Spans \(incident.tactics.count) tactics, from \(first.words) to \(last.words)")
    }

    private func agreementReason(_ incident: Incident, _ breadth: Double) -> IncidentPriority.Reason? {
        guard incident.ruleIDs.count > 1 else { return nil }
        return IncidentPriority.Reason(
            factor: "agreement", points: (breadth * agreement.points(incident.ruleIDs.count - 1)).tenths,
            text: "\(incident.ruleIDs.count) different rules agree")
    }

    private func volumeReason(_ incident: Incident, _ breadth: Double) -> IncidentPriority.Reason? {
        let doublings = incident.alertIDs.count.doublings
        guard doublings > 0 else { return nil }
        return IncidentPriority.Reason(
            factor: "volume", points: (breadth * volume.points(doublings)).tenths,
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
        let points = precision.points(best.evidence)
        let interval = "\(Int((best.lower * 100).rounded()))–\(Int((best.upper * 100).rounded())) %"
        return IncidentPriority.Reason(
            factor: "precision", points: points.tenths,
            text: "\(best.truePositives) of \(best.classified) classified incidents of \(best.ruleName) were true "
                + "positives (precision \(interval))")
    }

    /// A product's word that its alerts belong together.
    private struct Joined {
        let product: String
        let probability: Double
        /// How much of its points that is worth, 0 to 1.
        let share: Double
    }

    /// The surest finding of a product that puts alerts together, when it says how probable that is.
    private func joined(by findings: [IncidentFinding]) -> Joined? {
        let joining = findings.filter { product[$0.productName] != nil }
        let stated = joining.compactMap { finding in
            finding.confidence?.score.map { (finding.productName, min(1, max(0, $0))) }
        }
        guard stated.count == joining.count, let best = stated.max(by: { $0.1 < $1.1 }) else { return nil }
        return Joined(product: best.0, probability: best.1, share: proof.share(best.1))
    }

    private func productReason(_ incident: Incident, _ joined: Joined?) -> IncidentPriority.Reason? {
        let sure = incident.alertProductNames.compactMap { name in product[name].map { (name, $0) } }
        guard let best = sure.max(by: { ($0.1, $1.0) < ($1.1, $0.0) }) else { return nil }
        guard let joined, joined.share < 1 else {
            return IncidentPriority.Reason(
                factor: "product", points: best.1, text: "\(best.0) found that its alerts belong together")
        }
        let percent = (joined.probability * 1_000).rounded(.down) / 10
        return IncidentPriority.Reason(
            factor: "product", points: (best.1 * joined.share).tenths,
            text: "\(joined.product) holds it \(percent) % probable that its alerts belong together")
    }

    /// The surest finding counts; a finding that says nothing of how sure it is takes nothing away.
    private func confidenceReason(_ findings: [IncidentFinding]) -> IncidentPriority.Reason? {
        let stated = findings.compactMap { finding in finding.sureness.map { (finding, $0) } }
        guard let best = stated.max(by: { $0.1 < $1.1 }) else { return nil }
        guard best.1 >= 0.5 || stated.count == findings.count else { return nil }
        let name = best.0.displayName
        let percent = Int((best.1 * 100).rounded())
        return IncidentPriority.Reason(
            factor: "confidence", points: confidence.points(2 * best.1 - 1).tenths,
            text: best.0.confidence?.score == nil
                ? "\(name) is a finding of \(best.1 >= 0.5 ? "high" : "low") confidence"
                : "\(name) is sure to \(percent) %")
    }

    /// How likely malice is behind at least one of the techniques, each taken for itself.
    private func intentReason(_ incident: Incident) -> IncidentPriority.Reason? {
        var innocent = 1.0
        var worst: (technique: String, malice: Double)?
        for technique in Set(incident.techniques).sorted() {
            let parent = String(technique.prefix { $0 != "." })
            guard let malice = maliceOfTechnique[technique] ?? maliceOfTechnique[parent], malice > 0 else { continue }
            innocent *= 1 - malice
            if malice > worst?.malice ?? 0 { worst = (technique, malice) }
        }
        guard let worst else { return nil }
        return IncidentPriority.Reason(
            factor: "intent", points: (intent * (1 - innocent)).tenths,
            text:
                "Malice is likely (\(Int(((1 - innocent) * 100).rounded())) %): \(worst.technique) is seldom used in good faith"
        )
    }

    private func indicatorReason(_ findings: [IncidentFinding]) -> IncidentPriority.Reason? {
        let matches = Set(findings.filter(\.isIndicatorMatch).map(\.displayName))
        guard let first = matches.min() else { return nil }
        return IncidentPriority.Reason(
            factor: "indicators", points: indicators.points(matches.count),
            text: matches.count == 1 ? first : "\(matches.count) threat indicators were matched, among them: \(first)")
    }

    private func reachReason(_ incident: Incident, _ assets: AssetInventory) -> IncidentPriority.Reason? {
        let reached = assets.reach(of: incident.entities.map(\.entity))
        let doublings = reached.count.doublings
        guard doublings > 0 else { return nil }
        let names = reached.foremost.map(\.name).joined(separator: ", ")
        return IncidentPriority.Reason(
            factor: "reach", points: reach.points(doublings),
            text: "Whoever holds its entities can get at \(reached.isCut ? "more than " : "")\(reached.count) assets"
                + (names.isEmpty ? "" : ", among them \(names)"))
    }

    /// Of waiting and of the service level's time, what counts more.
    private func timeReason(
        _ incident: Incident, _ used: IncidentEvidence.Deadline?, now: Instant
    ) -> IncidentPriority.Reason? {
        let reasons = [waitingReason(incident, now: now), used.flatMap(deadlineReason)].compactMap { $0 }
        return reasons.max { $0.points < $1.points }
    }

    private func deadlineReason(_ used: IncidentEvidence.Deadline) -> IncidentPriority.Reason? {
        guard let step = deadline.filter({ used.share >= $0.share }).max(by: { $0.share < $1.share }) else {
            return nil
        }
        return IncidentPriority.Reason(
            factor: "deadline", points: step.points,
            text: used.share >= 1
                ? "The time to \(used.target) it is over"
                : "\(Int((step.share * 100).rounded())) % of the time to \(used.target) it is used up")
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
        let why = worst.explanation.isEmpty ? "" : " (\(worst.explanation.dropFirst("\(level.rawValue): ".count)))"
        var reasons = [
            IncidentPriority.Reason(
                factor: "sensitivity", points: sensitivity[level] ?? 0,
                text: "Touches \(worst.name), an asset of \(level.rawValue) sensitivity\(why)")
        ]
        let further = touched.filter { ($0.sensitivity ?? .low) >= .high && $0.name != worst.name }.map(\.name).sorted()
        if !further.isEmpty {
            let names = further.prefix(3).joined(separator: ", ") + (further.count > 3 ? "…" : "")
            reasons.append(
                IncidentPriority.Reason(
                    factor: "furtherSensitive",
                    points: furtherSensitive.points(further.count),
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

extension PriorityOverride {
    fileprivate func reason(insteadOf sum: Double) -> IncidentPriority.Reason {
        let end = until.map { " until \($0.formatted(fractionDigits: 0))" } ?? ""
        return IncidentPriority.Reason(
            factor: "override", points: Double(score) - sum, text: "Set to \(score) by \(by)\(end): \(self.reason)")
    }
}

extension IncidentFinding {
    /// 0 to 1; nil when the detector does not say.
    fileprivate var sureness: Double? {
        guard let confidence else { return nil }
        if let score = confidence.score { return min(1, max(0, score)) }
        return switch confidence.level {
        case .high: 0.85
        case .low: 0.3
        case .unknown: nil
        }
    }
}

extension Int {
    /// How often 1 is doubled before it exceeds this.
    fileprivate var doublings: Int { self > 0 ? Int.bitWidth - 1 - leadingZeroBitCount : 0 }
}

extension Double {
    /// Rounded to one digit after the point.
    fileprivate var tenths: Double { (self * 10).rounded() / 10 }
}
