internal import Casebook
internal import Chronology
public import JSON
internal import Vocabulary

/// Reads automation rules, in YAML or JSON: one rule, a list, or a list `rules`; each as the API has it, with or
/// without the envelope `properties`.
public enum AutomationRuleFile {
    /// The rules that can be used, and what is wrong with the others.
    public static func read(_ text: String, file: String) -> (rules: [AutomationRule], problems: [RuleProblem]) {
        let document: JSON
        do throws(RuleProblem) {
            document = try YAMLReading.json(text, file: file)
        } catch {
            return ([], [error])
        }
        let stem = file.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? file
        let list = document.arrayValue ?? document["rules"]?.arrayValue
        let entries = list.map { $0.enumerated().map { ("[\($0.offset)]", "\(stem)-\($0.offset + 1)", $0.element) } }
        var rules: [AutomationRule] = []
        var problems: [RuleProblem] = []
        for (path, name, json) in entries ?? [("", stem, document)] {
            var reader = AutomationRuleReader(file: file)
            let rule = reader.rule(json, name: name, path: path)
            problems += reader.problems
            if let rule, reader.problems.isEmpty { rules.append(rule) }
        }
        return (rules, problems)
    }

    /// One rule in the API's form.
    public static func read(_ json: JSON, id: String) -> (rule: AutomationRule?, problems: [RuleProblem]) {
        var reader = AutomationRuleReader(file: id)
        let rule = reader.rule(json, name: id, path: "")
        return (reader.problems.isEmpty ? rule : nil, reader.problems)
    }
}

/// Turns the JSON of a rule into its model.
struct AutomationRuleReader {
    let file: String
    private(set) var problems: [RuleProblem] = []

    init(file: String) {
        self.file = file
    }

    mutating func report(_ message: String, at path: String) {
        problems.append(RuleProblem(file: file, line: 0, path: path, message: message))
    }

    mutating func rule(_ json: JSON, name: String, path: String) -> AutomationRule? {
        let properties = json["properties"] ?? json
        guard properties.objectValue != nil else {
            report("an automation rule is a mapping with 'displayName', 'triggeringLogic' and 'actions'", at: path)
            return nil
        }
        let id = json["name"]?.stringValue ?? json["id"]?.stringValue ?? name
        let logic = properties["triggeringLogic"] ?? [:]
        let place = path.isEmpty ? "" : "\(path)."
        var rule = AutomationRule(id: id, displayName: properties["displayName"]?.stringValue ?? id)
        if rule.displayName.count > 500 { report("at most 500 characters", at: "\(place)displayName") }
        rule.order = Int(properties["order"]?.intValue ?? 1)
        if !(1...1000).contains(rule.order) { report("'order' is a number from 1 to 1000", at: "\(place)order") }
        rule.isEnabled = logic["isEnabled"]?.boolValue ?? true
        if let text = logic["expirationTimeUtc"]?.stringValue {
            rule.expirationTime = Instant(iso8601: text)
            if rule.expirationTime == nil {
                report("this is no ISO 8601 time", at: "\(place)triggeringLogic.expirationTimeUtc")
            }
        }
        rule.subject = value(logic["triggersOn"], or: .incidents, at: "\(place)triggeringLogic.triggersOn")
        rule.occasion = value(logic["triggersWhen"], or: .created, at: "\(place)triggeringLogic.triggersWhen")
        let conditions = logic["conditions"]?.arrayValue ?? []
        if conditions.count > 50 { report("at most 50 conditions", at: "\(place)triggeringLogic.conditions") }
        for (index, json) in conditions.enumerated() {
            let conditionPath = "\(place)triggeringLogic.conditions[\(index)]"
            if let condition = condition(json, path: conditionPath, depth: 0) { rule.conditions.append(condition) }
        }
        rule.actions = actions(properties["actions"], path: "\(place)actions")
        return rule
    }

    /// A raw value in any letter case.
    func matching<T: RawRepresentable & CaseIterable>(_ text: String?, _: T.Type) -> T? where T.RawValue == String {
        guard let folded = text?.lowercased() else { return nil }
        return T.allCases.first { $0.rawValue.lowercased() == folded }
    }

    private mutating func value<T: RawRepresentable & CaseIterable>(
        _ json: JSON?, or standard: T, at path: String
    ) -> T where T.RawValue == String {
        guard let json, !json.isNull else { return standard }
        if let value = matching(json.stringValue, T.self) { return value }
        report("this is one of \(T.allCases.map(\.rawValue).joined(separator: ", "))", at: path)
        return standard
    }

    private mutating func actions(_ json: JSON?, path: String) -> [RuleAction] {
        let list = json?.arrayValue ?? []
        if list.isEmpty { report("the rule does nothing: give it 'actions'", at: path) }
        if list.count > 20 { report("at most 20 actions", at: path) }
        let ordered = list.enumerated().sorted {
            ($0.element["order"]?.intValue ?? 0, $0.offset) < ($1.element["order"]?.intValue ?? 0, $1.offset)
        }
        return ordered.compactMap { action($0.element, path: "\(path)[\($0.offset)]") }
    }

    private mutating func action(_ json: JSON, path: String) -> RuleAction? {
        let settings = json["actionConfiguration"] ?? [:]
        let inner = "\(path).actionConfiguration"
        switch json["actionType"]?.stringValue?.lowercased() {
        case "modifyproperties": return .modifyProperties(change(settings, path: inner))
        case "runplaybook":
            guard let id = settings["logicAppResourceId"]?.stringValue ?? settings["playbook"]?.stringValue else {
                report("'logicAppResourceId' is missing", at: inner)
                return nil
            }
            return .runPlaybook(id)
        case "addincidenttask":
            guard let title = settings["title"]?.stringValue, !title.isEmpty else {
                report("a task needs a 'title'", at: inner)
                return nil
            }
            return .addTask(title: title, description: settings["description"]?.stringValue ?? "")
        case "setincidenttype":
            guard let type = settings["incidentType"]?.stringValue, !type.isEmpty else {
                report("'incidentType' is missing; write the name of a type in content/incident-types", at: inner)
                return nil
            }
            return .setType(type)
        default:
            report("'actionType' is ModifyProperties, RunPlaybook, AddIncidentTask or SetIncidentType", at: path)
            return nil
        }
    }

    private mutating func change(_ json: JSON, path: String) -> IncidentChange {
        var change = IncidentChange()
        if let text = json["severity"]?.stringValue {
            change.severity = Severity(lenient: text)
            if change.severity == nil { report("'\(text)' is no severity", at: "\(path).severity") }
        }
        if let text = json["status"]?.stringValue {
            change.status = IncidentStatus(lenient: text)
            if change.status == nil { report("'\(text)' is no status", at: "\(path).status") }
        }
        if let text = json["classification"]?.stringValue {
            let verdict = matching(text, Classification.Verdict.self)
            let reason = matching(json["classificationReason"]?.stringValue, Classification.Reason.self)
            // The pair is checked by the casebook's own rule; here only its absence matters.
            change.classification = verdict.flatMap { try? Classification(verdict: $0, reason: reason) }
            if change.classification == nil {
                report("this classification and reason do not go together", at: "\(path).classification")
            }
        }
        change.classificationComment = json["classificationComment"]?.stringValue
        if let owner = json["owner"], owner.objectValue != nil {
            let read = IncidentOwner(
                objectID: owner["objectId"]?.stringValue ?? "",
                userPrincipalName: owner["userPrincipalName"]?.stringValue ?? "",
                email: owner["email"]?.stringValue ?? "", assignedTo: owner["assignedTo"]?.stringValue ?? "")
            change.owner = read.displayName.isEmpty ? .unassign : .assign(read)
        }
        change.addedLabels = (json["labels"]?.arrayValue ?? []).compactMap { label in
            (label["labelName"] ?? label).stringValue.map { IncidentLabel(name: $0) }
        }
        return change
    }
}
