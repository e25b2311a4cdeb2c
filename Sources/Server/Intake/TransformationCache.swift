internal import API
internal import Chronology
internal import Collection
internal import KQL
internal import KQLFunctions
internal import KQLValues
internal import Synchronization

/// The transformations that senders' records go through, made once for each query, its input and its table.
final class TransformationCache: Sendable {
    private struct Key: Hashable {
        let transformation: IntakeTransformation
        let table: TableDefinition
    }

    private let tables: TableCatalogue
    private let schemas: @Sendable () -> [String: TableSchema]
    private let made = Mutex<[Key: Transformation]>([:])

    /// How many are kept.
    private static let most = 1000

    init(tables: TableCatalogue, schemas: @escaping @Sendable () -> [String: TableSchema]) {
        self.tables = tables
        self.schemas = schemas
    }

    /// - Throws: `TransformationFault` with the places of the errors.
    func transformation(
        _ wanted: IntakeTransformation, into table: String
    ) throws(TransformationFault) -> Transformation {
        let key = Key(transformation: wanted, table: definition(of: table, for: wanted))
        if let known = made.withLock({ $0[key] }) { return known }
        let fresh = try Transformation(wanted.query, over: .declared(wanted.columns), into: key.table)
        made.withLock { made in
            if made.count >= Self.most { made = [:] }
            made[key] = fresh
        }
        return fresh
    }

    /// A table that content describes, or one of one's own: with the columns it has and those that the rows bring.
    private func definition(of table: String, for wanted: IntakeTransformation) -> TableDefinition {
        if let known = tables[table] { return known }
        var columns = wanted.mayDepart ? [] : schemas()[table]?.columns ?? []
        var names = Set(columns.map(\.name))
        let further = [ColumnSchema("Type", .string), ColumnSchema(Self.rest, .dynamic)]
        for column in output(of: wanted).columns + further where names.insert(column.name).inserted {
            columns.append(column)
        }
        return TableDefinition(name: table, schema: TableSchema(columns), rest: Self.rest)
    }

    /// Takes the fields that the stream does not declare.
    private static let rest = "_AdditionalFields"

    /// The columns that a query gives.
    private func output(of wanted: IntakeTransformation) -> TableSchema {
        if wanted.query == "source" { return wanted.columns }
        let environment = QueryEnvironment(
            catalogue: .standard, tables: FixedTableCatalog(["source": wanted.columns]))
        do {
            return try KQLEngine.compile(
                wanted.query, environment: environment, options: CompileOptions(now: .unixEpoch)
            ).schema
        } catch {
            // What is wrong is told by the transformation itself.
            return TableSchema([])
        }
    }
}
