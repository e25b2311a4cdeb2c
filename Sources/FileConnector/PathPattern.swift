internal import Glibc

/// A path with wildcards: `*`, `?` and `[…]` inside of a part, `**` for any number of folders.
struct PathPattern {
    private let parts: [String]
    private static let depthLimit = 40

    /// - Parameter text: An absolute path.
    init(_ text: String) {
        parts = text.split(separator: "/").map(String.init)
    }

    /// The files that match, and the folders that were looked through for them.
    func matches() -> (files: Set<String>, folders: Set<String>) {
        var files: Set<String> = []
        var folders: Set<String> = []
        walk("", parts[...], 0, &files, &folders)
        return (files, folders)
    }

    private func walk(
        _ folder: String, _ rest: ArraySlice<String>, _ depth: Int, _ files: inout Set<String>,
        _ folders: inout Set<String>
    ) {
        guard let part = rest.first, depth < PathPattern.depthLimit else { return }
        let following = rest.dropFirst()
        if part == "**" {
            walk(folder, following, depth + 1, &files, &folders)
            folders.insert(folder.isEmpty ? "/" : folder)
            for entry in Folder.entries(folder) where entry.kind == .folder {
                walk("\(folder)/\(entry.name)", rest, depth + 1, &files, &folders)
            }
            return
        }
        guard part.contains(where: { "*?[".contains($0) }) else {
            let path = "\(folder)/\(part)"
            if following.isEmpty {
                folders.insert(folder.isEmpty ? "/" : folder)
                if Folder.kind(of: path) == .file { files.insert(path) }
            } else {
                walk(path, following, depth + 1, &files, &folders)
            }
            return
        }
        folders.insert(folder.isEmpty ? "/" : folder)
        for entry in Folder.entries(folder) where fnmatch(part, entry.name, FNM_PERIOD) == 0 {
            let path = "\(folder)/\(entry.name)"
            let kind = entry.kind == .link ? Folder.kind(of: path) : entry.kind
            if following.isEmpty {
                if kind == .file { files.insert(path) }
            } else if kind == .folder {
                walk(path, following, depth + 1, &files, &folders)
            }
        }
    }
}

/// What lies in a folder.
enum Folder {
    enum Kind {
        case file, folder, link, other
    }

    struct Entry {
        let name: String
        let kind: Kind
    }

    /// The entries of a folder; none when it cannot be read.
    static func entries(_ path: String) -> [Entry] {
        guard let folder = opendir(path.isEmpty ? "/" : path) else { return [] }
        defer { closedir(folder) }
        var entries: [Entry] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let kind: Kind? =
                switch Int(entry.pointee.d_type) {
                case Int(DT_REG): .file
                case Int(DT_DIR): .folder
                case Int(DT_LNK): .link
                // Some file systems do not say.
                case Int(DT_UNKNOWN): nil
                default: .other
                }
            entries.append(Entry(name: name, kind: kind ?? self.kind(of: "\(path)/\(name)")))
        }
        return entries
    }

    /// What a path leads to, links followed.
    static func kind(of path: String) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .other }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }
}
