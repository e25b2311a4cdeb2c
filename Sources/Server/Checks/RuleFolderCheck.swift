internal import Chronology
internal import Collection
public import Detection
public import Foundation
public import JSON
internal import KQL
internal import KQLConformance
internal import KQLFunctions
internal import KQLValues

/// Checks a folder of rules without a server: their fields, and their queries against known tables and functions.
public struct RuleFolderCheck: Sendable {
    public let findings: [RuleFinding]
    /// `valid P of N`.
    public let summary: String
    public let isClean: Bool

    /// - Parameters:
    ///   - content: the content folder, whose table schemas and saved functions are known.
    ///   - schemas: further tables, `{name: {column: type}}`.
    ///   - functions: further saved functions, `{name: {params, query}}`.
    public init(folder: URL, content: URL, schemas: JSON?, functions: JSON?) throws {
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw SettingsError(message: "\(folder.path) is not there")
        }
        let environment = KnownContent.environment(content: content, schemas: schemas, functions: functions)
        var validation = RuleValidation(catalogue: AttackCatalogue(content: content)) {
            QueryCheck($0, environment: environment)
        }
        for file in RuleFolder.files(in: [folder]) {
            do {
                validation.add(try RuleFolder.text(of: file), file: file.path)
            } catch {
                validation.addUnreadable(
                    file: file.path, reason: "cannot be read as UTF-8: \(error.localizedDescription)")
            }
        }
        findings = validation.findings
        summary = validation.summary
        isClean = validation.validCount == validation.count
    }
}
