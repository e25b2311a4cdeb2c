internal import Chronology
internal import GRDB
public import JSON
public import KQLValues
public import StateStore
internal import Synchronization

/// What the tables' management needs of the event store.
public protocol TableStorage: Sendable {
    /// All tables with their columns, by name.
    var schemas: [String: TableSchema] { get }
    /// Makes a table, or adds the columns it lacks.
    func ensure(_ table: String, _ schema: TableSchema) async throws
    /// Keeps the rows of a table for so many days, then in the archive until the total is over; nil: as configured.
    func keep(_ table: String, days: Int?, totalDays: Int?) async throws
    /// Takes all rows of a table away.
    func empty(_ table: String) async throws
}

/// A table as Log Analytics' table management shows it.
public struct LogTable: Sendable, Hashable {
    public let name: String
    public let schema: TableSchema
    public let settings: TableSettings

    /// Whether it is a table of one's own (`…_CL`).
    public var isCustom: Bool { name.hasSuffix("_CL") }
}

/// The tables of the workspace and what was decided about them (`Microsoft.OperationalInsights/workspaces/tables`).
public final class LogTables: Sendable {
    private let room: RoomDatabase<DataCollectionFault>
    private let storage: any TableStorage
    /// The names of the tables that ship with the product.
    private let shipped: Set<String>
    /// All settings, by table, as of the last change.
    private let cached = Mutex<[String: TableSettings]?>(nil)

    public init(
        database: StateDatabase, storage: any TableStorage, shipped: Set<String>, time: TimeSource = .system
    ) {
        room = RoomDatabase(database, time: time)
        self.storage = storage
        self.shipped = shipped
    }

    // MARK: Reading

    /// What was decided, by table: for whoever drops and archives rows, and for reading records of declared columns.
    public func settings() async throws(DataCollectionFault) -> [String: TableSettings] {
        if let known = cached.withLock({ $0 }) { return known }
        let read = try await room.reading { database in
            try Row.fetchAll(database, sql: "SELECT name, settings FROM datacollection_table").reduce(into: [:]) {
                $0[$1["name"] as String] = try TableSettings(json: JSON(parsing: $1["settings"] as String))
            }
        }
        cached.withLock { $0 = read }
        return read
    }

    /// All tables by name.
    public func all() async throws(DataCollectionFault) -> [LogTable] {
        let settings = try await settings()
        return storage.schemas.sorted { $0.key < $1.key }.map { name, schema in
            LogTable(name: name, schema: schema, settings: settings[name] ?? TableSettings())
        }
    }

    /// The table of that name, in any letter case; nil when there is none.
    public func find(_ name: String) async throws(DataCollectionFault) -> LogTable? {
        try await all().first { $0.name.lowercased() == name.lowercased() }
    }

    // MARK: Changing

    /// Creates a table of one's own, or changes what is decided about a table.
    ///
    /// - Throws: `DataCollectionFault`: a new table ends in `_CL`, has a column `TimeGenerated` of type datetime, and
    ///   columns that are added to a shipped table end in `_CF`.
    public func save(
        _ name: String, _ properties: JSON, by actor: JournalActor
    ) async throws(DataCollectionFault) -> (table: LogTable, wasThere: Bool) {
        let known = try await find(name)
        let table = known?.name ?? name
        let settings = try (known?.settings ?? TableSettings()).changed(properties)
        try check(table, known, settings.columns)
        if let declared = properties["schema"]?["name"]?.stringValue, declared.lowercased() != table.lowercased() {
            throw DataCollectionFault(
                .invalid, target: "properties.schema.name", "this must be the table's name, '\(table)'")
        }
        if let columns = settings.columns {
            try await storing {
                try await self.storage.ensure(table, TableSchema(columns.columns + Self.given(columns)))
            }
        }
        if settings.retentionDays != known?.settings.retentionDays
            || settings.totalRetentionDays != known?.settings.totalRetentionDays
        {
            try await storing {
                try await self.storage.keep(
                    table, days: settings.retentionDays, totalDays: settings.totalRetentionDays)
            }
        }
        try await room.change { transaction in
            try transaction.execute(
                "INSERT OR REPLACE INTO datacollection_table (name, settings, changed) VALUES (?, ?, ?)",
                [table, settings.json.description, transaction.now.ticks])
            try transaction.note(.tableChanged, subject: table, by: actor, settings.json)
        }
        cached.withLock { $0 = nil }
        let saved = LogTable(
            name: table, schema: storage.schemas[table] ?? settings.columns ?? TableSchema([]), settings: settings)
        return (saved, known != nil)
    }

    /// Takes the rows of a table of one's own away, and what was decided about it; false when there was no such table.
    public func delete(_ name: String, by actor: JournalActor) async throws(DataCollectionFault) -> Bool {
        guard let known = try await find(name) else { return false }
        guard known.isCustom, !shipped.contains(known.name) else {
            throw DataCollectionFault(
                .invalid, target: "name", "'\(known.name)' ships with the product; only tables of one's own are deleted"
            )
        }
        try await storing { try await self.storage.empty(known.name) }
        try await room.change { transaction in
            try transaction.execute("DELETE FROM datacollection_table WHERE name = ?", [known.name])
            try transaction.note(.tableDeleted, subject: known.name, by: actor)
        }
        cached.withLock { $0 = nil }
        return true
    }

    // MARK: Rules

    /// The columns every table has besides those that were declared.
    private static func given(_ columns: TableSchema) -> [ColumnSchema] {
        columns.index(of: "Type") == nil ? [ColumnSchema("Type", .string)] : []
    }

    private func check(_ table: String, _ known: LogTable?, _ columns: TableSchema?) throws(DataCollectionFault) {
        if known == nil {
            guard table.hasSuffix("_CL"), ColumnList.isName(table) else {
                throw DataCollectionFault(
                    .invalid, target: "name",
                    "there is no table '\(table)'; the name of a table of one's own has letters, digits and '_' "
                        + "and ends in _CL")
            }
            guard columns != nil else {
                throw DataCollectionFault(.invalid, target: "properties.schema.columns", "a new table needs columns")
            }
        }
        guard let columns else { return }
        if shipped.contains(table) {
            let schema = known?.schema ?? TableSchema([])
            for column in columns.columns where schema.index(of: column.name) == nil && !column.name.hasSuffix("_CF") {
                throw DataCollectionFault(
                    .invalid, target: "properties.schema.columns",
                    "'\(column.name)' cannot be added to \(table): the name of an added column ends in _CF")
            }
        } else {
            guard columns.columns.contains(where: { $0.name == "TimeGenerated" && $0.type == .datetime }) else {
                throw DataCollectionFault(
                    .invalid, target: "properties.schema.columns",
                    "a table needs a column TimeGenerated of type datetime")
            }
        }
        for column in columns.columns {
            guard let position = known?.schema.index(of: column.name), let schema = known?.schema,
                schema.columns[position].type != column.type
            else { continue }
            throw DataCollectionFault(
                .invalid, target: "properties.schema.columns",
                "the column '\(column.name)' is \(schema.columns[position].type.rawValue) and stays so; "
                    + "take another name for \(column.type.rawValue)")
        }
    }

    private func storing(_ body: () async throws -> Void) async throws(DataCollectionFault) {
        do {
            try await body()
        } catch {
            throw DataCollectionFault(.storage, "the event store failed: \(error)")
        }
    }
}
