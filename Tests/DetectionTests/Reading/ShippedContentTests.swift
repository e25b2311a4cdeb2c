import Detection
import Foundation
import KQL
import KQLFunctions
import KQLValues
import Sigma
import TestSupport
import Testing

/// The rules in `content` work with the tables in `content`.
@Suite struct ShippedContentTests {
    private static let content = SharedFolder.checkout.appending(path: "content")

    private static func tables() throws -> FixedTableCatalog {
        var tables: [String: TableSchema] = [:]
        for file in RuleFolder.files(in: [content.appending(path: "schemas")]) {
            var findings: [SigmaFinding] = []
            let documents = YAMLDocuments.read(try RuleFolder.text(of: file), file: file.path, findings: &findings)
            guard let definition = documents.first?.mapping, let name = definition["table"]?.text else { continue }
            let columns = definition["columns"]?.mapping?.members ?? []
            tables[name] = TableSchema(
                columns.map { ColumnSchema($0.key, KQLType(name: $0.value.text ?? "") ?? .string) })
        }
        return FixedTableCatalog(tables)
    }

    @Test func `every shipped rule is valid without a single finding`() throws {
        let environment = QueryEnvironment(catalogue: .standard, tables: try Self.tables())
        var validation = RuleValidation { QueryCheck($0, environment: environment) }
        for folder in ["rules", "sigma"] {
            for file in RuleFolder.files(in: [Self.content.appending(path: folder)]) {
                validation.add(try RuleFolder.text(of: file), file: file.lastPathComponent)
            }
        }
        #expect(validation.findings.map(\.description) == [])
        #expect(validation.validCount == validation.count && validation.count >= 25)
    }
}
