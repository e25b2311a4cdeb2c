public import Foundation
internal import KQLValues

/// Everything content says about collection: tables, kinds of logs, and how Windows events are read.
public struct CollectionContent: Sendable {
    public var tables: TableCatalogue
    public var sources: SourceCatalogue
    let windows: WindowsDefinition?
    /// By the name of their source.
    let transformations: [String: [Transformation]]

    public init(tables: TableCatalogue, sources: SourceCatalogue) {
        self.tables = tables
        self.sources = sources
        windows = nil
        // What is faulty is told by `load`; here its records become dead letters.
        transformations = sources.transformations(into: tables).ready
    }

    private init(
        tables: TableCatalogue, sources: SourceCatalogue, windows: WindowsDefinition?,
        transformations: [String: [Transformation]]
    ) {
        self.tables = tables
        self.sources = sources
        self.windows = windows
        self.transformations = transformations
    }

    /// Reads `schemas/` and `sources/` of the folder `content`; faulty files are left out and named in `faults`.
    public static func load(from content: URL) -> (content: CollectionContent, faults: [ContentFault]) {
        let (tables, tableFaults) = TableCatalogue.load(from: content.appending(path: "schemas"))
        let sourcesFolder = content.appending(path: "sources")
        let (sources, sourceFaults) = SourceCatalogue.load(from: sourcesFolder)
        var faults = tableFaults + sourceFaults
        for source in sources.sources {
            guard case .columns(let table) = source.mapping else { continue }
            let file = sourcesFolder.appending(path: "\(source.name)/source.yaml").path
            guard let known = tables[table] else {
                faults.append(
                    ContentFault(file: file, problem: "there is no table \(table)", remedy: "describe it in schemas"))
                continue
            }
            for column in source.columns.keys.sorted() where known.schema.index(of: column) == nil {
                faults.append(
                    ContentFault(
                        file: file, problem: "\(table) has no column \(column)",
                        remedy: "correct the name or add it to the table's schema"))
            }
        }
        var windows: WindowsDefinition?
        do throws(ContentFault) {
            windows = try WindowsDefinition(contentsOf: sourcesFolder.appending(path: "windows"))
        } catch {
            faults.append(error)
        }
        let (transformations, transformationFaults) = sources.transformations(into: tables, folder: sourcesFolder)
        faults += transformationFaults
        let content = CollectionContent(
            tables: tables, sources: sources, windows: windows, transformations: transformations)
        return (content, faults)
    }
}
