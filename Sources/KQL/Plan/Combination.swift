public import KQLValues

/// The kinds of `join` and `lookup`.
public enum JoinKind: String, Sendable, CaseIterable {
    /// Inner, after keeping one left row per key.
    case innerUnique = "innerunique"
    case inner
    case leftOuter = "leftouter"
    case rightOuter = "rightouter"
    case fullOuter = "fullouter"
    case leftAnti = "leftanti"
    case rightAnti = "rightanti"
    case leftSemi = "leftsemi"
    case rightSemi = "rightsemi"
}

/// `join` and `lookup`: rows of two inputs with equal keys. A null key equals a null key.
public struct Join: Sendable {
    public var left: Plan
    public var right: Plan
    public var kind: JoinKind
    public var keys: [JoinKey]
    /// The columns of the result.
    public var outputs: [JoinOutput]

    public init(left: Plan, right: Plan, kind: JoinKind, keys: [JoinKey], outputs: [JoinOutput]) {
        self.left = left
        self.right = right
        self.kind = kind
        self.keys = keys
        self.outputs = outputs
    }

    public var schema: TableSchema { TableSchema(outputs.map { ColumnSchema($0.name, $0.type) }) }
}

/// Two expressions, each over its own side, that must be equal; both have the same type.
public struct JoinKey: Sendable {
    public var left: BoundExpression
    public var right: BoundExpression

    public init(left: BoundExpression, right: BoundExpression) {
        self.left = left
        self.right = right
    }
}

/// A column that a join passes on.
public struct JoinOutput: Sendable, Hashable {
    public enum Side: Sendable { case left, right }

    public let side: Side
    /// Position in that side's schema.
    public let index: Int
    public let name: String
    public let type: KQLType

    public init(side: Side, index: Int, name: String, type: KQLType) {
        self.side = side
        self.index = index
        self.name = name
        self.type = type
    }
}

/// `union`: the rows of all inputs.
public struct Union: Sendable {
    public var inputs: [UnionInput]
    public let schema: TableSchema

    public init(inputs: [UnionInput], schema: TableSchema) {
        self.inputs = inputs
        self.schema = schema
    }

    /// A union of inputs that all have its columns.
    public init(same inputs: [Plan], schema: TableSchema) {
        self.init(inputs: inputs.map { UnionInput(plan: $0, columns: nil) }, schema: schema)
    }

    /// The inputs, each with exactly the union's columns.
    public var alignedInputs: [Plan] { inputs.map { $0.aligned(to: schema) } }
}

/// One input of a union. A union over all tables has thousands of columns, of which each table has a few, so only these
/// are written down.
public struct UnionInput: Sendable {
    public var plan: Plan
    /// For positions of the union's columns: the column of `plan`, or a constant; the others are null. Nil: the columns
    /// of `plan` are the union's.
    public let columns: [Int: BoundExpression]?

    public init(plan: Plan, columns: [Int: BoundExpression]?) {
        self.plan = plan
        self.columns = columns
    }

    /// The value of one of the union's columns, over the columns of `plan`.
    func value(of column: ColumnReference) -> BoundExpression {
        guard let columns else { return .column(column) }
        return columns[column.index] ?? .constant(.missing(column.type))
    }

    /// The input with exactly the union's columns.
    func aligned(to schema: TableSchema) -> Plan {
        if columns == nil { return plan }
        return .project(
            Project(
                input: plan,
                columns: schema.columns.indices.map { index in
                    NamedExpression(schema.columns[index].name, value(of: schema.reference(index)))
                }))
    }
}
