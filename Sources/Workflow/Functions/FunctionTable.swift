internal import JSON

/// A function that depends on nothing but its arguments, the time and the randomness.
struct WorkflowFunction: Sendable {
    typealias Evaluation = @Sendable (Arguments, inout EvaluationSources) throws(ExpressionError) -> JSON

    let name: String
    let arity: ClosedRange<Int>
    let evaluate: Evaluation

    init(_ name: String, _ arity: ClosedRange<Int>, _ evaluate: @escaping Evaluation) {
        self.name = name
        self.arity = arity
        self.evaluate = evaluate
    }
}

/// The functions of the workflow definition language by their lower-case names.
enum FunctionTable {
    static let standard: [String: WorkflowFunction] = {
        let families = [
            StringFunctions.all, TextSearchFunctions.all, CollectionFunctions.all, SetFunctions.all,
            LogicalFunctions.all, ConversionFunctions.all, EncodingFunctions.all, MathFunctions.all,
            DateFunctions.all, TimeShiftFunctions.all, URIFunctions.all, ObjectFunctions.all, XMLFunctions.all,
        ]
        var table: [String: WorkflowFunction] = [:]
        for function in families.joined() { table[function.name.lowercased()] = function }
        return table
    }()
}

/// What the validator and documentation need to know of the functions.
public enum FunctionNames {
    /// How many arguments a function takes, by its name in any letter case; nil when there is no such function.
    public static func arity(of name: String) -> ClosedRange<Int>? {
        let folded = name.lowercased()
        return LazyFunction(rawValue: folded)?.arity ?? ReferenceFunction(rawValue: folded)?.arity
            ?? FunctionTable.standard[folded]?.arity
    }

    /// All names in lower case, sorted.
    public static let all: [String] =
        (LazyFunction.allCases.map(\.rawValue) + ReferenceFunction.allCases.map(\.rawValue)
        + FunctionTable.standard.keys).sorted()
}
