import EventStore
import Foundation

/// The room that is left on the disk of the database.
struct DiskRoom {
    let path: String
    /// Bytes that appends leave free.
    let reserve: Int

    /// - Throws: `outOfSpace` when the reserve is touched.
    func check() throws(EventStoreError) {
        var status = statvfs()
        let folder = (path as NSString).deletingLastPathComponent
        guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else { return }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        guard free < UInt64(reserve) else { return }
        throw EventStoreError(
            .outOfSpace,
            "The disk of \(path) has \(free >> 20) MiB left, and \(reserve >> 20) MiB are kept for the database itself; "
                + "nothing was stored. Make room, or shorten the retention, and send again.")
    }
}
