internal import Casebook
internal import Chronology
internal import JSON
internal import Sigma
internal import Vocabulary

extension RuleBuilder {
    mutating func entityMappings() -> [EntityMapping] {
        let elements = fields["entityMappings"]?.sequence ?? []
        if elements.count > 10 {
            report(
                .warning, .tooMany, "a rule maps at most 10 entities; the others are left out",
                fields["entityMappings"]?.position)
        }
        return elements.prefix(10).compactMap { entityMapping($0) }
    }

    private mutating func entityMapping(_ element: YAMLValue) -> EntityMapping? {
        guard let mapping = element.mapping, let type = mapping["entityType"], let text = type.text else {
            report(
                .warning, .missingField, "an entity mapping needs 'entityType' and 'fieldMappings'", element.position)
            return nil
        }
        guard let kind = EntityKind(lenient: text) else {
            report(.warning, .unknownEntity, "'\(text)' is no kind of entity; the mapping is left out", type.position)
            return nil
        }
        if kind.rawValue != text {
            report(.warning, .unknownEntity, "the entity type '\(text)' is spelled \(kind.rawValue)", type.position)
        }
        let known = EntityIdentifiers.of(kind)
        var mapped: [EntityMapping.Field] = []
        for field in mapping["fieldMappings"]?.sequence ?? [] {
            guard let pair = field.mapping, let name = pair["identifier"]?.text, let column = pair["columnName"]?.text
            else {
                report(.warning, .missingField, "a field mapping needs 'identifier' and 'columnName'", field.position)
                continue
            }
            guard let identifier = known.spelling(of: name) else {
                let all = known.all.joined(separator: ", ")
                report(
                    .warning, .unknownIdentifier, "\(kind.rawValue) has no identifier '\(name)'; it has \(all)",
                    field.position)
                continue
            }
            if mapped.contains(where: { $0.identifier == identifier }) {
                report(.warning, .invalidValue, "the identifier \(identifier) is mapped twice", field.position)
                continue
            }
            mapped.append(EntityMapping.Field(identifier: identifier, column: column))
        }
        if mapped.count > 3 {
            report(.warning, .tooMany, "an entity is mapped by at most 3 identifiers", element.position)
        }
        let names = Set(mapped.map(\.identifier))
        guard known.required.contains(where: { names.isSuperset(of: $0) }) else {
            let wanted = known.required.map { $0.joined(separator: " and ") }.joined(separator: ", ")
            report(
                .warning, .missingField, "\(kind.rawValue) needs one of \(wanted); the mapping is left out",
                element.position)
            return nil
        }
        return EntityMapping(kind: kind, fields: mapped)
    }

    func entityColumns() -> [String] {
        (fields["sentinelEntitiesMappings"]?.sequence ?? []).compactMap { $0.mapping?["columnName"]?.text }
    }

    mutating func customDetails() -> OrderedDictionary<String, String> {
        guard let value = fields["customDetails"], let mapping = value.mapping else { return [:] }
        var details: OrderedDictionary<String, String> = [:]
        for (key, column) in mapping.members {
            guard let name = column.text else {
                report(.warning, .invalidValue, "the custom detail '\(key)' needs a column's name", column.position)
                continue
            }
            if key.count > 20 {
                report(
                    .warning, .tooLong,
                    "the custom detail '\(key)' has \(key.count) characters; Sentinel allows 20", column.position)
            }
            details[key] = name
        }
        if details.count > 20 {
            report(.warning, .tooMany, "a rule has at most 20 custom details; the others are left out", value.position)
            details.removeLast(details.count - 20)
        }
        return details
    }

    mutating func alertOverride() -> AlertOverride {
        var result = AlertOverride()
        guard let override = fields["alertDetailsOverride"]?.mapping else { return result }
        result.nameFormat = format(override["alertDisplayNameFormat"])
        result.descriptionFormat = format(override["alertDescriptionFormat"])
        result.tacticsColumn = override["alertTacticsColumnName"]?.text
        result.severityColumn = override["alertSeverityColumnName"]?.text
        for element in override["alertDynamicProperties"]?.sequence ?? [] {
            guard let pair = element.mapping, let column = pair["value"]?.text, let name = pair["alertProperty"]?.text,
                let property = AlertOverride.AlertProperty.allCases.first(where: {
                    $0.rawValue.lowercased() == name.lowercased()
                })
            else {
                report(
                    .warning, .invalidValue, "a dynamic property needs a known 'alertProperty' and a column as 'value'",
                    element.position)
                continue
            }
            result.dynamicProperties.append(AlertOverride.DynamicProperty(property: property, column: column))
        }
        return result
    }

    private mutating func format(_ value: YAMLValue?) -> String? {
        guard let value, let text = value.text, !text[...].trimmingBlanks.isEmpty else { return nil }
        if AlertOverride.placeholders(in: text).count > 3 {
            report(.warning, .tooMany, "a format has at most 3 placeholders", value.position)
        }
        return text[...].trimmingBlanks
    }

    mutating func incidentConfiguration() -> IncidentConfiguration {
        guard let configuration = fields["incidentConfiguration"]?.mapping else { return IncidentConfiguration() }
        var result = IncidentConfiguration(createsIncident: boolean(configuration["createIncident"]) ?? true)
        guard let grouping = configuration["groupingConfiguration"]?.mapping else { return result }
        guard boolean(grouping["enabled"]) == true else {
            result.grouping = .separate
            return result
        }
        var rule = GroupingConfiguration()
        rule.reopensClosedIncident = boolean(grouping["reopenClosedIncident"]) ?? false
        rule.lookback = duration(grouping["lookbackDuration"], "lookbackDuration") ?? .hours(5)
        let bounds = TimeSpan.minutes(5)...TimeSpan.days(7)
        if !bounds.contains(rule.lookback) {
            report(
                .warning, .invalidDuration, "'lookbackDuration' lies outside 5 minutes to 7 days",
                grouping["lookbackDuration"]?.position)
            rule.lookback = min(max(rule.lookback, bounds.lowerBound), bounds.upperBound)
        }
        rule.matchingMethod = matchingMethod(grouping)
        result.grouping = .rule(rule)
        return result
    }

    private mutating func matchingMethod(_ grouping: YAMLMapping) -> GroupingConfiguration.MatchingMethod {
        // Older files write the method as `entitiesMatchingMethod` with None and Custom.
        let method = grouping["matchingMethod"] ?? grouping["entitiesMatchingMethod"]
        switch method?.text?.lowercased() {
        case nil, "allentities", "all": return .allEntities
        case "anyalert", "none": return .anyAlert
        case "selected", "custom":
            let selection = GroupingConfiguration.Selection(
                entityKinds: Set(list(grouping["groupByEntities"]).compactMap { EntityKind(lenient: $0.0) }),
                alertDetails: Set(
                    list(grouping["groupByAlertDetails"]).compactMap {
                        GroupingConfiguration.AlertDetail(rawValue: $0.0)
                    }),
                customDetails: Set(list(grouping["groupByCustomDetails"]).map(\.0)))
            guard selection != GroupingConfiguration.Selection() else {
                report(
                    .warning, .missingField,
                    "the matching method Selected needs an entity, an alert detail or a custom detail; AllEntities is taken",
                    method?.position)
                return .allEntities
            }
            return .selected(selection)
        default:
            report(
                .warning, .invalidValue,
                "the matching method is AllEntities, AnyAlert or Selected; AllEntities is taken",
                method?.position)
            return .allEntities
        }
    }
}
