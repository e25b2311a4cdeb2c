public import KQLValues

/// A SQL dialect that the pushdown planner can write.
public enum SQLDialect: String, Sendable, CaseIterable {
    case duckDB, clickHouse
}

/// The SQL of a function per dialect, where the store gives exactly the same answer.
///
/// A template holds `$1`, `$2`… for the arguments' SQL, which the planner puts in parentheses. The rule may look at the
/// argument types and constants and decline (nil), and then the call runs in Tocsin's own runtime.
public struct SQLForms: Sendable {
    public typealias Rule = @Sendable (SQLArguments) -> String?

    private let rules: [SQLDialect: Rule]

    public init(_ rules: [SQLDialect: Rule]) {
        self.rules = rules
    }

    /// No dialect can do it exactly.
    public static let none = SQLForms([:])

    /// Whether no dialect has a form.
    public var isEmpty: Bool { rules.isEmpty }

    /// The same template for DuckDB whatever the arguments are.
    public static func duckDB(_ template: String) -> SQLForms {
        SQLForms([.duckDB: { _ in template }])
    }

    /// A rule for DuckDB that looks at the arguments.
    public static func duckDB(_ rule: @escaping Rule) -> SQLForms {
        SQLForms([.duckDB: rule])
    }

    /// The same template for all dialects, which agree on its meaning.
    public static func shared(_ template: String) -> SQLForms {
        SQLForms([.duckDB: { _ in template }, .clickHouse: { _ in template }])
    }

    /// The same rule for all dialects, which agree on the meaning of its templates.
    public static func shared(_ rule: @escaping Rule) -> SQLForms {
        SQLForms([.duckDB: rule, .clickHouse: rule])
    }

    /// A template for each dialect.
    public static func forms(duckDB: String, clickHouse: String) -> SQLForms {
        SQLForms([.duckDB: { _ in duckDB }, .clickHouse: { _ in clickHouse }])
    }

    /// A rule for each dialect; nil: it has no form.
    public static func rules(duckDB: Rule?, clickHouse: Rule?) -> SQLForms {
        var rules: [SQLDialect: Rule] = [:]
        rules[.duckDB] = duckDB
        rules[.clickHouse] = clickHouse
        return SQLForms(rules)
    }

    /// The template for a call, or nil when this dialect cannot do it exactly.
    public func template(_ dialect: SQLDialect, for arguments: SQLArguments) -> String? {
        rules[dialect]?(arguments)
    }
}

/// What a SQL rule may look at.
public struct SQLArguments: Sendable {
    /// The argument types after conversion.
    public let types: [KQLType]
    /// The constant value of each argument, nil when it is not constant.
    public let constants: [Value?]

    public init(types: [KQLType], constants: [Value?]) {
        self.types = types
        self.constants = constants
    }
}
