internal import Chronology
internal import ClickHouseStore
internal import DuckDBStore
internal import EventStore
internal import Foundation
internal import Investigation
internal import StateStore

/// Opens the event store that is configured.
enum EventStores {
    /// - Throws: `EventStoreError` with its remedy.
    static func open(_ settings: Settings, time: TimeSource) async throws -> any EventStore {
        // People's queries, however many run, leave room for rules and pages.
        let readers = settings.queries.concurrent + 2
        switch settings.events.engine {
        case .duckdb:
            let library = try DuckDBLibrary.load(
                environment: ProcessInfo.processInfo.environment, directories: settings.libraryFolders.map(\.path))
            var options = DuckDBOptions(
                path: settings.eventFile.path, threads: settings.events.threads,
                memoryLimit: "\(settings.events.memoryMiB)MB", readers: readers,
                retention: settings.events.retention)
            options.reserve = settings.events.reserveMiB << 20
            return try DuckDBEventStore(library: library, options: options, now: { time.now() })
        case .clickhouse:
            let configured = settings.events.clickHouse
            var options = ClickHouseOptions(url: configured.url)
            options.database = configured.database
            options.user = configured.user
            options.password = configured.password
            options.cluster = configured.cluster
            options.caFile = configured.caFile
            options.memoryLimit = settings.events.memoryMiB << 20
            options.readers = readers
            options.writers = configured.writers
            options.retrySeconds = configured.retrySeconds
            return try await ClickHouseEventStore.open(options, now: { time.now() })
        }
    }
}
