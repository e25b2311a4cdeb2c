public import KQLSyntax

/// A piece of the text with what it stands for.
public struct SemanticToken: Sendable, Hashable {
    public enum Role: String, Sendable, CaseIterable {
        /// Operator names and clause words.
        case keyword
        /// Signs and words between operands: `==`, `has`, `and`, `|`.
        case operation
        case table, column
        /// What `let` defines.
        case variable
        /// A parameter of a function or of the query.
        case parameter
        case function, plugin
        /// `kind`, `hint.strategy`, properties of charts.
        case option
        /// What stands behind the dot of a dynamic value.
        case property
        case type, string, number, timespan, constant, punctuation, comment, invalid
    }
    public let span: Span
    public let role: Role
}
