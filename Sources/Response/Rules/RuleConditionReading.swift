internal import JSON

extension AutomationRuleReader {
    mutating func condition(_ json: JSON, path: String, depth: Int) -> RuleCondition? {
        guard depth < 8 else {
            report("conditions are nested deeper than 8 levels", at: path)
            return nil
        }
        let settings = json["conditionProperties"] ?? [:]
        let inner = "\(path).conditionProperties"
        switch json["conditionType"]?.stringValue?.lowercased() {
        case "property": return property(settings, path: inner)
        case "propertyarray": return array(settings, path: inner, depth: depth)
        case "propertychanged": return changed(settings, path: inner)
        case "propertyarraychanged", "propertyarraychangedconditionproperties":
            guard let array = matching(settings["arrayType"]?.stringValue, RuleCondition.AddedArray.self) else {
                report("'arrayType' is Alerts, Labels, Tactics or Comments", at: inner)
                return nil
            }
            return .added(array)
        case "boolean":
            let conditions = conditions(settings["innerConditions"], path: "\(inner).innerConditions", depth: depth)
            if !(2...10).contains(conditions.count) { report("a group has 2 to 10 conditions", at: inner) }
            return settings["operator"]?.stringValue?.lowercased() == "or" ? .any(conditions) : .all(conditions)
        default:
            report(
                "'conditionType' is Property, PropertyArray, PropertyChanged, PropertyArrayChanged or Boolean", at: path
            )
            return nil
        }
    }

    private mutating func conditions(_ json: JSON?, path: String, depth: Int) -> [RuleCondition] {
        var result: [RuleCondition] = []
        for (index, element) in (json?.arrayValue ?? []).enumerated() {
            if let condition = condition(element, path: "\(path)[\(index)]", depth: depth + 1) {
                result.append(condition)
            }
        }
        return result
    }

    private mutating func property(_ settings: JSON, path: String) -> RuleCondition? {
        let name = settings["propertyName"]?.stringValue ?? ""
        guard let property = RuleProperty(name: name) else {
            report("there is no property '\(name)'; known are \(RuleProperty.names.joined(separator: ", "))", at: path)
            return nil
        }
        guard let test = matching(settings["operator"]?.stringValue, TextOperator.self) else {
            report("'operator' is one of \(TextOperator.allCases.map(\.rawValue).joined(separator: ", "))", at: path)
            return nil
        }
        return .property(property, test, values(settings))
    }

    private mutating func array(_ settings: JSON, path: String, depth: Int) -> RuleCondition? {
        guard let array = matching(settings["arrayType"]?.stringValue, RuleCondition.RuleArray.self) else {
            report("'arrayType' is CustomDetails, CustomDetailValues or IncidentLabels", at: path)
            return nil
        }
        let items = conditions(settings["itemConditions"], path: "\(path).itemConditions", depth: depth)
        if items.count > 10 { report("at most 10 item conditions", at: path) }
        return .array(array, all: settings["arrayConditionType"]?.stringValue?.lowercased() == "allitems", items)
    }

    private mutating func changed(_ settings: JSON, path: String) -> RuleCondition? {
        let name = settings["propertyName"]?.stringValue
        guard let property = matching(name, RuleCondition.ChangedProperty.self) else {
            report("'propertyName' is IncidentSeverity, IncidentStatus or IncidentOwner", at: path)
            return nil
        }
        let direction = matching(settings["changeType"]?.stringValue, RuleCondition.Direction.self)
        return .changed(
            property, direction, matching(settings["operator"]?.stringValue, TextOperator.self), values(settings))
    }

    private func values(_ settings: JSON) -> [String] {
        (settings["propertyValues"]?.arrayValue ?? []).map { $0.stringValue ?? $0.description }
    }
}
