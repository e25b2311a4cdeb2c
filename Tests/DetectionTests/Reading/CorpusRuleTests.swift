import Detection
import Foundation
import JSON
import KQL
import KQLConformance
import KQLFunctions
import TestSupport
import Testing

@Suite struct CorpusRuleTests {
    /// Rules of the corpus whose queries bind, at least.
    private static let floor = 113

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `all rules of the corpus load and nearly all their queries bind`() throws {
        func json(_ path: String) throws -> JSON {
            try JSON(parsing: String(contentsOf: SharedFolder.file(path), encoding: .utf8))
        }
        let environment = QueryEnvironment(
            catalogue: .standard, tables: ConformanceFiles.tables(try json("corpus/kql/schemas.json")),
            functions: ConformanceFiles.functions(try json("corpus/kql/functions.json")))
        var validation = RuleValidation { QueryCheck($0, environment: environment) }
        let files = RuleFolder.files(in: [SharedFolder.file("corpus/sentinel_rules")])
        var loaded = 0
        for file in files {
            let text = try RuleFolder.text(of: file)
            loaded += RuleReader.read(text, file: file.lastPathComponent).rules.count
            validation.add(text, file: file.lastPathComponent)
        }
        if ProcessInfo.processInfo.environment["TOCSIN_VERBOSE"] != nil {
            for finding in validation.findings { print(finding) }
            print(validation.summary)
        }
        #expect(loaded == files.count)
        #expect(validation.validCount >= Self.floor)
    }
}
