internal import Casebook
internal import Chronology
public import JSON
internal import Vocabulary

// Rules as the properties that Azure's API gives them.

extension AnalyticsRule {
    /// What the API says of the rule (`ScheduledAlertRuleProperties`, `NrtAlertRuleProperties`).
    public var properties: JSON {
        var members = ruleMembers(
            name: name, description: description, severity: severity, tactics: tactics, techniques: techniques)
        members["enabled"] = .bool(isEnabled)
        members["alertRuleTemplateName"] = templateID.isEmpty ? .null : .string(templateID)
        members["templateVersion"] = version.isEmpty ? .null : .string(version)
        members["query"] = .string(query)
        if case .scheduled(let schedule) = timing {
            members["queryFrequency"] = .string(DurationText.iso8601(schedule.frequency))
            members["queryPeriod"] = .string(DurationText.iso8601(schedule.period))
            members["triggerOperator"] = .string(schedule.trigger.operator.rawValue)
            members["triggerThreshold"] = .int(Int64(schedule.trigger.threshold))
        }
        members["suppressionEnabled"] = .bool(suppression != nil)
        members["suppressionDuration"] = .string(DurationText.iso8601(suppression ?? .hours(5)))
        members["eventGroupingSettings"] = ["aggregationKind": .string(eventGrouping.rawValue)]
        members["incidentConfiguration"] = incident.properties
        members["entityMappings"] = .array(
            entityMappings.map { mapping in
                [
                    "entityType": .string(mapping.kind.rawValue),
                    "fieldMappings": .array(
                        mapping.fields.map {
                            ["identifier": .string($0.identifier), "columnName": .string($0.column)]
                        }),
                ]
            })
        if !customDetails.isEmpty {
            var details = JSONObject()
            for (key, column) in customDetails { details[key] = .string(column) }
            members["customDetails"] = .object(details)
        }
        if alertOverride != AlertOverride() { members["alertDetailsOverride"] = alertOverride.properties }
        if !entityColumns.isEmpty {
            members["sentinelEntitiesMappings"] = .array(entityColumns.map { ["columnName": .string($0)] })
        }
        return .object(members)
    }

    /// Which connectors bring the data that the rule reads, as templates say it.
    public var requiredDataConnectors: JSON {
        .array(
            dataConnectors.map {
                [
                    "connectorId": .string($0.connectorID), "dataTypes": .array($0.dataTypes.map { .string($0) }),
                ]
            })
    }
}

extension IncidentConfiguration {
    fileprivate var properties: JSON {
        var grouping: JSONObject = [
            "enabled": true, "reopenClosedIncident": false, "lookbackDuration": "PT5H",
            "matchingMethod": "AllEntities", "groupByEntities": [], "groupByAlertDetails": [],
            "groupByCustomDetails": [],
        ]
        switch self.grouping {
        case .separate: grouping["enabled"] = false
        case .sharedEntities(let shared): grouping["lookbackDuration"] = .string(DurationText.iso8601(shared.window))
        case .rule(let rule):
            grouping["reopenClosedIncident"] = .bool(rule.reopensClosedIncident)
            grouping["lookbackDuration"] = .string(DurationText.iso8601(rule.lookback))
            switch rule.matchingMethod {
            case .allEntities: break
            case .anyAlert: grouping["matchingMethod"] = "AnyAlert"
            case .selected(let selection):
                grouping["matchingMethod"] = "Selected"
                grouping["groupByEntities"] = Self.list(selection.entityKinds.map(\.rawValue))
                grouping["groupByAlertDetails"] = Self.list(selection.alertDetails.map(\.rawValue))
                grouping["groupByCustomDetails"] = Self.list(Array(selection.customDetails))
            }
        }
        return ["createIncident": .bool(createsIncident), "groupingConfiguration": .object(grouping)]
    }

    private static func list(_ texts: [String]) -> JSON { .array(texts.sorted().map { .string($0) }) }
}

extension AlertOverride {
    fileprivate var properties: JSON {
        var members = JSONObject()
        if let nameFormat { members["alertDisplayNameFormat"] = .string(nameFormat) }
        if let descriptionFormat { members["alertDescriptionFormat"] = .string(descriptionFormat) }
        if let tacticsColumn { members["alertTacticsColumnName"] = .string(tacticsColumn) }
        if let severityColumn { members["alertSeverityColumnName"] = .string(severityColumn) }
        if !dynamicProperties.isEmpty {
            members["alertDynamicProperties"] = .array(
                dynamicProperties.map {
                    ["alertProperty": .string($0.property.rawValue), "value": .string($0.column)]
                })
        }
        return .object(members)
    }
}

extension IncidentCreationRule {
    /// What the API says of the rule (`MicrosoftSecurityIncidentCreationAlertRuleProperties`).
    public var properties: JSON {
        [
            "displayName": .string(name), "description": .string(description), "enabled": .bool(isEnabled),
            "productFilter": .string(product),
            "severitiesFilter": .array(severities.sorted().map { .string($0.rawValue) }),
            "displayNamesFilter": .array(displayNames.map { .string($0) }),
            "displayNamesExcludeFilter": .array(excludedNames.map { .string($0) }),
            "alertRuleTemplateName": templateID.isEmpty ? .null : .string(templateID),
        ]
    }
}

extension EngineRule {
    /// What the API says of the rule (`FusionAlertRuleProperties` and its like).
    public var properties: JSON {
        var members = ruleMembers(
            name: name, description: description, severity: severity, tactics: tactics, techniques: techniques)
        members["enabled"] = .bool(isEnabled)
        members["alertRuleTemplateName"] = .string(templateID)
        if engine == .fusion {
            members["sourceSettings"] = .array(sources.map(\.properties))
            members["scenarioExclusionPatterns"] = .array(
                exclusionPatterns.map { ["exclusionPattern": .string($0), "dateAddedInUTC": ""] })
        }
        return .object(members)
    }
}

extension EngineRule.Source {
    fileprivate var properties: JSON {
        [
            "sourceName": .string(name), "enabled": .bool(isEnabled),
            "sourceSubTypes": .array(
                subtypes.map { subtype in
                    [
                        "sourceSubTypeName": .string(subtype.name), "enabled": .bool(subtype.isEnabled),
                        "severityFilters": [
                            "filters": .array(
                                Severity.allCases.map {
                                    [
                                        "severity": .string($0.rawValue),
                                        "enabled": .bool(!subtype.excludedSeverities.contains($0)),
                                    ]
                                })
                        ],
                    ]
                }),
        ]
    }
}

/// What all kinds of rules say of themselves.
private func ruleMembers(
    name: String, description: String, severity: Severity, tactics: [Tactic], techniques: [String]
) -> JSONObject {
    [
        "displayName": .string(name), "description": .string(description), "severity": .string(severity.rawValue),
        "tactics": .array(tactics.map { .string($0.rawValue) }),
        "techniques": .array(Set(techniques.map { String($0.prefix { $0 != "." }) }).sorted().map { .string($0) }),
        "subTechniques": .array(techniques.filter { $0.contains(".") }.map { .string($0) }),
    ]
}
