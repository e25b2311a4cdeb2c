public import Foundation
public import Sigma

/// Finds and reads rule files below folders.
public enum RuleFolder {
    /// All YAML and JSON files below the folders (or the files themselves), in the order of their paths.
    public static func files(in paths: [URL]) -> [URL] {
        paths.flatMap { path -> [URL] in
            guard let inside = FileManager.default.enumerator(at: path, includingPropertiesForKeys: [.isDirectoryKey]),
                (try? path.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
            else { return [path] }
            return inside.compactMap { $0 as? URL }
                .filter { ["yaml", "yml"].contains($0.pathExtension.lowercased()) }
                .sorted { $0.path < $1.path }
        }
    }

    /// The text of a file, which must be UTF-8.
    public static func text(of file: URL) throws -> String {
        try String(contentsOf: file, encoding: .utf8)
    }

    /// Reads all analytics rules below the folders; files that cannot be read become findings.
    public static func analyticsRules(in paths: [URL]) -> RuleReading {
        var reading = RuleReading()
        for file in files(in: paths) {
            do {
                let text = try text(of: file)
                guard RuleFormat(of: text) == .analytics else { continue }
                reading.append(RuleReader.read(text, file: file.path))
            } catch {
                reading.findings.append(unreadable(file, error))
            }
        }
        return reading
    }

    /// Reads all Sigma rules below the folders; files that cannot be read become findings.
    public static func sigmaRules(in paths: [URL]) -> (reading: SigmaReading, findings: [RuleFinding]) {
        var reading = SigmaReading()
        var findings: [RuleFinding] = []
        let reader = SigmaReader()
        for file in files(in: paths) {
            do {
                let text = try text(of: file)
                guard RuleFormat(of: text) == .sigma else { continue }
                reading.append(reader.read(text, file: file.path))
            } catch {
                findings.append(unreadable(file, error))
            }
        }
        return (reading, findings + reading.findings.map { RuleFinding($0) })
    }

    /// The finding of a file that cannot be read.
    public static func unreadable(_ file: URL, _ error: any Error) -> RuleFinding {
        RuleFinding(
            .error, .unreadableFile, "the file cannot be read as UTF-8 text: \(error.localizedDescription)",
            at: SigmaPosition(file: file.path))
    }
}
