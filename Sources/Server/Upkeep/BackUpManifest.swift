internal import Crypto
public import Foundation
internal import JSON

/// What a back-up holds: every file with its size and SHA-256, in `manifest.json`.
public struct BackUpManifest: Sendable {
    public struct File: Sendable, Hashable {
        public let bytes: Int
        /// In hexadecimal digits.
        public let sha256: String
    }

    /// When it was begun, after ISO 8601.
    public var time: String
    /// By path relative to the back-up's folder.
    public var files: [String: File]
    /// A digest of the key of secrets, which tells whether a key is that one; nil when there was none.
    public var keyDigest: String?

    static let fileName = "manifest.json"

    init(time: String, files: [String: File] = [:], keyDigest: String?) {
        self.time = time
        self.files = files
        self.keyDigest = keyDigest
    }

    /// Reads the manifest of a back-up.
    ///
    /// - Throws: `SettingsError` when the folder holds none.
    public init(of folder: URL) throws {
        let path = folder.appending(path: Self.fileName).path
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError(message: "\(path) is not there: this folder holds no whole back-up")
        }
        let json: JSON
        do {
            json = try JSON(parsing: data)
        } catch {
            throw SettingsError(message: "\(path) is no manifest of a back-up: \(error)")
        }
        time = json["time"]?.stringValue ?? ""
        keyDigest = json["keyDigest"]?.stringValue
        files = [:]
        for (name, entry) in json["files"]?.objectValue ?? [:] {
            // What a manifest names lies inside its folder.
            guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
                throw SettingsError(message: "\(path) names '\(name)', which is outside the back-up")
            }
            files[name] = File(
                bytes: Int(entry["bytes"]?.intValue ?? -1), sha256: entry["sha256"]?.stringValue ?? "")
        }
    }

    /// Writes the manifest, last of all files, so that a back-up which broke off has none.
    func write(to folder: URL) throws {
        var entries = JSONObject()
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            entries[name] = ["bytes": .int(Int64(file.bytes)), "sha256": .string(file.sha256)]
        }
        var members: JSONObject = ["time": .string(time), "files": .object(entries)]
        if let keyDigest { members["keyDigest"] = .string(keyDigest) }
        try Data(JSON.object(members).description.utf8)
            .write(to: folder.appending(path: Self.fileName), options: .atomic)
    }

    /// The files that are not as the manifest says, each with what is wrong.
    public func faults(in folder: URL) -> [String] {
        files.sorted { $0.key < $1.key }.compactMap { name, wanted in
            do {
                let found = try Self.file(folder.appending(path: name))
                if found.bytes != wanted.bytes { return "\(name) has \(found.bytes) bytes instead of \(wanted.bytes)" }
                return found.sha256 == wanted.sha256 ? nil : "\(name) has another SHA-256 than when it was backed up"
            } catch {
                return "\(name) cannot be read: \(error.localizedDescription)"
            }
        }
    }

    /// Size and digest of a file, read in pieces.
    static func file(_ url: URL) throws -> File {
        let handle = try FileHandle(forReadingFrom: url)
        var hash = SHA256()
        var bytes = 0
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            hash.update(data: piece)
            bytes += piece.count
        }
        try handle.close()
        return File(
            bytes: bytes,
            sha256: hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }
}
