/// Why an expression cannot be read or evaluated.
public struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is; decisions are taken on this, never on the text.
    public enum Code: String, Sendable, Hashable {
        case syntax
        case unknownFunction
        case wrongArgumentCount
        case wrongArgument
        case missingProperty
        case unknownReference
        case tooDeep
        case tooLarge
    }

    public let code: Code
    /// What is wrong, in a sentence.
    public let message: String
    /// Where in the expression's text, in UTF-8 bytes from its start; nil for faults of evaluation.
    public let offset: Int?

    public init(_ code: Code, _ message: String, offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    public var description: String {
        if let offset { "\(message) (at character \(offset + 1))" } else { message }
    }
}
