internal import Collection
public import Foundation
public import JSON
public import KQL
internal import KQLConformance
internal import KQLFunctions
internal import KQLValues

/// What queries may name without a server: the tables and saved functions that ship with the product.
public enum KnownContent {
    /// - Parameters:
    ///   - content: the content folder, whose table schemas and saved functions are known.
    ///   - schemas: further tables, `{name: {column: type}}`.
    ///   - functions: further saved functions, `{name: {params, query}}`.
    public static func environment(content: URL, schemas: JSON?, functions: JSON?) -> QueryEnvironment {
        var tables = CollectionContent.load(from: content).content.tables.tables.mapValues(\.schema)
        if let schemas { tables.merge(ConformanceFiles.tables(schemas).tables) { _, given in given } }
        var saved = FunctionCatalogue.load(from: content.appending(path: "functions")).catalogue.functions
        if let functions { saved.merge(ConformanceFiles.functions(functions)) { _, given in given } }
        return QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog(tables), functions: saved)
    }
}
