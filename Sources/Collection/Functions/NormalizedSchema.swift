internal import Foundation
internal import KQL
public import KQLValues

/// A schema of the Advanced Security Information Model: the columns that a kind of event has whatever its source, the
/// parsers that bring sources into it, and the functions that unite them.
public struct NormalizedSchema: Sendable, Hashable {
    /// What a `schema.yaml` says; `common.yaml` says it for all schemas.
    struct Definition: Sendable, Hashable {
        var columns: [ColumnSchema] = []
        var mandatory: [String] = []
        var parameters: [SavedFunction.Parameter] = []
        /// Conditions over columns and parameters that hold for each row that a function gives.
        var filters: [String] = []
        /// Columns and the KQL of their values where a parser leaves them out, in steps that see each other's columns.
        var defaults: [[Binding]] = []
        var aliases: [Binding] = []
        /// What stands in columns that are empty after all.
        var filled: [Binding] = []
    }

    /// A column and the KQL text, or for an alias the column, that it takes its value from.
    struct Binding: Sendable, Hashable {
        var column: String
        var value: String
    }

    /// Functions that unite parsers.
    struct Union: Sendable, Hashable {
        /// Those that take the schema's parameters.
        var names: [String]
        /// Those without filtering parameters.
        var plainNames: [String]
        /// Beginnings of the parsers' names; all when empty.
        var parsers: [String]
        var condition: String?
    }

    public let name: String
    public let version: String
    public let summary: String
    public let parsers: [NormalizingParser]
    let definition: Definition
    let unions: [Union]
    /// The arguments by which a function without filtering parameters calls the one that has them.
    let plainArguments: String

    /// The columns that rows may have.
    public var columns: [ColumnSchema] { definition.columns }
    /// The columns that each row must have a value in.
    public var mandatoryColumns: [String] { definition.mandatory }
    /// The functions that take filtering parameters and give the events of all sources.
    public var unitingFunctions: [String] { unions.flatMap(\.names) }

    init(folder: URL, common: Definition, faults: inout [ContentFault]) throws(ContentFault) {
        let file = try YAMLValue.read(folder.appending(path: "schema.yaml"))
        name = try file.required("schema").text()
        version = try file.required("version").text()
        summary = try file["description"]?.text() ?? ""
        definition = common.extended(by: try Definition(file))
        plainArguments = try file["plain-arguments"]?.text() ?? ""
        unions = try NormalizedSchema.unions(file.required("functions"))
        var parsers: [NormalizingParser] = []
        for file in ContentFolder.files(of: folder, withExtension: "kql", faults: &faults) {
            do {
                parsers.append(try NormalizingParser(contentsOf: file))
            } catch {
                faults.append(error)
            }
        }
        self.parsers = parsers
    }

    private static func unions(_ list: YAMLValue) throws(ContentFault) -> [Union] {
        var unions: [Union] = []
        for union in try list.elements() {
            unions.append(
                Union(
                    names: try union.required("names").texts(), plainNames: try union["plain"]?.texts() ?? [],
                    parsers: try union["parsers"]?.texts() ?? [], condition: try union["where"]?.text()))
        }
        return unions
    }
}

extension NormalizedSchema.Definition {
    init(_ file: YAMLValue) throws(ContentFault) {
        for (name, type) in try file["columns"]?.members() ?? [] {
            columns.append(ColumnSchema(name, try NormalizedSchema.Definition.type(type)))
        }
        mandatory = try file["mandatory"]?.texts() ?? []
        for (name, value) in try file["parameters"]?.members() ?? [] {
            let type = try NormalizedSchema.Definition.type(value.isMapping ? value.required("type") : value)
            parameters.append(
                SavedFunction.Parameter(
                    name: name, type: type.rawValue,
                    defaultValue: try value.isMapping ? value["default"]?.text() : type.unfiltered))
        }
        filters = try file["filters"]?.texts() ?? []
        for step in try file["defaults"]?.elements() ?? [] {
            defaults.append(try NormalizedSchema.Definition.bindings(step))
        }
        if let list = file["filled"] { filled = try NormalizedSchema.Definition.bindings(list) }
        if let list = file["aliases"] { aliases = try NormalizedSchema.Definition.bindings(list) }
    }

    /// What holds for all schemas, and then what this one adds.
    func extended(by other: Self) -> Self {
        var all = self
        let own = Set(other.columns.map(\.name))
        all.columns = columns.filter { !own.contains($0.name) } + other.columns
        all.mandatory += other.mandatory.filter { !mandatory.contains($0) }
        all.parameters += other.parameters
        all.filters += other.filters
        all.defaults = other.defaults + defaults
        all.aliases += other.aliases
        all.filled += other.filled
        return all
    }

    private static func bindings(_ value: YAMLValue) throws(ContentFault) -> [NormalizedSchema.Binding] {
        var bindings: [NormalizedSchema.Binding] = []
        for (column, text) in try value.members() {
            bindings.append(NormalizedSchema.Binding(column: column, value: try text.text()))
        }
        return bindings
    }

    private static func type(_ value: YAMLValue) throws(ContentFault) -> KQLType {
        let name = try value.text()
        guard let type = KQLType(name: name) else {
            throw value.fault(
                "'\(name)' is no type", remedy: "use one of " + KQLType.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        return type
    }
}

extension KQLType {
    /// The argument that filters nothing, as ASIM has it.
    fileprivate var unfiltered: String {
        switch self {
        case .string: "*"
        case .dynamic: "dynamic([])"
        case .bool: "false"
        default: "\(rawValue)(null)"
        }
    }
}
