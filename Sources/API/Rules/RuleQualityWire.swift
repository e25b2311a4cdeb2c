internal import Casebook
internal import Chronology
internal import Detection
internal import JSON
internal import Vocabulary

/// Quality and coverage of rules as JSON.
enum RuleQualityWire {
    static func json(_ quality: RuleQuality, rule: KnownRule?, _ stages: RuleStages) -> JSON {
        .object(members(quality, rule: rule, stages))
    }

    static func json(_ dossier: RuleDossier, rule: KnownRule, _ stages: RuleStages) -> JSON {
        var members = members(dossier.quality, rule: rule, stages)
        members["noisyEntities"] = .array(
            dossier.noisyEntities.map { noisy in
                [
                    "kind": .string(noisy.entity.kind.rawValue), "name": .string(noisy.entity.friendlyName),
                    "noise": .int(Int64(noisy.noise)), "truePositives": .int(Int64(noisy.truePositives)),
                ]
            })
        members["suggestedExclusions"] = .array(dossier.exclusions.map { json($0) })
        return .object(members)
    }

    private static func members(_ quality: RuleQuality, rule: KnownRule?, _ stages: RuleStages) -> JSONObject {
        let standing = stages.standing(of: quality.ruleID)
        func verdict(_ verdict: Classification.Verdict) -> JSON { .int(Int64(quality.verdicts[verdict] ?? 0)) }
        return [
            "ruleId": .string(quality.ruleID), "ruleName": .string(rule?.name ?? ""),
            "kind": rule.map { .string($0.kind) } ?? .null,
            "stage": .string((standing?.stage ?? .active).rawValue),
            "stageReason": .string(standing?.reason ?? ""), "alerts": .int(Int64(quality.alerts)),
            "recentAlerts": .int(Int64(quality.recentAlerts)), "days": .double(quality.days),
            "alertsPerDay": .double(quality.alertsPerDay), "noisePerDay": .double(quality.noisePerDay),
            "alertsByDay": .array(quality.alertsByDay.map { .int(Int64($0)) }),
            "truePositives": verdict(.truePositive), "benignPositives": verdict(.benignPositive),
            "falsePositives": verdict(.falsePositive), "undetermined": verdict(.undetermined),
            "openIncidents": .int(Int64(quality.openIncidents)), "precision": json(quality.precision),
            "correctness": json(quality.correctness),
            "timeToTriageSeconds": quality.timeToTriage.map { .double($0.seconds) } ?? .null,
            "lastAlert": quality.lastAlert.map { .string($0.description) } ?? .null,
        ]
    }

    /// With the 95 % credible interval.
    private static func json(_ share: MeasuredShare) -> JSON {
        [
            "count": .int(Int64(share.count)), "total": .int(Int64(share.total)), "mean": .double(share.mean),
            "lower": .double(share.lower), "upper": .double(share.upper),
        ]
    }

    private static func json(_ exclusion: SuggestedExclusion) -> JSON {
        func numbers(_ numbers: [Int]) -> JSON { .array(numbers.map { .int(Int64($0)) }) }
        return [
            "text": .string(exclusion.text),
            "terms": .array(
                exclusion.terms.map { ["field": .string($0.field), "value": .string($0.value)] }),
            "removedNoise": .int(Int64(exclusion.removedNoise)), "noise": .int(Int64(exclusion.noise)),
            "lostTruePositives": .int(Int64(exclusion.lostTruePositives)),
            "truePositives": .int(Int64(exclusion.truePositives)),
            "removedIncidents": numbers(exclusion.removedIncidents),
            "lostIncidents": numbers(exclusion.lostIncidents),
        ]
    }

    static func json(_ coverage: AttackCoverage) -> JSON {
        [
            "attackVersion": .string(coverage.version), "techniques": .int(Int64(coverage.techniques.count)),
            "covered": .int(Int64(coverage.coveredCount)), "rulesWithoutTechnique": .int(Int64(coverage.unmapped)),
            "value": .array(coverage.techniques.map { json($0, coverage) }),
            "dataSources": .array(
                coverage.sources.map { source in
                    [
                        "table": .string(source.table), "isPresent": .bool(source.isPresent),
                        "latest": source.latest.map { .string($0.description) } ?? .null,
                        "rules": .int(Int64(source.rules)),
                    ]
                }),
        ]
    }

    private static func json(_ technique: AttackCoverage.Technique, _ coverage: AttackCoverage) -> JSON {
        var members: JSONObject = [
            "technique": .string(technique.id), "name": .string(technique.name),
            "tactics": .array(technique.tactics.map { .string($0.rawValue) }),
            "workingRules": .int(Int64(coverage.working(technique.allRules))),
            "rules": .array(
                technique.rules.map { position in
                    let rule = coverage.rules[position]
                    return [
                        "id": .string(rule.id), "name": .string(rule.name), "kind": .string(rule.kind),
                        "isInTrial": .bool(rule.isInTrial), "hasData": .bool(rule.hasData),
                        "missingTables": .array(rule.missing.map { .string($0) }),
                    ]
                }),
        ]
        if technique.subTechniqueCount > 0 || !technique.subTechniques.isEmpty {
            members["subTechniqueCount"] = .int(Int64(technique.subTechniqueCount))
            members["subTechniques"] = .array(technique.subTechniques.map { json($0, coverage) })
        }
        return .object(members)
    }
}
