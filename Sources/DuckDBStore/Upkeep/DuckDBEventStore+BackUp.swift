public import EventStore
import Foundation

extension DuckDBEventStore {
    public func backUp(to folder: String) async throws(EventStoreError) -> [String] {
        guard let path = upkeep.options.path, let archive = upkeep.options.archiveFolder else {
            throw EventStoreError(.writeFailed, "A store in memory cannot be backed up.")
        }
        let files = try await writes.run { writer throws(EventStoreError) in
            // With the log folded in, the database file alone is the state; the writer's thread, which alone changes it,
            // is busy here until the copy is done.
            try writer.checkpoint()
            do {
                try Self.copy(path, to: folder + "/events.duckdb")
                return writer.catalogue.segments.fileNames
            } catch {
                throw EventStoreError(.writeFailed, "The events cannot be copied to \(folder): \(error)")
            }
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/events.archive", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            for file in files.sorted() {
                let target = "\(folder)/events.archive/\(file)"
                if Self.size(target) == Self.size("\(archive)/\(file)") { continue }
                try Self.copy("\(archive)/\(file)", to: target)
            }
        } catch {
            throw EventStoreError(.writeFailed, "The archive cannot be copied to \(folder): \(error)")
        }
        return ["events.duckdb"] + files.sorted().map { "events.archive/\($0)" }
    }

    /// Copies a file beside its target first, so that a copy which breaks off leaves an earlier one whole. Where the file
    /// system can share blocks, nothing is copied.
    private static func copy(_ path: String, to target: String) throws {
        let part = target + ".part"
        // What an earlier copy left when it broke off, or nothing.
        try? FileManager.default.removeItem(atPath: part)
        try FileManager.default.copyItem(atPath: path, toPath: part)
        try ArchiveFolder.sync(part)
        guard rename(part, target) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        try ArchiveFolder.sync(target)
    }

    /// Nil when there is no file.
    private static func size(_ path: String) -> Int? {
        // No file, no size.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.size] as? Int
    }
}
