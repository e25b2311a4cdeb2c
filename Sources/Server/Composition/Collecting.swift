internal import API
internal import Chronology
internal import Collection
internal import DataCollection
internal import EventStore
internal import KQLValues
internal import StateStore

/// What says how events are collected: rules, tables, keys, channels, limits.
enum Collecting {
    static func services(
        _ core: Core, _ content: CollectionContent, intake: IngestPipeline
    ) throws -> CollectingServices {
        let tables = StoredTables(store: core.events)
        let surroundings = RuleSurroundings(
            workspace: core.settings.workspace.name,
            columns: { name in content.tables[name]?.schema ?? tables.schemas[name] },
            transformationFault: { intake.fault(ofTransformation: $0, over: $1, into: $2) })
        return CollectingServices(
            registry: DataCollectionRegistry(database: core.database, surroundings: surroundings, time: core.time),
            tables: LogTables(
                database: core.database, storage: tables, shipped: Set(content.tables.tables.keys), time: core.time),
            keys: SharedKeys(database: core.database, secrets: try core.secrets(), time: core.time),
            channels: AcknowledgementChannels(database: core.database, time: core.time),
            admission: IntakeAdmission(core.settings.http.intakeLimits))
    }
}

extension Settings.HTTP {
    /// How much the ways in over HTTP may have under way.
    var intakeLimits: IntakeLimits {
        var limits = IntakeLimits()
        limits.requests = intakeRequests
        limits.bytes = intakeMiB << 20
        limits.patience = Double(patienceSeconds)
        return limits
    }
}

/// The event store as the tables' management sees it.
private struct StoredTables: TableStorage {
    let store: any EventStore

    var schemas: [String: TableSchema] { store.schemas }

    func ensure(_ table: String, _ schema: TableSchema) async throws {
        try await store.ensure(table, schema)
    }

    func keep(_ table: String, days: Int?, totalDays: Int?) async throws {
        guard let store = store as? any StoreUpkeep else { throw NoRetention() }
        let retention = days.flatMap { TableRetention(interactiveDays: $0, totalDays: totalDays) }
        try await store.setRetention(retention, of: table)
    }

    func empty(_ table: String) async throws {
        try await store.deleteRows(of: table, olderThan: .max)
    }
}

/// The store drops rows by rules of its own.
private struct NoRetention: Error, CustomStringConvertible {
    let description = "this event store keeps rows as its own configuration says; set the retention there"
}
