public import KQLSyntax

/// What is told about the thing under the pointer.
public struct Hover: Sendable, Hashable {
    /// The word it is about.
    public let span: Span
    /// What it is: `column SigninLogs.UserPrincipalName: string`, a signature, the syntax of an operator.
    public let title: String
    /// Sentences, and for tables the columns; plain text with line ends.
    public let text: String
}
