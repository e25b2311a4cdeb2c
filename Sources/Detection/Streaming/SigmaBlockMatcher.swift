internal import Casebook
public import Chronology
internal import JSON
internal import Records
public import Sigma
internal import Synchronization
internal import Vocabulary

/// Matches Sigma rules on batches as they are ingested and makes alerts of the hits.
///
/// Hits of one rule on one host by one account within an hour make one alert, whose identifier follows from just these,
/// so that neither a flood of hits nor a batch that comes twice makes more. May be used by any number of tasks at once.
public final class SigmaBlockMatcher: BlockMatcher {
    /// Bounds of what one block may make.
    public struct Policy: Sendable {
        /// Hits of one rule on one host by one account within this time make one alert.
        public var interval = TimeSpan.hours(1)
        public var mostFindingsPerBlock = 1_000
        public var evidencePerFinding = 10
        /// Rules below this level make alerts without incidents.
        public var incidentLevel = SigmaLevel.medium
        /// Rules below this level are not matched at all.
        public var lowestLevel = SigmaLevel.low

        public init() {}
    }

    public let ruleSet: SigmaRuleSet
    private let policy: Policy
    private let correlator: SigmaCorrelator
    private let idle: Mutex<[SigmaMatcher]> = Mutex([])

    /// - Parameters:
    ///   - correlator: whose rules' hits findings bring along.
    ///   - pipelines: by default Sysmon and Windows channels, and process creation from the Security log besides.
    public init(
        _ rules: [SigmaRule], correlator: SigmaCorrelator = SigmaCorrelator([], rules: []),
        pipelines: [SigmaPipeline] = [.windowsSysmon, .windowsAudit], policy: Policy = Policy()
    ) {
        ruleSet = SigmaRuleSet(
            rules.filter { $0.level.rank >= policy.lowestLevel.rank || correlator.joins($0.id) }, pipelines: pipelines)
        self.policy = policy
        self.correlator = correlator
    }

    public func findings(in block: StreamedBlock) -> [StreamFinding] {
        let batch = block.records
        guard !ruleSet.rules.isEmpty, batch.count > 0 else { return [] }
        var matcher = idle.withLock { $0.popLast() } ?? SigmaMatcher(ruleSet)
        var hits: [(record: Int, rule: Int)] = []
        matcher.match(batch) { record, rule in hits.append((record, rule)) }
        let used = matcher
        idle.withLock { $0.append(used) }
        return collect(hits, batch, block.receivedAt)
    }

    private struct Key: Hashable {
        let rule: Int
        let host: String
        let account: String
        let interval: Int64
    }

    private func collect(_ hits: [(record: Int, rule: Int)], _ batch: RecordBatch, _ now: Instant) -> [StreamFinding] {
        var findings: [StreamFinding] = []
        var positions: [Key: Int] = [:]
        var current: (record: Int, fields: RecordFields)?
        var identities = RecordIdentities(batch)
        for (record, rule) in hits {
            let fields = current?.record == record ? current?.fields : nil
            let known = fields ?? RecordFields(batch, record)
            current = (record, known)
            let time = known.time ?? now
            let key = key(rule, known, time)
            let joined = correlator.joins(ruleSet.rules[rule].id)
            if let position = positions[key] {
                extend(&findings[position], known, time)
            } else if findings.count < policy.mostFindingsPerBlock || joined {
                positions[key] = findings.count
                findings.append(finding(key, known, time, now))
            }
            guard joined, let position = positions[key] else { continue }
            findings[position].hits.append(
                hit(rule, known, time, event(known, identities.identity(of: record), now), of: findings[position]))
        }
        return findings
    }

    /// What tells an event apart. One that tells no time may well be another one that reads the same, so that when it came
    /// counts: rather an event twice, when its block is sent again, than an attack not at all.
    private func event(_ fields: RecordFields, _ identity: String, _ now: Instant) -> String {
        fields.time == nil ? "\(identity) \(now.ticks)" : identity
    }

    /// What correlations are told of a record; the first hits of a finding bring evidence along.
    private func hit(
        _ rule: Int, _ fields: RecordFields, _ time: Instant, _ event: String, of finding: StreamFinding
    ) -> SigmaHit {
        let id = ruleSet.rules[rule].id
        var values: [String: String] = [:]
        for name in correlator.fields(of: id) { values[name.lowercased()] = fields.text(name) }
        var payload = ""
        if finding.hits.count < policy.evidencePerFinding {
            var alert = finding.alert
            alert.evidence = [fields.json]
            alert.entities = RecordEntities.read(fields)
            payload = alert.json.description
        }
        return SigmaHit(
            rule: id, time: Int64(time.unixSeconds * 1_000), event: event, values: values, payload: payload)
    }

    private func key(_ rule: Int, _ fields: RecordFields, _ time: Instant) -> Key {
        let account = fields.text("User", "TargetUserName", "SubjectUserName", "UserPrincipalName", "AccountName")
        return Key(
            rule: rule, host: fields.text("Computer", "Hostname", "computer_name")?.lowercased() ?? "",
            account: account?.lowercased() ?? "",
            interval: time.ticks.floorDivided(by: max(1, policy.interval.ticks)))
    }

    private func finding(_ key: Key, _ fields: RecordFields, _ time: Instant, _ now: Instant) -> StreamFinding {
        let rule = ruleSet.rules[key.rule]
        let attack = AttackReference.read(tags: rule.tags)
        var alert = NewAlert(
            displayName: rule.title.isEmpty ? rule.id : rule.title, severity: rule.level.severity, startTime: time,
            endTime: time, generatedTime: now)
        alert.id = AlertID(
            StableIdentifier.make(["sigma", rule.id, key.host, key.account, String(key.interval)]))
        alert.ruleID = rule.id
        alert.ruleName = rule.title
        alert.alertType = "Sigma"
        alert.productComponentName = "Sigma"
        alert.description = rule.description
        alert.tactics = attack.tactics
        alert.techniques = attack.techniques
        alert.entities = RecordEntities.read(fields)
        alert.compromisedEntity = fields.text("Computer", "Hostname", "computer_name") ?? ""
        alert.evidence = [fields.json]
        alert.extendedProperties = [
            "Sigma Rule Id": rule.id, "Sigma Level": rule.level.rawValue, "Sigma Author": rule.author,
            "References": rule.references.joined(separator: "\n"),
        ]
        let opensIncident = rule.level.rank >= policy.incidentLevel.rank
        var finding = StreamFinding(alert: alert, grouping: opensIncident ? .sharedEntities() : nil, events: 1)
        finding.isAlert = rule.level.rank >= policy.lowestLevel.rank && !correlator.absorbs(rule.id)
        return finding
    }

    private func extend(_ finding: inout StreamFinding, _ fields: RecordFields, _ time: Instant) {
        finding.events += 1
        finding.alert.startTime = min(finding.alert.startTime, time)
        finding.alert.endTime = max(finding.alert.endTime, time)
        guard finding.events <= policy.evidencePerFinding else { return }
        finding.alert.evidence.append(fields.json)
        for entity in RecordEntities.read(fields) where !finding.alert.entities.contains(entity) {
            finding.alert.entities.append(entity)
        }
    }
}

extension SigmaLevel {
    /// 0 for informational to 4 for critical.
    var rank: Int { SigmaLevel.allCases.firstIndex(of: self) ?? 0 }

    /// Sentinel's severity of the level; critical is high.
    var severity: Severity {
        switch self {
        case .informational: .informational
        case .low: .low
        case .medium: .medium
        case .high, .critical: .high
        }
    }
}
