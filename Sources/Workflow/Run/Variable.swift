internal import Chronology
internal import JSON

/// A variable of a run.
struct Variable: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case string, integer, float, boolean, array, object
    }

    let name: String
    let kind: Kind
    private(set) var value: JSON

    init(_ definition: JSON) throws(ExpressionError) {
        guard let name = definition.member("name")?.stringValue else {
            throw ExpressionError(.wrongArgument, "a variable needs a 'name'")
        }
        let type = definition.member("type")?.stringValue ?? ""
        guard let kind = Kind(rawValue: type.lowercased()) else {
            throw ExpressionError(
                .wrongArgument,
                "variable '\(name)': '\(type)' is none of the types string, integer, float, boolean, array, object")
        }
        self.name = name
        self.kind = kind
        value = .null
        try set(definition.member("value") ?? .null)
    }

    mutating func set(_ new: JSON) throws(ExpressionError) {
        let fits =
            switch (kind, new) {
            case (_, .null), (.string, .string), (.integer, .int), (.float, .int), (.float, .double),
                (.boolean, .bool), (.array, .array), (.object, _):
                true
            case (.integer, .double): new.intValue != nil
            default: false
            }
        guard fits else {
            throw ExpressionError(
                .wrongArgument,
                "the variable '\(name)' of type \(kind.rawValue) cannot take \(new.preview) of type \(new.typeName)")
        }
        value = kind == .integer ? new.intValue.map { .int($0) } ?? new : new
    }

    mutating func append(_ element: JSON) throws(ExpressionError) {
        switch (kind, value) {
        case (.array, .array(var elements)):
            value = .null
            elements.append(element)
            value = .array(elements)
        case (.array, _): value = [element]
        case (.string, _): value = .string((value.stringValue ?? "") + element.interpolated)
        default:
            throw ExpressionError(.wrongArgument, "nothing can be appended to '\(name)' of type \(kind.rawValue)")
        }
    }

    mutating func increment(by step: JSON) throws(ExpressionError) {
        let arguments = Arguments(function: "increment", values: [value.isNull ? 0 : value, step])
        guard kind == .integer || kind == .float, let add = FunctionTable.standard["add"] else {
            throw ExpressionError(.wrongArgument, "'\(name)' of type \(kind.rawValue) cannot be counted")
        }
        var unused = EvaluationSources(now: .unixEpoch, seed: 0)
        try set(try add.evaluate(arguments, &unused))
    }
}
