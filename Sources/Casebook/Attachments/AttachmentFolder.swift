internal import Crypto
public import Foundation

/// The folder where the bytes of attachments lie, each file named by the SHA-256 of what is in it, so that the same bytes
/// are kept once and damage shows.
public struct AttachmentFolder: Sendable {
    private let folder: URL

    /// - Parameter folder: Made when the first file comes.
    public init(_ folder: URL) {
        self.folder = folder
    }

    static func digest(of bytes: Data) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Keeps bytes; those that are there already are left as they are.
    func keep(_ bytes: Data, digest: String) throws(CasebookError) {
        let file = file(digest)
        do {
            guard !FileManager.default.fileExists(atPath: file.path) else { return }
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try bytes.write(to: file, options: .atomic)
        } catch {
            throw .storage("the attachment cannot be kept in \(folder.path): \(error.localizedDescription)")
        }
    }

    /// - Throws: `CasebookError` with code `storage` when the file is missing or no longer what its name says.
    func bytes(digest: String) throws(CasebookError) -> Data {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: file(digest))
        } catch {
            throw .storage("the attachment's file is missing in \(folder.path); restore it from a back-up")
        }
        guard AttachmentFolder.digest(of: bytes) == digest else {
            throw .storage("the attachment's file \(digest) was changed; restore it from a back-up")
        }
        return bytes
    }

    private func file(_ digest: String) -> URL {
        folder.appending(path: String(digest.prefix(2))).appending(path: digest)
    }
}

/// Says what bytes are by how they begin; only what browsers show without running anything has a type of its own.
enum MediaType {
    private static let beginnings: [(bytes: [UInt8], type: String)] = [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"), ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        (Array("GIF87a".utf8), "image/gif"), (Array("GIF89a".utf8), "image/gif"),
        (Array("%PDF-".utf8), "application/pdf"), ([0x50, 0x4B, 0x03, 0x04], "application/zip"),
        ([0x1F, 0x8B], "application/gzip"),
    ]

    static func sniffed(_ bytes: Data) -> String {
        if let known = beginnings.first(where: { bytes.starts(with: $0.bytes) }) { return known.type }
        let head = bytes.prefix(4_096)
        let isText = !head.isEmpty && head.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
        return isText ? "text/plain" : "application/octet-stream"
    }
}
