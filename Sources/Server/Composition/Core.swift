internal import API
internal import Access
internal import Casebook
internal import Chronology
internal import Collection
internal import EventStore
internal import Foundation
internal import HTTPAdapter
internal import Investigation
internal import KQL
internal import Logging
internal import Response
internal import StateStore
internal import Watchlists
internal import WorkspaceResources

/// The ground of an installation: its databases and what works on them directly.
struct Core: Sendable {
    let settings: Settings
    let time: TimeSource
    let logger: Logger
    let database: StateDatabase
    let events: any EventStore
    let casebook: Casebook
    let incidentTypes: IncidentTypes
    let access: AccessControl
    let watchlists: Watchlists
    let queries: QueryService
    let entities: EntityDesk
    /// What the workspace keeps as clients write it.
    let documents: WorkspaceResourceStore

    /// Opens the data folder, which is made when it is not there.
    ///
    /// - Throws: `StateStoreError`, `EventStoreError` or a file error, each with its remedy.
    static func open(_ settings: Settings, time: TimeSource, logger: Logger) async throws -> Core {
        try FileManager.default.createDirectory(
            at: settings.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let database = try StateDatabase.open(path: settings.stateFile.path, rooms: Rooms.migrations)
        let events = try await EventStores.open(settings, time: time)
        let watchlists = Watchlists(database: database, time: time)
        try await watchlists.restore()
        let access = AccessControl(database: database, time: time)
        let library = FunctionLibrary(shipped: functions(settings.contentFolder, logger: logger))
        let documents = WorkspaceResourceStore(database: database, time: time)
        for fault in try await SavedSearches(documents: documents, library: library).restore() {
            logger.warning("\(fault)")
        }
        let queries = QueryService(
            store: events, library: library, limits: settings.queries,
            external: external(settings.externalData), watchlists: watchlists.snapshots, now: { time.now() })
        return Core(
            settings: settings, time: time, logger: logger, database: database, events: events,
            casebook: Casebook(
                database: database, time: time, people: people(access),
                attachments: AttachmentFolder(settings.dataFolder.appending(path: "attachments"))),
            incidentTypes: incidentTypes(settings.contentFolder, logger: logger),
            access: access, watchlists: watchlists,
            queries: queries,
            entities: EntityDesk(
                queries: queries, insights: insights(settings.contentFolder, logger: logger),
                further: { try await EntityActivities(in: documents) }),
            documents: documents)
    }

    /// Who can be mentioned: everybody who can sign in, by the name to sign in with or the one that people read.
    private static func people(_ access: AccessControl) -> PeopleDirectory {
        PeopleDirectory { name in
            let wanted = name.lowercased()
            // A directory that cannot be read knows nobody; the comment is kept all the same.
            let users = (try? await access.users()) ?? []
            return users.first { user in
                let name = user.name.lowercased()
                let local = name.split(separator: "@").first.map(String.init)
                return !user.isDisabled
                    && (name == wanted || local == wanted || user.displayName.lowercased() == wanted)
            }?.actor
        }
    }

    /// The types of incident; a faulty file declares nothing and is told of.
    private static func incidentTypes(_ content: URL, logger: Logger) -> IncidentTypes {
        let files = ContentFiles.texts(in: content.appending(path: "incident-types"), ending: ".yaml", ".yml")
        let types = IncidentTypes(files: files.map { (path: $0.path, text: $0.text) })
        for fault in types.faults { logger.warning("\(fault)") }
        return types
    }

    /// What can be asked about entities; a faulty file asks nothing and is told of.
    private static func insights(_ content: URL, logger: Logger) -> EntityInsights {
        let files = ContentFiles.texts(in: content.appending(path: "insights"), ending: ".yaml", ".yml")
        let insights = EntityInsights(files: files.map { (path: $0.path, text: $0.text) })
        for fault in insights.faults { logger.warning("\(fault)") }
        return insights
    }

    /// What content lets queries call; a faulty file defines nothing and is told of.
    private static func functions(_ content: URL, logger: Logger) -> [String: SavedFunction] {
        let (catalogue, faults) = FunctionCatalogue.load(from: content.appending(path: "functions"))
        for fault in faults { logger.warning("\(fault)") }
        return catalogue.functions
    }

    /// The store's upkeep.
    ///
    /// - Throws: when the store is kept by others, as a ClickHouse server is.
    func upkeep() throws(EventStoreError) -> any StoreUpkeep {
        guard let upkeep = events as? any StoreUpkeep else {
            throw EventStoreError(
                .unavailable,
                "This event store is a server of its own: its retention, statistics and back-up are kept there; see "
                    + "docs/scaling.md.")
        }
        return upkeep
    }

    /// What queries reach outside; nothing unless addresses are allowed.
    private static func external(_ settings: Settings.ExternalData) -> AllowedWeb? {
        guard !settings.allow.isEmpty else { return nil }
        return AllowedWeb(
            settings.allow,
            policy: OutgoingPolicy(
                allowedPrivateHosts: Set(settings.allowedPrivateHosts), timeout: .seconds(settings.seconds),
                maximumResponseBytes: settings.maximumBytes))
    }

    /// What seals secrets for storage; its key lies in the data folder unless the environment holds it.
    func secrets() throws -> SecretBox {
        try SecretBox.load(
            environment: ProcessInfo.processInfo.environment,
            keyFile: settings.dataFolder.appending(path: "secret.key").path)
    }

    /// Writes what is pending and closes the databases.
    func close() async {
        await events.close()
        do {
            try database.close()
        } catch {
            logger.error("the state database did not close cleanly", metadata: ["error": "\(error)"])
        }
    }

    /// The address of an incident's page.
    func incidentURL(_ id: IncidentID) -> String {
        "\(settings.http.address)/incidents/\(id.rawValue)"
    }
}
