internal import Casebook
internal import Chronology
internal import Foundation
internal import HTTPAdapter
internal import JSON
internal import Logging
internal import Response
internal import StateStore
internal import Workflow

/// Automation rules and playbooks as configured.
enum Responding {
    /// Where waiting playbooks are called back.
    static let callbackPath = "/api/callbacks"

    static func engine(_ core: Core) throws -> ResponseEngine {
        let names = core.settings.workspace
        let files = texts("connectors.yaml", core)
        let client = OutgoingClient(
            port: HTTPAdapter(),
            policy: OutgoingPolicy(allowedPrivateHosts: Set(core.settings.outgoing.allowedPrivateHosts)),
            rewrites: files.reduce(into: [:]) { hosts, file in
                hosts.merge(ConnectorFile.hosts(file.text, file: file.path)) { _, later in later }
            })
        let secrets = try core.secrets()
        return ResponseEngine(
            database: core.database, casebook: core.casebook,
            workspace: ResponseWorkspace(
                subscriptionID: names.subscriptionID, resourceGroup: names.resourceGroup, name: names.name,
                id: names.id, portalURL: core.settings.http.address),
            rules: rules(core), library: library(core), connectors: connectors(files, core, client), client: client,
            secrets: secrets,
            options: ResponseEngine.Options(
                callbackURL: core.settings.http.address + callbackPath, incidentTypes: core.incidentTypes),
            time: core.time,
            logger: core.logger)
    }

    /// The automation rules that were written through the API.
    static func written(_ settings: Settings) -> ResourceFolder {
        ResourceFolder(settings.dataFolder.appending(path: "automation"))
    }

    /// The automation rules of the content and data folders; those that cannot be used are logged.
    static func rules(_ core: Core) -> [AutomationRule] {
        folders("automation", core).flatMap { ContentFiles.texts(in: $0, ending: ".yaml", ".yml", ".json") }
            .flatMap { file -> [AutomationRule] in
                let (rules, problems) = AutomationRuleFile.read(file.text, file: file.path)
                for problem in problems {
                    core.logger.warning("automation rule left out", metadata: ["problem": "\(problem)"])
                }
                return rules
            }
    }

    private static func library(_ core: Core) -> PlaybookLibrary {
        let names = core.settings.workspace
        let files = folders("playbooks", core).flatMap { ContentFiles.texts(in: $0, ending: ".json") }
        var values: [String: JSONObject] = [:]
        for file in texts("playbook-parameters.yaml", core) {
            let (read, problems) = PlaybookParameterFile.read(file.text, file: file.path)
            for problem in problems {
                core.logger.warning("playbook parameter left out", metadata: ["problem": "\(problem)"])
            }
            values.merge(read) { _, later in later }
        }
        let library = PlaybookLibrary(
            files: files.map { (name: $0.path, text: $0.text) }, values: values,
            context: ARMContext(
                subscriptionID: names.subscriptionID, resourceGroup: names.resourceGroup, now: core.time.now()))
        for finding in library.findings {
            core.logger.warning("playbook", metadata: ["finding": "\(finding)"])
        }
        return library
    }

    private static func connectors(
        _ files: [ContentFiles.File], _ core: Core, _ client: OutgoingClient
    ) -> [String: any Connector] {
        var all: [String: any Connector] = [:]
        for file in files {
            let (connectors, problems) = ConnectorFile.read(file.text, file: file.path)
            for problem in problems {
                core.logger.warning("connector left out", metadata: ["problem": "\(problem)"])
            }
            for one in connectors {
                all[one.name] = HTTPConnector(baseURL: one.url, headers: one.headers, client: client)
            }
        }
        return all
    }

    /// A file of the content folder, then that of the data folder, as far as they are there.
    private static func texts(_ name: String, _ core: Core) -> [ContentFiles.File] {
        folders(name, core).compactMap { file in
            ContentFiles.text(file).map { ContentFiles.File(path: file.path, text: $0) }
        }
    }

    /// The content folder's, then the data folder's.
    private static func folders(_ name: String, _ core: Core) -> [URL] {
        [core.settings.contentFolder, core.settings.dataFolder].map { $0.appending(path: name) }
    }
}
