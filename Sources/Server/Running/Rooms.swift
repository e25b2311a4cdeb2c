internal import Access
internal import Casebook
internal import DataCollection
internal import Detection
internal import FileConnector
internal import Foundation
internal import Notification
internal import Prioritization
internal import Response
internal import StateStore
internal import Suppression
internal import Watchlists
internal import WorkspaceResources

/// The rooms that keep state, in the order in which their tables are made.
enum Rooms {
    static let migrations: [RoomMigrations] = [
        Casebook.migrations, AccessControl.migrations, DetectionTables.migrations, NotificationEngine.migrations,
        ResponseEngine.migrations, PrioritizationTables.migrations, DataCollectionTables.migrations,
        SourceMemory.migrations, FilePositions.migrations, SuppressionRules.migrations, WatchlistTables.migrations,
        WorkspaceResourceTables.migrations,
    ]
}

extension Settings {
    /// The database of state and journal.
    var stateFile: URL { dataFolder.appending(path: "state.sqlite") }
    /// The database of events.
    var eventFile: URL { dataFolder.appending(path: "events.duckdb") }
}
