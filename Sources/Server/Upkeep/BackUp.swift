internal import EventStore
internal import Foundation
internal import StateStore

/// Copies a running installation: events, state, configuration; keys only when asked, since they open its secrets.
///
/// The events are copied before the state, so that all that the state speaks of is there.
struct BackUp {
    let core: Core
    let withKeys: Bool

    /// What is not of the installation's state, or is copied in its own way.
    private static let left: Set<String> = [
        "server.json", "query-history", "events.duckdb", "events.duckdb.wal", "events.duckdb.tmp", "events.archive",
        "state.sqlite", "state.sqlite-wal", "state.sqlite-shm",
    ]
    private static let key = "secret.key"

    /// - Throws: when something could not be copied or is not there as it was written; then there is no manifest.
    func make(in folder: URL) async throws -> BackUpManifest {
        let files = FileManager.default
        try checkTarget(folder)
        try files.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // An earlier manifest does not speak for a copy that is half renewed.
        try? files.removeItem(at: folder.appending(path: BackUpManifest.fileName))
        let key = core.settings.dataFolder.appending(path: Self.key)
        var manifest = BackUpManifest(
            time: "\(core.time.now())",
            keyDigest: files.fileExists(atPath: key.path) ? try BackUpManifest.file(key).sha256 : nil)
        var names = try await core.upkeep().backUp(to: folder.path)
        let state = folder.appending(path: "state.sqlite")
        try? files.removeItem(at: state)
        try await core.database.backUp(to: state.path)
        names.append("state.sqlite")
        names += try copySmallFiles(to: folder)
        for name in names { manifest.files[name] = try BackUpManifest.file(folder.appending(path: name)) }
        guard case .intact = try await Self.journal(of: state) else {
            throw SettingsError(message: "the copy's journal does not verify; the back-up was not finished")
        }
        try manifest.write(to: folder)
        return manifest
    }

    static func journal(of state: URL) async throws -> JournalVerification {
        let copy = try StateDatabase.inspect(path: state.path)
        let verification = try await copy.journal.verify()
        try copy.close()
        return verification
    }

    private func checkTarget(_ folder: URL) throws {
        let data = core.settings.dataFolder.resolvingSymlinksInPath().path
        let target = folder.resolvingSymlinksInPath().path
        if target == data || target.hasPrefix(data + "/") {
            throw SettingsError(
                message: "\(target) is in the data folder; back up to another disk or at least beside it")
        }
        // A folder that is not there yet holds nothing.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []
        if !names.isEmpty, !names.contains("events.duckdb") {
            throw SettingsError(
                message: "\(target) holds other files; back up to an empty folder or an earlier back-up")
        }
    }

    /// Configuration, contacts, assets and what else lies in the data folder.
    private func copySmallFiles(to folder: URL) throws -> [String] {
        let files = FileManager.default
        let data = core.settings.dataFolder
        var copied: [String] = []
        for name in try files.contentsOfDirectory(atPath: data.path).sorted()
        where !Self.left.contains(name) && (withKeys || name != Self.key) {
            var isFolder: ObjCBool = false
            let source = data.appending(path: name)
            guard files.fileExists(atPath: source.path, isDirectory: &isFolder) else { continue }
            let target = folder.appending(path: name)
            if files.fileExists(atPath: target.path) { try files.removeItem(at: target) }
            try files.copyItem(at: source, to: target)
            if isFolder.boolValue {
                let inside = files.enumerator(atPath: target.path)?.compactMap { $0 as? String } ?? []
                copied += inside.map { "\(name)/\($0)" }.filter {
                    files.fileExists(atPath: folder.appending(path: $0).path, isDirectory: &isFolder)
                        && !isFolder.boolValue
                }
            } else {
                copied.append(name)
            }
        }
        return copied
    }
}
