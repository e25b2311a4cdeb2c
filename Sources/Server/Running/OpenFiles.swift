internal import Foundation
internal import Logging

/// How many files and connections the process may have open.
enum OpenFiles {
    /// Raises the limit as far as the system allows: thousands of senders may hold connections.
    static func raiseLimit(_ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else {
            return
        }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            logger.warning("the limit of open files stays as it is", metadata: ["errno": "\(errno)"])
        }
    }
}
