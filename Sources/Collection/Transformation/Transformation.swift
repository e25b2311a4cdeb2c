internal import Chronology
internal import KQL
internal import KQLFunctions
internal import KQLSyntax
public import KQLValues

/// A KQL text over the virtual table `source` that makes rows of a table out of records, as Azure Monitor's `transformKql`.
///
/// It is checked and bound once and then run over whole blocks. A member path such as `properties.user.id` is read straight
/// from the record's flat field of that name, so that no objects are built for it.
public struct Transformation: Sendable {
    /// What the columns of `source` are.
    public enum Input: Sendable {
        /// The columns of a stream, as a data collection rule declares them: other names are errors, and the result's columns
        /// must have the types of the table's.
        case declared(TableSchema)
        /// Whatever fields the records have, beside those declared and the table's own columns: a name that nothing declares
        /// is a field of type `otherwise` (string or dynamic), null where a record has none. Results are converted to the
        /// types of the table's columns.
        case open(declared: TableSchema, otherwise: KQLType)
    }

    /// The transformation as it was written.
    public let text: String
    /// The table whose rows it makes.
    public let table: TableDefinition
    let isStrict: Bool
    private let prepared: String
    private let environment: QueryEnvironment
    /// Nil when the text asks for the time, which is that of each block.
    private let compiled: CompiledQuery?

    /// Checks a transformation.
    ///
    /// - Throws: `TransformationFault` with the line and column of each error.
    public init(_ text: String, over input: Input, into table: TableDefinition) throws(TransformationFault) {
        self.text = text
        self.table = table
        let syntax = TransformationText(text)
        guard syntax.faults.isEmpty else { throw TransformationFault(syntax.faults, in: syntax.source) }
        switch input {
        case .declared: isStrict = true
        case .open: isStrict = false
        }
        let schema = Transformation.schema(of: input, syntax, table)
        let written = try Transformation.compiled(text, Transformation.environment(schema))
        try Transformation.check(written, fits: table, isStrict: isStrict, syntax.source)
        let paths = syntax.preparedPaths(of: schema)
        environment = Transformation.environment(
            TableSchema(
                schema.columns + paths.columns
                    + [ColumnSchema(Transformation.recordColumn, .long)]))
        let quick = TransformationText.carryingRecord(paths.text)
        let ready: CompiledQuery
        if let compiled = try? Transformation.compiled(quick, environment) {
            (prepared, ready) = (quick, compiled)
        } else {
            // A path is read under a name that hides its field: then objects are built after all.
            prepared = TransformationText.carryingRecord(text)
            ready = try Transformation.compiled(prepared, environment)
        }
        compiled = syntax.asksForTime ? nil : ready
    }

    /// The column that leads from a row of the result to its record.
    static let recordColumn = "__record"

    // MARK: Checking

    private static func schema(
        of input: Input, _ syntax: TransformationText, _ table: TableDefinition
    ) -> TableSchema {
        guard case .open(let declared, let otherwise) = input else {
            guard case .declared(let schema) = input else { return TableSchema([]) }
            return schema
        }
        var columns = declared.columns
        var known = Set(columns.map(\.name)).union(syntax.defined)
        for column in table.schema.columns {
            // What the text makes itself is no field, unless it reads one of that name.
            guard !syntax.assigned.contains(column.name) || syntax.names.contains(column.name),
                known.insert(column.name).inserted
            else { continue }
            columns.append(column)
        }
        for name in syntax.names.sorted() where known.insert(name).inserted {
            columns.append(ColumnSchema(name, otherwise))
        }
        return TableSchema(columns)
    }

    private static func environment(_ schema: TableSchema) -> QueryEnvironment {
        QueryEnvironment(
            catalogue: .standard, tables: FixedTableCatalog([TransformationText.sourceName: schema]))
    }

    private static func compiled(
        _ text: String, _ environment: QueryEnvironment, now: Instant = Instant(ticks: 0)
    ) throws(TransformationFault) -> CompiledQuery {
        do {
            return try KQLEngine.compile(text, environment: environment, options: CompileOptions(now: now))
        } catch {
            throw TransformationFault(error.diagnostics, in: error.source)
        }
    }

    private static func check(
        _ query: CompiledQuery, fits table: TableDefinition, isStrict: Bool, _ source: Source
    ) throws(TransformationFault) {
        guard isStrict else { return }
        let end = Span.point(source.bytes.count)
        var faults: [Diagnostic] = []
        if query.schema.index(of: "TimeGenerated") == nil {
            faults.append(
                Diagnostic(
                    .transformationOutput, "the result has no column TimeGenerated", at: end,
                    hint: "add it, such as with '| extend TimeGenerated = now()'"))
        }
        for column in query.schema.columns {
            guard let place = table.schema.index(of: column.name) else { continue }
            let wanted = table.schema.columns[place].type
            guard column.type != wanted, !column.type.widensWithoutLoss(to: wanted) else { continue }
            faults.append(
                Diagnostic(
                    .transformationOutput,
                    "the result's column \(column.name) is \(column.type.rawValue), but that of \(table.name) is "
                        + wanted.rawValue, at: end, hint: "convert it with to\(wanted.rawValue)()"))
        }
        guard faults.isEmpty else { throw TransformationFault(faults, in: source) }
    }

    // MARK: Running

    /// The plan for a block that came at `now`.
    func query(now: Instant) throws(TransformationFault) -> CompiledQuery {
        if let compiled { return compiled }
        return try Transformation.compiled(prepared, environment, now: now)
    }
}

/// Why a transformation cannot be used.
public struct TransformationFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// One error with its place in the text.
    public struct Fault: Sendable, Hashable {
        /// Counted from 1.
        public var line: Int
        /// In characters, counted from 1.
        public var column: Int
        public var message: String
        /// What to do.
        public var hint: String?
    }

    /// At least one.
    public let faults: [Fault]

    init(_ diagnostics: [Diagnostic], in source: Source) {
        faults = diagnostics.filter { $0.severity == .error }.map { diagnostic in
            let place = source.location(at: diagnostic.span.lower)
            return Fault(
                line: place.line, column: place.column, message: diagnostic.message, hint: diagnostic.hint)
        }
    }

    /// One line per error, such as `2:14: there is no column …; did you mean …?`.
    public var description: String {
        faults.map { fault in
            "\(fault.line):\(fault.column): \(fault.message)" + (fault.hint.map { "; \($0)" } ?? "")
        }.joined(separator: "\n")
    }
}

extension Diagnostic.Code {
    static let transformationOperator = Self(rawValue: "transformation.operator")
    static let transformationSource = Self(rawValue: "transformation.source")
    static let transformationOutput = Self(rawValue: "transformation.output")
}

extension KQLType {
    fileprivate func widensWithoutLoss(to wanted: KQLType) -> Bool {
        switch (self, wanted) {
        case (.int, .long), (.int, .real), (.long, .real): true
        default: false
        }
    }
}
