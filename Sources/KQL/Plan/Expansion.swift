public import KQLValues

/// `mv-expand`: one row per element of arrays or bags; several columns are expanded side by side.
public struct MvExpand: Sendable {
    public var input: Plan
    public var expansions: [Expansion]
    /// Where the element's number goes in the result, when asked for (`with_itemindex`).
    public var indexColumn: Int?
    /// A constant long: at most so many rows per input row.
    public var rowLimit: BoundExpression?
    /// Whether a bag's property becomes `[key, value]` (`kind=array`) instead of a bag of one.
    public var bagsAsArrays: Bool
    /// The input's columns, expanded ones replaced in place or added at the end.
    public let schema: TableSchema

    public init(
        input: Plan, expansions: [Expansion], indexColumn: Int?, rowLimit: BoundExpression?, bagsAsArrays: Bool,
        schema: TableSchema
    ) {
        self.input = input
        self.expansions = expansions
        self.indexColumn = indexColumn
        self.rowLimit = rowLimit
        self.bagsAsArrays = bagsAsArrays
        self.schema = schema
    }
}

/// One expanded expression.
public struct Expansion: Sendable {
    /// Over the input, of type dynamic.
    public var source: BoundExpression
    /// Where the element goes in the result.
    public let output: Int
    /// What the element is converted to.
    public let type: KQLType

    public init(source: BoundExpression, output: Int, type: KQLType) {
        self.source = source
        self.output = output
        self.type = type
    }
}

/// `mv-apply`: expands each row and runs a subquery over its elements.
public struct MvApply: Sendable {
    public var expand: MvExpand
    /// A plan over a placeholder with the expansion's columns.
    public var body: Plan
    public let placeholder: Int
    /// Which columns of the input row stay, in front of the body's columns.
    public var kept: [Int]
    /// Which columns of the body's result follow.
    public var taken: [Int]
    public let schema: TableSchema

    public init(expand: MvExpand, body: Plan, placeholder: Int, kept: [Int], taken: [Int], schema: TableSchema) {
        self.expand = expand
        self.body = body
        self.placeholder = placeholder
        self.kept = kept
        self.taken = taken
        self.schema = schema
    }
}

/// `partition by`: runs a subquery over the rows of each key, and unites the results.
public struct Partition: Sendable {
    public var input: Plan
    public var key: BoundExpression
    public var body: Plan
    public let placeholder: Int
    public let schema: TableSchema

    public init(input: Plan, key: BoundExpression, body: Plan, placeholder: Int, schema: TableSchema) {
        self.input = input
        self.key = key
        self.body = body
        self.placeholder = placeholder
        self.schema = schema
    }
}

/// `parse` and `parse-where`: takes a string apart by a pattern.
public struct Parse: Sendable {
    public enum Mode: Sendable { case simple, regex, relaxed }

    public var input: Plan
    /// Of type string.
    public var source: BoundExpression
    public let mode: Mode
    /// Flags for `kind=regex`, as RE2 writes them (`i`, `s`, `m`, `U`).
    public let regexFlags: String
    public let pattern: [Segment]
    /// Whether rows that do not match are dropped (`parse-where`).
    public let dropsMisses: Bool
    public let schema: TableSchema

    public init(
        input: Plan, source: BoundExpression, mode: Mode, regexFlags: String, pattern: [Segment], dropsMisses: Bool,
        schema: TableSchema
    ) {
        self.input = input
        self.source = source
        self.mode = mode
        self.regexFlags = regexFlags
        self.pattern = pattern
        self.dropsMisses = dropsMisses
        self.schema = schema
    }

    /// A part of the pattern.
    public enum Segment: Sendable {
        /// Text (a regular expression in `kind=regex`) that must follow.
        case text(String)
        /// Anything, dropped.
        case skip
        /// A value for the result's column at this position, converted to this type.
        case column(output: Int, type: KQLType)
    }
}

/// `parse-kv`: takes key-value pairs out of a string.
public struct ParseKeyValue: Sendable {
    public var input: Plan
    /// Of type string.
    public var source: BoundExpression
    public let keys: [Key]
    public let pairDelimiter: String
    public let valueDelimiter: String
    public let quotes: [String]
    public let escape: String
    public let isGreedy: Bool
    /// A regular expression with a group for the key and one for the value; nil: delimiters.
    public let regex: String?
    public let schema: TableSchema

    public init(
        input: Plan, source: BoundExpression, keys: [Key], pairDelimiter: String,
        valueDelimiter: String, quotes: [String], escape: String, isGreedy: Bool, regex: String?, schema: TableSchema
    ) {
        self.input = input
        self.source = source
        self.keys = keys
        self.pairDelimiter = pairDelimiter
        self.valueDelimiter = valueDelimiter
        self.quotes = quotes
        self.escape = escape
        self.isGreedy = isGreedy
        self.regex = regex
        self.schema = schema
    }

    /// A wanted key and where its value goes.
    public struct Key: Sendable {
        public let name: String
        /// Position in the result.
        public let output: Int
        public let type: KQLType

        public init(name: String, output: Int, type: KQLType) {
            self.name = name
            self.output = output
            self.type = type
        }
    }
}
