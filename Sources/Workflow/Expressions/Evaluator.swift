public import JSON

/// Evaluates expressions and the values of a definition in which they stand.
public struct Evaluator<Scope: EvaluationScope> {
    private let scope: Scope
    /// The sources after what was evaluated so far.
    public private(set) var sources: EvaluationSources
    /// `item()` of a Select or Query, which hides a loop's.
    var element: JSON?

    private static var maximumDepth: Int { 200 }
    private static var maximumTextLength: Int { 104_857_600 }

    public init(scope: Scope, sources: EvaluationSources) {
        self.scope = scope
        self.sources = sources
    }

    /// The value with every expression in it, also in object keys, replaced by its result.
    public mutating func evaluate(_ value: JSON) throws(ExpressionError) -> JSON {
        try evaluate(value, depth: 0)
    }

    private mutating func evaluate(_ value: JSON, depth: Int) throws(ExpressionError) -> JSON {
        guard depth < Self.maximumDepth else {
            throw ExpressionError(.tooDeep, "the value is nested deeper than \(Self.maximumDepth) levels")
        }
        switch value {
        case .string(let text):
            return try evaluate(template: text)
        case .array(let elements):
            var result: [JSON] = []
            result.reserveCapacity(elements.count)
            for element in elements { result.append(try evaluate(element, depth: depth + 1)) }
            return .array(result)
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members {
                let name = key.contains("@") ? try evaluate(template: key).interpolated : key
                result[name] = try evaluate(member, depth: depth + 1)
            }
            return .object(result)
        case .null, .bool, .int, .double:
            return value
        }
    }

    /// The value of a string of the definition.
    public mutating func evaluate(template text: String) throws(ExpressionError) -> JSON {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return .string(text) }
        switch try Template(text) {
        case .literal(let text): return .string(text)
        case .expression(let expression): return try evaluate(expression)
        case .interpolation(let segments):
            var result = ""
            for segment in segments {
                switch segment {
                case .text(let text): result += text
                case .expression(let expression): result += try evaluate(expression).interpolated
                }
                guard result.utf8.count <= Self.maximumTextLength else {
                    throw ExpressionError(.tooLarge, "the text grows beyond 100 MB")
                }
            }
            return .string(result)
        }
    }

    /// The value of an expression.
    public mutating func evaluate(_ expression: Expression) throws(ExpressionError) -> JSON {
        switch expression {
        case .literal(let value): return value
        case .call(let call): return try evaluate(call)
        case .member(let base, let key, let isOptional):
            let parent = try evaluate(base)
            return try parent.selecting(try evaluate(key), isOptional: isOptional)
        }
    }

    private mutating func evaluate(_ call: Expression.FunctionCall) throws(ExpressionError) -> JSON {
        let name = call.name.lowercased()
        if let lazy = LazyFunction(rawValue: name) { return try evaluate(lazy, call) }
        var values: [JSON] = []
        for argument in call.arguments { values.append(try evaluate(argument)) }
        let arguments = Arguments(function: call.name, values: values)
        if let reference = ReferenceFunction(rawValue: name) {
            try arguments.check(count: reference.arity)
            return try evaluate(reference, arguments)
        }
        guard let function = FunctionTable.standard[name] else {
            throw ExpressionError(.unknownFunction, "there is no function '\(call.name)'", offset: call.offset)
        }
        try arguments.check(count: function.arity)
        return try function.evaluate(arguments, &sources)
    }
}

extension Evaluator {
    /// Functions that evaluate only the arguments they need.
    private mutating func evaluate(
        _ function: LazyFunction, _ call: Expression.FunctionCall
    ) throws(ExpressionError) -> JSON {
        let arguments = call.arguments
        try Arguments.check(count: function.arity, given: arguments.count, function: call.name)
        switch function {
        case .if:
            let condition = try evaluate(arguments[0])
            return try evaluate(arguments[try Arguments(function: call.name, values: [condition]).bool(0) ? 1 : 2])
        case .and, .or:
            for argument in arguments {
                let value = try evaluate(argument)
                let isTrue = try Arguments(function: call.name, values: [value]).bool(0)
                if isTrue != (function == .and) { return .bool(isTrue) }
            }
            return .bool(function == .and)
        case .coalesce:
            for argument in arguments {
                let value = try evaluate(argument)
                if !value.isNull { return value }
            }
            return .null
        }
    }

    private func evaluate(_ function: ReferenceFunction, _ arguments: Arguments) throws(ExpressionError) -> JSON {
        switch function {
        case .parameters: return try scope.parameter(named: try arguments.text(0))
        case .variables: return try scope.variable(named: try arguments.text(0))
        case .outputs, .actionOutputs: return try scope.outputs(ofAction: try arguments.text(0))
        case .body, .actionBody:
            return try scope.outputs(ofAction: try arguments.text(0)).member("body") ?? .null
        case .action: return try scope.action(named: nil)
        case .actions:
            let action = try scope.action(named: try arguments.text(0))
            guard arguments.count > 1 else { return action }
            return try action.selecting(arguments[1], isOptional: true)
        case .result: return try scope.results(ofScope: try arguments.text(0))
        case .trigger: return scope.trigger
        case .triggerOutputs: return scope.trigger.member("outputs") ?? .null
        case .triggerBody: return triggerBody
        case .item: return if let element { element } else { try scope.item(ofLoop: nil) }
        case .items: return try scope.item(ofLoop: try arguments.text(0))
        case .iterationIndexes: return try scope.iterationIndex(ofLoop: try arguments.text(0))
        case .workflow: return scope.workflow
        case .listCallbackUrl: return try scope.callbackURL()
        case .formDataValue, .formDataMultiValues:
            let body = try scope.outputs(ofAction: try arguments.text(0)).member("body") ?? .null
            return FormData.values(named: try arguments.text(1), in: body, first: function == .formDataValue)
        case .triggerFormDataValue, .triggerFormDataMultiValues:
            let first = function == .triggerFormDataValue
            return FormData.values(named: try arguments.text(0), in: triggerBody, first: first)
        case .multipartBody:
            let body = try scope.outputs(ofAction: try arguments.text(0)).member("body") ?? .null
            return FormData.part(try arguments.int(1), of: body)
        case .triggerMultipartBody: return FormData.part(try arguments.int(0), of: triggerBody)
        }
    }

    private var triggerBody: JSON { scope.trigger.member("outputs")?.member("body") ?? .null }
}
