/// What the grammar can take at the end of a text that breaks off there, for completion.
///
/// The parser notes these while it reads: each grammar function that looks at the end of the text says what it would
/// have liked to find.
public enum Expectation: Hashable, Sendable {
    /// A new statement: `let`, `declare`, or a query.
    case statement
    /// A scalar expression or a table, as in `let x =` or in an argument.
    case result
    /// A table: after `join`, `union`, `find in`.
    case table
    /// An operator after `|`, or at the start of a subquery over rows.
    case tabularOperator
    /// An operand.
    case expression
    /// An operator between two operands.
    case infix
    /// `|`
    case pipe
    /// A clause word such as `by`, `on`, `asc`.
    case word(String)
    /// A name that stands for something of this role.
    case name(TokenRole)
    /// A type.
    case type
    /// `name=` of an operator's parameters.
    case parameter
    /// The value of an operator's parameter.
    case parameterValue
}

extension ParserState {
    /// Notes what could stand here, when the text ends here and no operand is missing before it.
    mutating func note(_ expectation: Expectation) {
        guard at(.end), !lacksOperand, !expectations.contains(expectation) else { return }
        expectations.append(expectation)
    }

    /// Notes that an operand is missing here; what may follow it is of no use then.
    mutating func noteMissingOperand() {
        note(.expression)
        if at(.end) { lacksOperand = true }
    }
}
