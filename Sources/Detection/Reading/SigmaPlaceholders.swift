public import Foundation
internal import Sigma

/// The values that stand for `%name%` in Sigma rules with the modifier `expand`: a YAML map of names to texts or lists.
public struct SigmaPlaceholders: Sendable {
    public private(set) var values: [String: [String]] = [:]
    public private(set) var findings: [RuleFinding] = []

    private init() {}

    /// Reads the file; one that is not there holds no values.
    public static func load(_ file: URL) -> SigmaPlaceholders {
        guard FileManager.default.fileExists(atPath: file.path) else { return SigmaPlaceholders() }
        do {
            return SigmaPlaceholders(try RuleFolder.text(of: file), file: file.path)
        } catch {
            var placeholders = SigmaPlaceholders()
            placeholders.findings.append(RuleFolder.unreadable(file, error))
            return placeholders
        }
    }

    /// Reads the text; `file` is its name in findings.
    public init(_ text: String, file: String) {
        var faults: [SigmaFinding] = []
        for document in YAMLDocuments.read(text, file: file, findings: &faults) {
            guard let mapping = document.mapping else {
                if case .null = document.content { continue }
                findings.append(Self.fault("placeholders are a map of names to values", document.position))
                continue
            }
            for (name, value) in mapping.members {
                let texts = value.texts
                if texts.isEmpty {
                    findings.append(Self.fault("the placeholder '\(name)' has no values", value.position))
                } else {
                    values[name, default: []] += texts
                }
            }
        }
        findings += faults.map { RuleFinding($0) }
    }

    private static func fault(_ message: String, _ position: SigmaPosition) -> RuleFinding {
        RuleFinding(.error, .invalidValue, message, at: position)
    }
}
