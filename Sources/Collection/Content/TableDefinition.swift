public import Foundation
public import KQLValues

/// A table as content describes it: its columns as Azure Monitor documents them, and where unknown fields go.
public struct TableDefinition: Sendable, Hashable {
    public var name: String
    public var summary: String
    public var schema: TableSchema
    /// The dynamic column that takes the fields which have no column.
    public var rest: String?

    public init(name: String, summary: String = "", schema: TableSchema, rest: String? = nil) {
        self.name = name
        self.summary = summary
        self.schema = schema
        self.rest = rest
    }

    /// Reads `content/schemas/NAME.yaml`.
    public init(contentsOf url: URL) throws(ContentFault) {
        try self.init(YAMLValue.read(url))
    }

    /// Reads the text of such a file.
    public init(yaml: String, file: String) throws(ContentFault) {
        try self.init(YAMLValue.parse(yaml, file: file))
    }

    private init(_ file: YAMLValue) throws(ContentFault) {
        let name = try file.required("table")
        self.name = try name.text()
        guard TableDefinition.isName(self.name) else {
            throw name.fault("'\(self.name)' is no table name", remedy: "use letters, digits and '_'")
        }
        summary = try file["description"]?.text() ?? ""
        var columns: [ColumnSchema] = []
        var seen: Set<String> = []
        for (column, value) in try file.required("columns").members() {
            let type = try value.text()
            guard let type = KQLType(name: type) else {
                throw value.fault(
                    "'\(type)' is no type",
                    remedy: "use one of " + KQLType.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard TableDefinition.isName(column) else {
                throw value.fault("'\(column)' is no column name", remedy: "use letters, digits and '_'")
            }
            guard seen.insert(column).inserted else {
                throw value.fault("column \(column) is there twice", remedy: "remove one")
            }
            columns.append(ColumnSchema(column, type))
        }
        schema = TableSchema(columns)
        let restColumn = file["rest"]
        rest = try restColumn?.text()
        if let rest, schema.index(of: rest).map({ columns[$0].type }) != .dynamic {
            throw (restColumn ?? file).fault("'\(rest)' is no dynamic column of this table", remedy: "name one that is")
        }
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first), text.utf8.count <= 256 else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }
}

/// All tables that content describes, by name.
public struct TableCatalogue: Sendable {
    public private(set) var tables: [String: TableDefinition]
    private var namesByLowercase: [String: String] = [:]

    public init(_ tables: [TableDefinition]) {
        self.tables = [:]
        for table in tables { add(table) }
    }

    /// Reads all `.yaml` files of a folder; a faulty file is left out and named in `faults`.
    public static func load(from folder: URL) -> (catalogue: TableCatalogue, faults: [ContentFault]) {
        var catalogue = TableCatalogue([])
        var faults: [ContentFault] = []
        for url in ContentFolder.files(of: folder, withExtension: "yaml", faults: &faults) {
            do {
                catalogue.add(try TableDefinition(contentsOf: url))
            } catch {
                faults.append(error)
            }
        }
        return (catalogue, faults)
    }

    public subscript(name: String) -> TableDefinition? { tables[name] }

    /// The table of that name, letters of either case.
    func table(anyCase name: String) -> TableDefinition? {
        tables[name] ?? namesByLowercase[name.lowercased()].flatMap { tables[$0] }
    }

    public mutating func add(_ table: TableDefinition) {
        tables[table.name] = table
        namesByLowercase[table.name.lowercased()] = table.name
    }
}

enum ContentFolder {
    /// The files directly in a folder, by name.
    static func files(of folder: URL, withExtension type: String, faults: inout [ContentFault]) -> [URL] {
        do {
            let all = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            return all.filter { $0.pathExtension == type }.sorted { $0.path < $1.path }
        } catch {
            faults.append(
                ContentFault(
                    file: folder.path, problem: "the folder cannot be read: \(error.localizedDescription)",
                    remedy: "check the path"))
            return []
        }
    }
}
