public import Foundation
internal import StateStore

/// Makes a data folder of a back-up.
public enum Restoration {
    /// Verifies the back-up, copies it into the data folder, which must be empty or not there, and verifies the journal.
    ///
    /// - Returns: what the operator should know, a sentence each.
    /// - Throws: `SettingsError` when the back-up is not whole or the folder is in use; then nothing was copied.
    public static func restore(_ folder: URL, to settings: Settings) async throws -> [String] {
        let files = FileManager.default
        let data = settings.dataFolder
        let manifest = try BackUpManifest(of: folder)
        let faults = manifest.faults(in: folder)
        guard faults.isEmpty else {
            throw SettingsError(message: "the back-up is damaged: \(faults.joined(separator: "; "))")
        }
        // A folder that is not there is empty.
        guard (try? files.contentsOfDirectory(atPath: data.path))?.isEmpty ?? true else {
            throw SettingsError(
                message: "\(data.path) is not empty: stop its server and move it away, or name another with --data")
        }
        try files.createDirectory(
            at: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in manifest.files.keys.sorted() {
            let target = data.appending(path: name)
            try files.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try files.copyItem(at: folder.appending(path: name), to: target)
        }
        var notes = ["\(manifest.files.count) files of \(manifest.time) are in \(data.path)"]
        switch try await BackUp.journal(of: settings.stateFile) {
        case .intact(let count, _): notes.append("the journal is intact: \(count) entries")
        case .broken(let sequence, let flaw):
            throw SettingsError(message: "the journal is broken at entry \(sequence): \(flaw.explanation)")
        }
        if manifest.keyDigest != nil, manifest.files["secret.key"] == nil {
            notes.append(
                "the key of secrets (secret.key) is not in the back-up: put it there, or enter the secrets anew")
        }
        return notes
    }
}
