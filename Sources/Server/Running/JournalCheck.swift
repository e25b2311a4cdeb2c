internal import Foundation
public import StateStore

/// Checks the journal of a data folder.
public enum JournalCheck {
    /// Recomputes the hash chain; a server may have the folder open.
    ///
    /// - Throws: `SettingsError` when there is no journal yet, `StateStoreError` when the database cannot be read.
    public static func verify(_ settings: Settings) async throws -> JournalVerification {
        let path = settings.stateFile.path
        guard FileManager.default.fileExists(atPath: path) else {
            throw SettingsError(message: "\(path) is not there: nothing was recorded in this data folder yet")
        }
        let database = try StateDatabase.inspect(path: path)
        let verification = try await database.journal.verify()
        try database.close()
        return verification
    }
}
