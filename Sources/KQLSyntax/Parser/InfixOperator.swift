/// An operator between two expressions, as found in the token list.
struct InfixOperator {
    enum Kind {
        case logical(LogicalExpression.Connective)
        case binary(BinaryOperator)
        case membership(MembershipExpression.Operator)
        case between(isNegated: Bool)
    }

    /// How tightly operators bind; string operators bind tighter than arithmetic.
    enum Level: Int, Comparable {
        case or, and, equality, relational, additive, multiplicative, string, operand

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
        var next: Level { Level(rawValue: rawValue + 1) ?? .operand }
        /// False for comparisons, which do not form chains.
        var isAssociative: Bool { self != .equality && self != .relational }
    }

    var kind: Kind
    var level: Level
    /// Tokens it takes.
    var length = 1
}

extension ParserState {
    /// The infix operator at the current token.
    func infixOperator() -> InfixOperator? {
        let token = current
        switch token.kind {
        case .identifier:
            guard let found = Self.wordOperators[token.text] else {
                guard token.text == "matches", atWord(1, "regex") else { return nil }
                return InfixOperator(kind: .binary(.matchesRegex), level: .string, length: 2)
            }
            return found
        case .negatedWord: return Self.wordOperators[token.text]
        case .colon: return isSearching ? InfixOperator(kind: .binary(.searchMatch), level: .string) : nil
        default: return Self.symbolOperator(token.kind)
        }
    }

    private static func symbolOperator(_ kind: Token.Kind) -> InfixOperator? {
        switch kind {
        case .equalEqual: InfixOperator(kind: .binary(.equal), level: .equality)
        case .notEqual, .lessGreater: InfixOperator(kind: .binary(.notEqual), level: .equality)
        case .equalTilde: InfixOperator(kind: .binary(.equalIgnoringCase), level: .string)
        case .notTilde: InfixOperator(kind: .binary(.notEqualIgnoringCase), level: .string)
        case .less: InfixOperator(kind: .binary(.less), level: .relational)
        case .lessOrEqual: InfixOperator(kind: .binary(.lessOrEqual), level: .relational)
        case .greater: InfixOperator(kind: .binary(.greater), level: .relational)
        case .greaterOrEqual: InfixOperator(kind: .binary(.greaterOrEqual), level: .relational)
        case .plus: InfixOperator(kind: .binary(.add), level: .additive)
        case .minus: InfixOperator(kind: .binary(.subtract), level: .additive)
        case .star: InfixOperator(kind: .binary(.multiply), level: .multiplicative)
        case .slash: InfixOperator(kind: .binary(.divide), level: .multiplicative)
        case .percent: InfixOperator(kind: .binary(.modulo), level: .multiplicative)
        default: nil
        }
    }

    /// All operators written as words, older spellings included.
    static let wordOperators: [String: InfixOperator] = {
        var table: [String: InfixOperator] = [
            "and": InfixOperator(kind: .logical(.and), level: .and),
            "or": InfixOperator(kind: .logical(.or), level: .or),
            "between": InfixOperator(kind: .between(isNegated: false), level: .equality),
            "!between": InfixOperator(kind: .between(isNegated: true), level: .equality),
        ]
        for op in MembershipExpression.Operator.allCases {
            table[op.rawValue] = InfixOperator(kind: .membership(op), level: .equality)
        }
        for op in BinaryOperator.allCases where op.rawValue.utf8.contains(where: \.isLetter) && op != .matchesRegex {
            table[op.rawValue] = InfixOperator(kind: .binary(op), level: .string)
        }
        let older: [String: BinaryOperator] = [
            "notcontains": .notContains, "containscs": .containsCS, "notcontainscs": .notContainsCS,
        ]
        for (spelling, op) in older { table[spelling] = InfixOperator(kind: .binary(op), level: .string) }
        return table
    }()
}
