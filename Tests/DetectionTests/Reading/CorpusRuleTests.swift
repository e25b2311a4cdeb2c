import Collection
import Detection
import Foundation
import JSON
import KQL
import KQLConformance
import KQLFunctions
import TestSupport
import Testing

@Suite struct CorpusRuleTests {
    /// Rules of the corpus whose queries run over empty tables, at least: 98 of 100 of them. The one that does not holds no KQL.
    private static let floor = 139

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

    /// Rules of the corpus that ask normalised events and bind to the functions that ship, at least.
    private static let normalizedFloor = 19

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `rules that ask normalised events bind to the functions that ship`() throws {
        let content = SharedFolder.checkout.appending(path: "content")
        let tables = CollectionContent.load(from: content).content.tables.tables.mapValues(\.schema)
        let functions = FunctionCatalogue.load(from: content.appending(path: "functions")).catalogue.functions
        let calls = try Regex(#"\b(_Im_|_ASim_|im[A-Z]|ASim[A-Z])\w+"#)
        func validation(_ functions: [String: SavedFunction]) throws -> RuleValidation {
            let environment = QueryEnvironment(
                catalogue: .standard, tables: FixedTableCatalog(tables), functions: functions)
            var validation = RuleValidation { QueryCheck($0, environment: environment) }
            for file in RuleFolder.files(in: [SharedFolder.file("corpus/sentinel_rules")]) {
                let text = try RuleFolder.text(of: file)
                let query = RuleReader.read(text, file: file.lastPathComponent).rules.first?.query ?? ""
                if query.contains(calls) { validation.add(text, file: file.lastPathComponent) }
            }
            return validation
        }
        let shipped = try validation(functions)
        if ProcessInfo.processInfo.environment["TOCSIN_VERBOSE"] != nil {
            for finding in shipped.findings { print(finding) }
            print("without functions: \(try validation([:]).summary); with: \(shipped.summary)")
        }
        #expect(shipped.validCount >= Self.normalizedFloor)
    }
}
