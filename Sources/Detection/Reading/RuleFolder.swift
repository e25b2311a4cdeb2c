internal import Dispatch
public import Foundation
internal import JSON
public import Sigma
internal import Synchronization

/// Finds and reads rule files below folders.
public enum RuleFolder {
    /// All YAML and JSON files below the folders (or the files themselves), in the order of their paths.
    public static func files(in paths: [URL]) -> [URL] {
        paths.flatMap { path -> [URL] in
            guard let inside = FileManager.default.enumerator(at: path, includingPropertiesForKeys: [.isDirectoryKey]),
                (try? path.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
            else { return [path] }
            return inside.compactMap { $0 as? URL }.filter(isRuleFile)
                .map { (path: $0.path, url: $0) }.sorted { $0.path < $1.path }.map(\.url)
        }
    }

    /// YAML is taken for rules; JSON, which has many uses, when it speaks of rules.
    private static func isRuleFile(_ file: URL) -> Bool {
        switch file.pathExtension.lowercased() {
        case "yaml", "yml": return true
        case "json":
            // A file that cannot be read or parsed holds no rules that could be read.
            guard let text = try? text(of: file), let members = (try? JSON(parsing: text))?.objectValue else {
                return false
            }
            return ["query", "resources", "properties", "value"].contains { members[$0] != nil }
        default: return false
        }
    }

    /// The text of a file, which must be UTF-8.
    public static func text(of file: URL) throws -> String {
        try String(contentsOf: file, encoding: .utf8)
    }

    /// Reads all analytics rules below the folders; files that cannot be read become findings.
    public static func analyticsRules(in paths: [URL]) -> RuleReading {
        let parts = onAllCores(files(in: paths)) { file in
            var reading = RuleReading()
            do {
                let text = try text(of: file)
                guard RuleFormat(of: text) == .analytics else { return reading }
                reading.append(RuleReader.read(text, file: file.path))
            } catch {
                reading.findings.append(unreadable(file, error))
            }
            return reading
        }
        var reading = RuleReading()
        for part in parts { reading.append(part) }
        return reading
    }

    /// Reads all Sigma rules below the folders; files that cannot be read become findings.
    ///
    /// - Parameter placeholders: the values of `%name%` for the modifier `expand`.
    public static func sigmaRules(
        in paths: [URL], placeholders: [String: [String]] = [:]
    ) -> (reading: SigmaReading, findings: [RuleFinding]) {
        let reader = SigmaReader(placeholders: placeholders)
        let parts = onAllCores(files(in: paths)) { file -> (SigmaReading, RuleFinding?) in
            do {
                let text = try text(of: file)
                guard RuleFormat(of: text) == .sigma else { return (SigmaReading(), nil) }
                return (reader.read(text, file: file.path), nil)
            } catch {
                return (SigmaReading(), unreadable(file, error))
            }
        }
        var reading = SigmaReading()
        for (part, _) in parts { reading.append(part) }
        reading.link()
        return (reading, parts.compactMap(\.1) + reading.findings.map { RuleFinding($0) })
    }

    /// What `read` makes of each file, in the order of the files; several are read at a time.
    private static func onAllCores<Part: Sendable>(
        _ files: [URL], _ read: @Sendable (URL) -> Part
    ) -> [Part] {
        let portion = 64
        let portions = (files.count + portion - 1) / portion
        let parts = Mutex<[[Part]]>(Array(repeating: [], count: portions))
        DispatchQueue.concurrentPerform(iterations: portions) { number in
            let own = files[(number * portion)..<min((number + 1) * portion, files.count)].map(read)
            parts.withLock { $0[number] = own }
        }
        return parts.withLock { $0.flatMap { $0 } }
    }

    /// The finding of a file that cannot be read.
    public static func unreadable(_ file: URL, _ error: any Error) -> RuleFinding {
        RuleFinding(
            .error, .unreadableFile, "the file cannot be read as UTF-8 text: \(error.localizedDescription)",
            at: SigmaPosition(file: file.path))
    }
}
