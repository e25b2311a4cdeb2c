internal import JSON

/// Evaluates the `[…]` expressions of an Azure Resource Manager template.
struct ARMEvaluator {
    private static let maximumDepth = 64

    let context: ARMContext
    let parameters: JSONObject
    let parameterDefinitions: JSONObject
    let variables: JSONObject
    /// Parameters that were needed and have neither value nor default.
    private(set) var missingParameters: [String] = []
    private var depth = 0
    private var sources: EvaluationSources

    init(template: JSON, values: JSONObject, context: ARMContext) {
        self.context = context
        parameters = values
        parameterDefinitions = template.member("parameters")?.objectValue ?? [:]
        variables = template.member("variables")?.objectValue ?? [:]
        sources = EvaluationSources(now: context.now, seed: 0)
    }

    /// The text inside `[…]`, nil when the string is no expression.
    static func expressionText(_ text: String) -> Substring? {
        guard text.hasPrefix("["), text.hasSuffix("]"), !text.hasPrefix("[["), text.utf8.count > 2 else { return nil }
        return text.dropFirst().dropLast()
    }

    /// The value with every expression in it evaluated. What cannot be evaluated stays as it is and is reported.
    mutating func resolve(_ value: JSON, path: String, report: (_ message: String, _ path: String) -> Void) -> JSON {
        switch value {
        case .null, .bool, .int, .double: return value
        case .array(let elements):
            return .array(
                elements.enumerated().map { resolve($0.element, path: "\(path)[\($0.offset)]", report: report) })
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members {
                let name = resolve(.string(key), path: path, report: report).stringValue ?? key
                result[name] = resolve(member, path: "\(path).\(key)", report: report)
            }
            return .object(result)
        case .string(let text):
            do throws(ExpressionError) {
                return try string(text)
            } catch {
                report("template expression '\(text.prefix(80))': \(error)", path)
                return value
            }
        }
    }

    mutating func string(_ text: String) throws(ExpressionError) -> JSON {
        if text.hasPrefix("[["), text.hasSuffix("]") { return .string(String(text.dropFirst())) }
        guard let expression = ARMEvaluator.expressionText(text) else { return .string(text) }
        return try evaluate(try ExpressionParser.parse(expression))
    }

    mutating func evaluate(_ expression: Expression) throws(ExpressionError) -> JSON {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else {
            throw ExpressionError(.tooDeep, "template variables refer to each other in a circle")
        }
        switch expression {
        case .literal(let value): return value
        case .member(let base, let key, let isOptional):
            let parent = try evaluate(base)
            return try parent.selecting(try evaluate(key), isOptional: isOptional)
        case .call(let call):
            if call.name.lowercased() == "if", call.arguments.count == 3 {
                let condition = try evaluate(call.arguments[0]).boolValue == true
                return try evaluate(call.arguments[condition ? 1 : 2])
            }
            var values: [JSON] = []
            for argument in call.arguments { values.append(try evaluate(argument)) }
            return try apply(call, Arguments(function: call.name, values: values))
        }
    }
}

extension ARMEvaluator {
    private mutating func apply(
        _ call: Expression.FunctionCall, _ arguments: Arguments
    ) throws(ExpressionError) -> JSON {
        switch call.name.lowercased() {
        case "parameters": return try parameter(arguments)
        case "variables": return try variable(arguments)
        case "subscription": return context.subscription
        case "resourcegroup": return context.group
        case "tenant": return ["tenantId": .string(context.tenantID)]
        case "deployment": return ["name": "import", "properties": [:]]
        case "environment":
            return ["resourceManager": "https://management.azure.com/", "portal": "https://portal.azure.com"]
        case "copyindex": return 0
        case "resourceid", "subscriptionresourceid", "tenantresourceid", "extensionresourceid":
            return .string(try resourceID(arguments))
        case "uri": return .string(joined(try arguments.text(0), try arguments.text(1)))
        case "concat": return try concat(arguments)
        case "format": return try format(arguments)
        case "createobject":
            var members = JSONObject()
            for index in stride(from: 0, to: arguments.count - 1, by: 2) {
                members[try arguments.text(index)] = arguments[index + 1]
            }
            return .object(members)
        case "and": return .bool(arguments.values.allSatisfy { $0.boolValue == true })
        case "or": return .bool(arguments.values.contains { $0.boolValue == true })
        case "true": return true
        case "false": return false
        case "null": return nil
        case "coalesce": return arguments.values.first { !$0.isNull } ?? .null
        case "uniquestring": return .string(String(StableText.digits(of: arguments.values).prefix(13)))
        case "guid", "newguid": return .string(StableText.uuid(of: arguments.values))
        default: return try shared(call, arguments)
        }
    }

    /// Functions that templates and workflows have in common.
    private mutating func shared(
        _ call: Expression.FunctionCall, _ arguments: Arguments
    ) throws(ExpressionError) -> JSON {
        guard let function = FunctionTable.standard[call.name.lowercased()] else {
            throw ExpressionError(
                .unknownFunction, "the template function '\(call.name)' is not known here", offset: call.offset)
        }
        try arguments.check(count: function.arity)
        return try function.evaluate(arguments, &sources)
    }

    private mutating func parameter(_ arguments: Arguments) throws(ExpressionError) -> JSON {
        let name = try arguments.text(0)
        if let value = JSON.object(parameters).member(name) { return value }
        guard let definition = JSON.object(parameterDefinitions).member(name) else {
            throw ExpressionError(.unknownReference, "the template has no parameter '\(name)'")
        }
        if let value = definition.member("defaultValue") { return try deep(value) }
        if !missingParameters.contains(name) { missingParameters.append(name) }
        switch definition.member("type")?.stringValue?.lowercased() {
        case "int": return 0
        case "bool": return false
        case "array": return []
        case "object", "secureobject": return [:]
        default: return .string(name)
        }
    }

    private mutating func variable(_ arguments: Arguments) throws(ExpressionError) -> JSON {
        let name = try arguments.text(0)
        guard let value = JSON.object(variables).member(name) else {
            throw ExpressionError(.unknownReference, "the template has no variable '\(name)'")
        }
        return try deep(value)
    }

    private mutating func deep(_ value: JSON) throws(ExpressionError) -> JSON {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else {
            throw ExpressionError(.tooDeep, "template variables refer to each other in a circle")
        }
        switch value {
        case .string(let text): return try string(text)
        case .array(let elements):
            var result: [JSON] = []
            for element in elements { result.append(try deep(element)) }
            return .array(result)
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members { result[key] = try deep(member) }
            return .object(result)
        case .null, .bool, .int, .double: return value
        }
    }

    /// `[subscription, [group,]] type, name…` → the resource's path.
    private func resourceID(_ arguments: Arguments) throws(ExpressionError) -> String {
        var texts: [String] = []
        for index in 0..<arguments.count { texts.append(try arguments.text(index)) }
        guard let typeIndex = texts.firstIndex(where: { $0.contains("/") }) else {
            throw ExpressionError(.wrongArgument, "'\(arguments.function)' needs a resource type such as 'A.B/c'")
        }
        let subscription = typeIndex == 2 ? texts[0] : context.subscriptionID
        let group = typeIndex >= 1 ? texts[typeIndex - 1] : context.resourceGroup
        let types = texts[typeIndex].split(separator: "/").map(String.init)
        let names = texts[(typeIndex + 1)...].flatMap { $0.split(separator: "/").map(String.init) }
        var path = "/subscriptions/\(subscription)/resourceGroups/\(group)/providers/\(types.first ?? "")"
        for (index, type) in types.dropFirst().enumerated() {
            path += "/\(type)"
            if index < names.count { path += "/\(names[index])" }
        }
        return path
    }

    private func concat(_ arguments: Arguments) throws(ExpressionError) -> JSON {
        guard case .array? = arguments.values.first else {
            return .string(arguments.values.map(\.interpolated).joined())
        }
        var result: [JSON] = []
        for index in 0..<arguments.count { result += try arguments.array(index) }
        return .array(result)
    }

    private func format(_ arguments: Arguments) throws(ExpressionError) -> JSON {
        var text = try arguments.text(0)
        for index in 1..<max(arguments.count, 1) {
            text = text.replacing("{\(index - 1)}", with: arguments[index].interpolated)
        }
        return .string(text)
    }

    private func joined(_ base: String, _ relative: String) -> String {
        if relative.contains("://") { return relative }
        let root = base.hasSuffix("/") ? base : base + "/"
        return root + relative.drop { $0 == "/" }
    }
}

/// Texts that depend on nothing but their input, for `uniqueString` and `guid`.
enum StableText {
    /// 32 hexadecimal digits, by two rounds of FNV-1a.
    static func digits(of values: [JSON]) -> String {
        let bytes = Array(values.map(\.description).joined(separator: "\u{1F}").utf8)
        func hash(_ start: UInt64) -> String {
            var value = start
            for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hash(0xCBF2_9CE4_8422_2325) + hash(0x9AE1_6A3B_2F90_404F)
    }

    static func uuid(of values: [JSON]) -> String {
        let digits = Array(digits(of: values))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
