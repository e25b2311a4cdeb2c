import Foundation

/// The folder of archived files.
enum ArchiveFolder {
    /// Removes a file that nothing names any more.
    static func remove(_ path: String) {
        // Gone already is as good; what cannot be removed is a leftover, and tried again at the next start.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes what a crash left between writing a file and naming it.
    static func removeLeftovers(in folder: String, keeping names: Set<String>) {
        // A folder that is not there has none.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where !names.contains(name) && (name.hasSuffix(".parquet") || name.hasSuffix(".part")) {
            remove(folder + "/" + name)
        }
    }

    /// Makes a file's bytes, and its name in its folder, survive a loss of power.
    static func sync(_ path: String) throws {
        for path in [path, (path as NSString).deletingLastPathComponent] {
            let descriptor = open(path, O_RDONLY)
            guard descriptor >= 0, fsync(descriptor) == 0, close(descriptor) == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        }
    }
}
