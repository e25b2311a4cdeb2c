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

/// `union`: the rows of all inputs. The binder has given all inputs the same columns of the same types.
public struct Union: Sendable {
    public var inputs: [Plan]
    public let schema: TableSchema

    public init(inputs: [Plan], schema: TableSchema) {
        self.inputs = inputs
        self.schema = schema
    }
}
