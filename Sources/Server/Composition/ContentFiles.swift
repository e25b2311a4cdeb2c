internal import Foundation

/// Reads the text files of a content folder.
enum ContentFiles {
    struct File: Sendable {
        let path: String
        let text: String
    }

    /// All files below `folder` with one of the endings, by path; a folder that is not there holds none.
    static func texts(in folder: URL, ending endings: String...) -> [File] {
        let root = folder.resolvingSymlinksInPath().path
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return names.sorted().filter { name in endings.contains { name.hasSuffix($0) } }.compactMap { name in
            FileManager.default.contents(atPath: "\(root)/\(name)").map {
                File(path: "\(root)/\(name)", text: String(decoding: $0, as: UTF8.self))
            }
        }
    }

    /// One file, nil when it is not there.
    static func text(_ file: URL) -> String? {
        FileManager.default.contents(atPath: file.path).map { String(decoding: $0, as: UTF8.self) }
    }
}
