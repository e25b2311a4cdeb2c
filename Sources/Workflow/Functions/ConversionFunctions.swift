internal import JSON

/// `int`, `string`, `json`, `array`…
enum ConversionFunctions {
    static let all: [WorkflowFunction] = [
        .init("array", 1...1) { arguments, _ throws(ExpressionError) in
            if case .array = arguments[0] { arguments[0] } else { [arguments[0]] }
        },
        .init("createArray", 0...1000) { arguments, _ throws(ExpressionError) in .array(arguments.values) },
        .init("bool", 1...1, bool),
        .init("int", 1...1, int),
        .init("float", 1...2, float),
        .init("decimal", 1...1, float),
        .init("string", 1...1) { arguments, _ throws(ExpressionError) in .string(arguments[0].interpolated) },
        .init("json", 1...1, json),
    ]

    private static func bool(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        if case .double(let value) = arguments[0] { return .bool(value != 0) }
        return .bool(try arguments.bool(0))
    }

    private static func int(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        switch arguments[0] {
        case .int: return arguments[0]
        case .bool(let value): return .int(value ? 1 : 0)
        case .double(let value):
            guard let whole = Int64(exactly: value.rounded(.towardZero)) else {
                throw arguments.wrong(0, "a number within 64 bits")
            }
            return .int(whole)
        default:
            guard let value = Int64(StringFunctions.trimmed(try arguments.text(0))) else {
                throw arguments.wrong(0, "a whole number or its text")
            }
            return .int(value)
        }
    }

    private static func float(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        if let value = arguments[0].doubleValue { return .double(value) }
        let text = StringFunctions.trimmed(try arguments.text(0)).filter { $0 != "," }
        guard let value = Double(text), value.isFinite else { throw arguments.wrong(0, "a number or its text") }
        return .double(value)
    }

    /// Parses JSON text; XML becomes an object as Json.NET converts it.
    private static func json(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        if let content = arguments[0].binaryContent, content.contentType.lowercased().contains("xml") {
            do throws(XMLError) {
                return try XMLDocument(parsing: content.text).json
            } catch {
                throw ExpressionError(.wrongArgument, "'json': \(error)")
            }
        }
        if case .object = arguments[0], arguments[0].binaryContent == nil { return arguments[0] }
        if case .array = arguments[0] { return arguments[0] }
        do throws(JSONError) {
            return try JSON(parsing: try text(arguments))
        } catch {
            throw ExpressionError(.wrongArgument, "'json' got a text that is \(error)")
        }
    }

    private static func text(_ arguments: Arguments) throws(JSONError) -> String {
        arguments[0].binaryContent?.text ?? arguments[0].interpolated
    }
}
