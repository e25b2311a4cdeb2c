internal import JSON

/// Checks what a definition's shape alone does not show: references, order, expressions, limits.
struct DefinitionValidator {
    let definition: WorkflowDefinition
    let file: String
    let path: String
    private(set) var findings: [WorkflowFinding] = []
    private var variables: Set<String> = []
    private var foldedActions: [String: ActionDefinition] = [:]

    init(definition: WorkflowDefinition, file: String, path: String) {
        self.definition = definition
        self.file = file
        self.path = path
    }

    private mutating func report(_ message: String, at path: String, _ severity: WorkflowFinding.Severity = .error) {
        findings.append(WorkflowFinding(severity, message, file: file, path: path))
    }

    mutating func validate() {
        collect()
        var all: [(ActionDefinition, Int)] = []
        definition.actions.forEach { action, depth in all.append((action, depth)) }
        checkLimits(all)
        checkOrder(of: definition.actions)
        for (action, depth) in all {
            for group in action.body.groups { checkOrder(of: group) }
            check(action, depth: depth)
        }
        for trigger in definition.triggers.values {
            checkExpressions(in: trigger.inputs, at: "\(path).triggers.\(trigger.name).inputs")
            for condition in trigger.conditions {
                checkExpressions(in: condition, at: "\(path).triggers.\(trigger.name).conditions")
            }
        }
        checkExpressions(in: .object(definition.outputs), at: "\(path).outputs")
    }

    private mutating func collect() {
        var duplicates: [ActionDefinition] = []
        var names: [String: ActionDefinition] = [:]
        var initialized: Set<String> = []
        definition.actions.forEach { action, _ in
            if names.updateValue(action, forKey: action.name.lowercased()) != nil { duplicates.append(action) }
            guard case .operation(.initializeVariable) = action.body else { return }
            for variable in action.inputs.member("variables")?.arrayValue ?? [] {
                if let name = variable.member("name")?.stringValue { initialized.insert(name.lowercased()) }
            }
        }
        foldedActions = names
        variables = initialized
        for action in duplicates {
            report("two actions are named '\(action.name)'; names are unique in a workflow", at: action.path)
        }
    }

    private mutating func checkLimits(_ all: [(ActionDefinition, Int)]) {
        typealias Limits = WorkflowDefinition.Limits
        if all.count > Limits.actions {
            report("\(all.count) actions are more than the \(Limits.actions) that a workflow may have", at: path)
        }
        if definition.triggers.count > Limits.triggers {
            report("\(definition.triggers.count) triggers are more than \(Limits.triggers)", at: path)
        }
        if variables.count > Limits.variables {
            report("\(variables.count) variables are more than \(Limits.variables)", at: path)
        }
    }

    /// Predecessors must be siblings, and waiting must come to an end.
    private mutating func checkOrder(of group: ActionGroup) {
        var state: [String: Bool] = [:]
        for action in group.actions.values {
            for predecessor in action.runAfter.keys where group.actions[predecessor] == nil {
                report(
                    "runs after '\(predecessor)', which is no action beside it", at: "\(action.path).runAfter")
            }
        }
        var remaining = group.actions.values.map(\.name)
        var isProgressing = true
        while isProgressing {
            let before = remaining.count
            remaining.removeAll { name in
                let predecessors = group.actions[name]?.runAfter.keys.map { $0 } ?? []
                let isReady = predecessors.allSatisfy { state[$0] == true || group.actions[$0] == nil }
                if isReady { state[name] = true }
                return isReady
            }
            isProgressing = remaining.count < before
        }
        if let name = remaining.first, let action = group.actions[name] {
            report("runs after itself, in a circle with: \(remaining.joined(separator: ", "))", at: action.path)
        }
    }
}

extension DefinitionValidator {
    private mutating func check(_ action: ActionDefinition, depth: Int) {
        switch action.body {
        case .unsupported:
            report(
                "actions of type '\(action.typeName)' are not supported; when it is reached, it fails", at: action.path,
                .warning)
        case .operation(let kind): check(kind, of: action, depth: depth)
        case .condition(let expression, _, _), .until(let expression, _, _):
            if expression.isNull { report("'expression' is missing", at: action.path) }
            checkExpressions(in: expression, at: "\(action.path).expression")
        case .choice(let expression, let cases, _):
            if cases.count > WorkflowDefinition.Limits.cases {
                report("\(cases.count) cases are more than \(WorkflowDefinition.Limits.cases)", at: action.path)
            }
            checkExpressions(in: expression, at: "\(action.path).expression")
        case .foreach(let items, _, _):
            if items.isNull { report("'foreach' is missing", at: action.path) }
            checkExpressions(in: items, at: "\(action.path).foreach")
        case .scope: break
        }
        checkExpressions(in: action.inputs, at: "\(action.path).inputs")
    }

    private mutating func check(_ kind: OperationKind, of action: ActionDefinition, depth: Int) {
        let isInLoop = (definition.containers[action.name] ?? []).contains {
            foldedActions[$0.lowercased()]?.body.isLoop == true
        }
        switch kind {
        case .initializeVariable:
            if depth > 1 { report("variables are initialized at the top level only", at: action.path) }
        case .setVariable, .appendToArrayVariable, .appendToStringVariable, .incrementVariable, .decrementVariable:
            if let name = action.inputs.member("name")?.stringValue, !variables.contains(name.lowercased()) {
                report("no InitializeVariable makes the variable '\(name)'", at: "\(action.path).inputs.name")
            }
        case .terminate where isInLoop:
            report("Terminate inside a loop ends the whole run", at: action.path, .warning)
        case .response:
            if !definition.triggers.values.contains(where: { $0.event == .request }) {
                report("a Response answers a Request trigger, and there is none", at: action.path)
            }
            if isInLoop { report("a Response inside a loop may come twice", at: action.path, .warning) }
        case .http where action.inputs.member("uri") == nil:
            report("'uri' is missing", at: "\(action.path).inputs")
        case .apiConnection, .apiConnectionWebhook:
            if action.inputs.member("host") == nil { report("'host' is missing", at: "\(action.path).inputs") }
        default: break
        }
    }

    /// Reads every string in `value` as a template and checks functions and references.
    private mutating func checkExpressions(in value: JSON, at path: String) {
        switch value {
        case .null, .bool, .int, .double: return
        case .array(let elements):
            for (index, element) in elements.enumerated() { checkExpressions(in: element, at: "\(path)[\(index)]") }
        case .object(let members):
            for (key, member) in members {
                if key.contains("@") { checkTemplate(key, at: path) }
                checkExpressions(in: member, at: "\(path).\(key)")
            }
        case .string(let text): if text.contains("@") { checkTemplate(text, at: path) }
        }
    }

    private mutating func checkTemplate(_ text: String, at path: String) {
        let template: Template
        do throws(ExpressionError) {
            template = try Template(text)
        } catch {
            report("\(error)", at: path)
            return
        }
        if case .expression = template, text.utf8.count > WorkflowDefinition.Limits.expressionLength {
            report("the expression is longer than 8,192 characters", at: path, .warning)
        }
        var calls: [Expression.FunctionCall] = []
        for expression in template.expressions { expression.forEachCall { calls.append($0) } }
        for call in calls { check(call, at: path) }
    }

    private mutating func check(_ call: Expression.FunctionCall, at path: String) {
        guard let arity = FunctionNames.arity(of: call.name) else {
            report("there is no function '\(call.name)'", at: path)
            return
        }
        guard arity.contains(call.arguments.count) else {
            report(
                "'\(call.name)' takes \(arity.lowerBound) to \(arity.upperBound) arguments, not \(call.arguments.count)",
                at: path)
            return
        }
        guard let reference = ReferenceFunction(rawValue: call.name.lowercased()),
            case .literal(.string(let name)) = call.arguments.first
        else { return }
        if reference.namesAction, foldedActions[name.lowercased()] == nil {
            report("\(call.name)('\(name)') names no action of the workflow", at: path)
        } else if reference.namesLoop, foldedActions[name.lowercased()]?.body.isLoop != true {
            report("\(call.name)('\(name)') names no loop of the workflow", at: path)
        } else if reference == .variables, !variables.contains(name.lowercased()) {
            report("no InitializeVariable makes the variable '\(name)'", at: path)
        } else if reference == .parameters, name != "$connections", definition.parameters[name] == nil,
            !definition.parameters.keys.contains(where: { $0.lowercased() == name.lowercased() })
        {
            report("the definition has no parameter '\(name)'", at: path, .warning)
        }
    }
}
