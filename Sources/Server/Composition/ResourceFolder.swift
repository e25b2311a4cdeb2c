internal import Foundation
internal import JSON

/// Resources that clients wrote, a JSON file for each in a folder of the data folder, as Azure's API has them.
struct ResourceFolder: Sendable {
    let folder: URL

    init(_ folder: URL) {
        self.folder = folder
    }

    /// The folder, or nothing before the first resource is written.
    var folders: [URL] { FileManager.default.fileExists(atPath: folder.path) ? [folder] : [] }

    /// The names of all resources, in lower case, in their order.
    var names: [String] { files(ending: ".json") }

    /// Names of what ships with Tocsin and was deleted.
    var markedNames: [String] { files(ending: ".deleted") }

    /// The resource of a name, nil when there is none that can be read.
    func resource(_ name: String) -> JSON? {
        ContentFiles.text(file(name)).flatMap { text in
            // Somebody has damaged the file: it is reported where rules are read, and replaced by the next write.
            try? JSON(parsing: text)
        }
    }

    /// When the resource was written last.
    func modified(_ name: String) -> Date? {
        // A file that is not there has no attributes.
        (try? FileManager.default.attributesOfItem(atPath: file(name).path))?[.modificationDate] as? Date
    }

    /// Writes a resource whole or not at all.
    func write(_ name: String, _ resource: JSON) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(resource.description.utf8).write(to: file(name), options: .atomic)
        try unmark(name)
    }

    /// Whether there was one.
    func remove(_ name: String) throws -> Bool {
        guard FileManager.default.fileExists(atPath: file(name).path) else { return false }
        try FileManager.default.removeItem(at: file(name))
        return true
    }

    /// Notes that what ships under the name is not wanted.
    func mark(_ name: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: mark(of: name))
    }

    private func unmark(_ name: String) throws {
        guard FileManager.default.fileExists(atPath: mark(of: name).path) else { return }
        try FileManager.default.removeItem(at: mark(of: name))
    }

    private func file(_ name: String) -> URL { folder.appending(path: name.lowercased() + ".json") }

    private func mark(of name: String) -> URL { folder.appending(path: name.lowercased() + ".deleted") }

    private func files(ending: String) -> [String] {
        // A folder that is not there holds none.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }
}
