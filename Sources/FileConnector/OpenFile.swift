internal import Crypto
internal import Glibc

/// What the file system says of a file.
struct FileStatus: Hashable {
    var device: Int64
    var inode: Int64
    var size: Int
    /// When it was last written to, in nanoseconds of Unix time.
    var modified: Int64

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    fileprivate init(_ status: stat) {
        device = Int64(truncatingIfNeeded: status.st_dev)
        inode = Int64(truncatingIfNeeded: status.st_ino)
        size = Int(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}

/// Why a file cannot be read.
struct FileFault: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ what: String) {
        description = "\(path): \(what): \(String(cString: strerror(errno)))"
    }
}

/// An open file, closed when nobody has it any more.
final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFault(path, "cannot be opened") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func status() throws -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFault(path, "cannot be examined") }
        return FileStatus(status)
    }

    /// The bytes from `offset` on, at most `count`; fewer only at the end.
    func read(at offset: Int, _ count: Int) throws -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, offset + filled)
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                if got <= 0 { break }
                filled += got
            }
        }
        if failed { throw FileFault(path, "cannot be read") }
        return bytes
    }
}

/// A hash of some bytes, to know them again.
enum Fingerprint {
    /// How many bytes of a file's head, and before its position, are remembered.
    static let length = 1024

    static func of(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(bytes)).prefix(16))
    }
}
