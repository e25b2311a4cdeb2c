internal import Chronology
internal import Configuration
internal import EventStore
public import Foundation
internal import HTTPAdapter
internal import Investigation
internal import SystemPackage

/// Why the configuration cannot be used.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}

extension Settings {
    /// Reads the configuration: `TOCSIN_…` environment variables win over the file, the file over the defaults.
    ///
    /// - Parameter file: a YAML file; nil: `tocsin.yaml` in the data folder, if it is there.
    public static func read(dataFolder: URL, file: URL?, home: URL) async throws -> Settings {
        let path = (file ?? dataFolder.appending(path: "tocsin.yaml")).path
        let provider: FileProvider<YAMLSnapshot>
        do {
            provider = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path), allowMissing: file == nil)
        } catch {
            throw SettingsError(message: "\(path): the configuration cannot be read: \(error)")
        }
        let reader = ConfigReader(providers: [
            EnvironmentVariablesProvider().prefixKeys(with: "tocsin"), provider,
        ])
        var settings = Settings(dataFolder: dataFolder, home: home)
        settings.readServers(reader)
        try settings.readMail(reader, path: path)
        try settings.readDetection(reader, path: path)
        settings.workspace.subscriptionID = reader.string(
            forKey: "workspace.subscriptionID", default: settings.workspace.subscriptionID)
        settings.workspace.resourceGroup = reader.string(
            forKey: "workspace.resourceGroup", default: settings.workspace.resourceGroup)
        settings.workspace.name = reader.string(forKey: "workspace.name", default: settings.workspace.name)
        settings.workspace.id = reader.string(forKey: "workspace.id", default: settings.workspace.id)
        settings.outgoing.allowedPrivateHosts = reader.stringArray(forKey: "outgoing.allowedPrivateHosts", default: [])
        try settings.readEventEngine(reader, path: path)
        settings.events.memoryMiB = reader.int(forKey: "events.memoryMiB", default: settings.events.memoryMiB)
        settings.events.threads = reader.int(forKey: "events.threads", default: settings.events.threads)
        settings.events.reserveMiB = max(
            0, reader.int(forKey: "events.reserveMiB", default: settings.events.reserveMiB))
        settings.events.retention = try RetentionPolicy(reader, path: path)
        settings.readQueries(reader)
        try settings.readHealth(reader, path: path)
        settings.readSensor(reader)
        try settings.readExternalData(reader, path: path)
        try settings.readConnectors(reader, file: path)
        return settings
    }

    /// The defaults for a data folder; `home` is the folder that holds `content` and `.deps`.
    public init(dataFolder: URL, home: URL) {
        self.dataFolder = dataFolder
        contentFolder = home.appending(path: "content")
        webFolder = home.appending(path: ".deps/web")
        libraryFolders = [home.appending(path: ".deps/duckdb")]
    }

    private mutating func readServers(_ reader: ConfigReader) {
        if let folder = reader.string(forKey: "content") { contentFolder = URL(filePath: folder) }
        http.host = reader.string(forKey: "http.host", default: http.host)
        http.port = reader.int(forKey: "http.port", default: http.port)
        http.publicURL = reader.string(forKey: "http.publicURL")
        http.tlsCertificate = reader.string(forKey: "http.tls.certificate")
        http.tlsKey = reader.string(forKey: "http.tls.key")
        http.maximumBody = reader.int(forKey: "http.maximumBody", default: http.maximumBody)
        http.intakeRequests = max(1, reader.int(forKey: "http.intakeRequests", default: http.intakeRequests))
        http.intakeMiB = max(1, reader.int(forKey: "http.intakeMiB", default: http.intakeMiB))
        http.patienceSeconds = max(1, reader.int(forKey: "http.patienceSeconds", default: http.patienceSeconds))
        http.idleSeconds = max(1, reader.int(forKey: "http.idleSeconds", default: http.idleSeconds))
        syslog.host = reader.string(forKey: "syslog.host", default: syslog.host)
        syslog.tcpPort = reader.int(forKey: "syslog.tcpPort")
        syslog.udpPort = reader.int(forKey: "syslog.udpPort")
    }

    private mutating func readMail(_ reader: ConfigReader, path: String) throws {
        mail.host = reader.string(forKey: "mail.host")
        mail.port = reader.int(forKey: "mail.port", default: mail.port)
        mail.security = reader.string(forKey: "mail.security", default: mail.security)
        mail.username = reader.string(forKey: "mail.username")
        mail.password = reader.string(forKey: "mail.password", isSecret: true)
        mail.from = reader.string(forKey: "mail.from", default: mail.from)
        mail.caFile = reader.string(forKey: "mail.caFile")
        guard ["none", "starttls", "tls"].contains(mail.security) else {
            throw SettingsError(
                message: "\(path): mail.security is '\(mail.security)'; it must be 'none', 'starttls' or 'tls'")
        }
        guard (http.tlsCertificate == nil) == (http.tlsKey == nil) else {
            throw SettingsError(message: "\(path): http.tls needs both 'certificate' and 'key', or neither")
        }
    }

    private mutating func readEventEngine(_ reader: ConfigReader, path: String) throws {
        let name = reader.string(forKey: "events.engine", default: events.engine.rawValue)
        guard let engine = Events.Engine(rawValue: name) else {
            throw SettingsError(message: "\(path): events.engine is '\(name)'; it must be 'duckdb' or 'clickhouse'")
        }
        events.engine = engine
        guard engine == .clickhouse else { return }
        guard let text = reader.string(forKey: "events.clickhouse.url"), let url = URL(string: text), url.host != nil,
            ["http", "https"].contains(url.scheme?.lowercased())
        else {
            throw SettingsError(
                message:
                    "\(path): events.engine is 'clickhouse', so events.clickhouse.url must be the address of its HTTP "
                    + "interface, such as 'https://clickhouse.example:8443'")
        }
        let known = events.clickHouse
        events.clickHouse.url = url
        events.clickHouse.database = reader.string(forKey: "events.clickhouse.database", default: known.database)
        events.clickHouse.user = reader.string(forKey: "events.clickhouse.user", default: known.user)
        events.clickHouse.password = reader.string(forKey: "events.clickhouse.password", isSecret: true)
        events.clickHouse.cluster = reader.string(forKey: "events.clickhouse.cluster")
        events.clickHouse.caFile = reader.string(forKey: "events.clickhouse.caFile")
        events.clickHouse.writers = max(1, reader.int(forKey: "events.clickhouse.writers", default: known.writers))
        events.clickHouse.retrySeconds = reader.double(
            forKey: "events.clickhouse.retrySeconds", default: known.retrySeconds)
    }

    private mutating func readQueries(_ reader: ConfigReader) {
        queries.rows = reader.int(forKey: "queries.rows", default: queries.rows)
        queries.bytes = reader.int(forKey: "queries.bytes", default: queries.bytes)
        queries.workingRows = reader.int(forKey: "queries.workingRows", default: queries.workingRows)
        queries.workingBytes = reader.int(forKey: "queries.workingBytes", default: queries.workingBytes)
        queries.seconds = reader.double(forKey: "queries.seconds", default: queries.seconds)
        queries.maximumSeconds = reader.double(forKey: "queries.maximumSeconds", default: queries.maximumSeconds)
        queries.concurrentPerAsker = reader.int(
            forKey: "queries.concurrentPerUser", default: queries.concurrentPerAsker)
        queries.concurrent = reader.int(forKey: "queries.concurrent", default: queries.concurrent)
        queries.queued = reader.int(forKey: "queries.queued", default: queries.queued)
        queries.queueSeconds = reader.double(forKey: "queries.queueSeconds", default: queries.queueSeconds)
    }

    private mutating func readExternalData(_ reader: ConfigReader, path: String) throws {
        externalData.allow = try reader.stringArray(forKey: "externalData.allow", default: []).map { text in
            guard let pattern = AddressPattern(text) else {
                throw SettingsError(
                    message: "\(path): externalData.allow holds '\(text)', which is no pattern of web addresses like "
                        + "'https://raw.githubusercontent.com/*'")
            }
            return pattern
        }
        externalData.allowedPrivateHosts = reader.stringArray(forKey: "externalData.allowedPrivateHosts", default: [])
        externalData.seconds = reader.double(forKey: "externalData.seconds", default: externalData.seconds)
        externalData.maximumBytes = reader.int(forKey: "externalData.maximumBytes", default: externalData.maximumBytes)
    }

    private mutating func readDetection(_ reader: ConfigReader, path: String) throws {
        let runs = reader.string(forKey: "detection.incremental", default: detection.incremental.rawValue)
        guard let incremental = IncrementalRuns(rawValue: runs) else {
            throw SettingsError(
                message: "\(path): detection.incremental is '\(runs)'; it must be 'measured', 'always' or 'never'")
        }
        detection.incremental = incremental
        detection.scheduledDelay = .seconds(
            reader.double(forKey: "detection.scheduledDelaySeconds", default: detection.scheduledDelay.seconds))
        detection.nearRealTimeDelay = .seconds(
            reader.double(forKey: "detection.nearRealTimeDelaySeconds", default: detection.nearRealTimeDelay.seconds))
        detection.ruleFolders = reader.stringArray(forKey: "detection.ruleFolders", default: [])
        detection.sigmaFolders = reader.stringArray(forKey: "detection.sigmaFolders", default: [])
        detection.correlationLateness = .minutes(
            Int64(min(max(5, reader.int(forKey: "detection.correlationLatenessMinutes", default: 60)), 10_080)))
        detection.trial = reader.bool(forKey: "detection.trial", default: detection.trial)
        detection.trialAlertsPerDay = reader.double(
            forKey: "detection.trialAlertsPerDay", default: detection.trialAlertsPerDay)
        detection.trialDays = min(max(1, reader.int(forKey: "detection.trialDays", default: detection.trialDays)), 365)
    }
}
