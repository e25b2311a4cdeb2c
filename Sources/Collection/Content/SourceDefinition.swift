public import Foundation
public import KQLValues

/// A kind of log as content describes it: how its records are recognised, and how their fields become columns.
public struct SourceDefinition: Sendable, Hashable {
    /// Something a record must have: any of some fields, with any of some values if there are any.
    public struct Condition: Sendable, Hashable {
        public var fields: [String]
        /// Compared without regard to case, one that ends in `*` with the start of the value; empty when the field must only
        /// be there.
        public var values: [String]
        /// A regular expression (RE2) that a part of the value must match.
        public var pattern: String?

        /// How much it says about a record that it holds.
        public var weight: Int { values.isEmpty && pattern == nil ? 1 : 2 }
    }

    /// A KQL transformation as a file of the source's folder holds it.
    public struct Output: Sendable, Hashable {
        public var table: String
        public var file: String
        public var text: String
    }

    /// Where a column's value comes from. Of several fields the first that has a value counts; the name of an object
    /// stands for the object as JSON.
    public enum ColumnSource: Sendable, Hashable {
        case fields([String])
        case constant(String)
        /// The parts that have a value, with the text between them.
        case joined(parts: [[String]], separator: String)
        /// The part of a path after another part, such as the group in `/subscriptions/…/resourceGroups/NAME/…`.
        case pathPart(fields: [String], after: String)
        /// The text that a list has for the value; without one the value itself.
        case lookedUp(fields: [String], list: [String: String])
    }

    /// How the mapping is made.
    public enum Mapping: Sendable, Hashable {
        /// By `columns` and `automatic` into one table.
        case columns(table: String)
        /// Windows events, whose tables depend on their channel.
        case windows
        /// By KQL transformations, each into its table; a record may give rows in several.
        case transformations([Output])
    }

    /// How fields without a column are written to the rest column.
    public enum RestForm: Sendable, Hashable {
        case json
        /// `key=value;key=value` of the fields under a prefix, into a string column.
        case keyValues(column: String, prefix: String)
    }

    public var name: String
    public var summary: String
    public var conditions: [Condition]
    /// How its text is written; nil when that is told by the text alone.
    public var format: TextFormat?
    /// Whether its JSON objects also come as the messages of syslog lines.
    public var isCarriedBySyslog = false
    /// The types of fields that transformations read.
    public var fields: TableSchema
    public var mapping: Mapping
    public var columns: [String: ColumnSource]
    /// Fields directly under these prefixes go to the column of their name, letters of either case.
    public var automatic: [String]
    /// Fields that say nothing about the event and are left out.
    public var ignored: [String]
    public var rest: RestForm

    /// Reads `source.yaml` of a folder `content/sources/NAME`.
    public init(contentsOf url: URL) throws(ContentFault) {
        try self.init(YAMLValue.read(url), folder: url.deletingLastPathComponent())
    }

    /// Reads the text of such a file; lists in files of their own are looked up in `folder`.
    public init(yaml: String, file: String, folder: URL) throws(ContentFault) {
        try self.init(YAMLValue.parse(yaml, file: file), folder: folder)
    }

    private init(_ file: YAMLValue, folder: URL) throws(ContentFault) {
        name = try file.required("source").text()
        summary = try file["description"]?.text() ?? ""
        format = try file["format"].map { value throws(ContentFault) in try TextFormat(value) }
        conditions = try SourceDefinition.conditions(file, name: name, format)
        if let carrier = file["carried-by"] {
            guard try carrier.text() == "syslog" else {
                throw carrier.fault("'\(try carrier.text())' carries nothing", remedy: "use 'syslog', or leave it out")
            }
            isCarriedBySyslog = true
        }
        // What a source does not say itself it has from the one that it extends.
        var whole = file
        var folder = folder
        if let parent = file["extends"] {
            folder = folder.deletingLastPathComponent().appending(path: try parent.text())
            whole = try YAMLValue.read(folder.appending(path: "source.yaml"))
        }
        fields = try SourceDefinition.fields(whole["fields"])
        mapping = try SourceDefinition.mapping(whole, folder: folder)
        columns = [:]
        for (column, value) in try whole["columns"]?.members() ?? [] {
            columns[column] = try SourceDefinition.source(value, folder: folder)
        }
        automatic = try whole["automatic"]?.texts().map { $0.lowercased() } ?? []
        ignored = try whole["ignore"]?.texts().map { $0.lowercased() } ?? []
        rest = .json
        if let form = whole["rest"] {
            rest = .keyValues(
                column: try form.required("column").text(), prefix: try form.required("prefix").text().lowercased())
        }
    }

    private static func conditions(
        _ file: YAMLValue, name: String, _ format: TextFormat?
    ) throws(ContentFault) -> [Condition] {
        // Lines are recognised by the pattern that reads them.
        if case .lines = format { return [Condition(fields: ["line.source"], values: [name.lowercased()])] }
        var conditions: [Condition] = []
        for condition in try file.required("recognize").elements() {
            conditions.append(
                Condition(
                    fields: try condition.required("field").texts().map { $0.lowercased() },
                    values: try condition["equals"]?.texts().map { $0.lowercased() } ?? [],
                    pattern: try condition["matches"].map { value throws(ContentFault) in try value.pattern() }))
        }
        return conditions
    }

    private static func mapping(_ file: YAMLValue, folder: URL) throws(ContentFault) -> Mapping {
        if let special = file["mapping"] {
            guard try special.text() == "windows" else {
                throw special.fault("'\(try special.text())' is no mapping", remedy: "use 'windows', or name a table")
            }
            return .windows
        }
        if let tables = file["tables"] {
            return .transformations(try SourceDefinition.outputs(tables.members(), folder: folder))
        }
        let table = try file.required("table").text()
        guard file["columns"] == nil, file["automatic"] == nil else { return .columns(table: table) }
        return .transformations([try Output(table: table, file: "transform.kql", folder: folder, file)])
    }

    private static func outputs(
        _ members: [(key: String, value: YAMLValue)], folder: URL
    ) throws(ContentFault) -> [Output] {
        var outputs: [Output] = []
        for (table, value) in members {
            outputs.append(try Output(table: table, file: value.text(), folder: folder, value))
        }
        return outputs
    }

    private static func fields(_ value: YAMLValue?) throws(ContentFault) -> TableSchema {
        var columns: [ColumnSchema] = []
        for (name, value) in try value?.members() ?? [] {
            guard let type = KQLType(name: try value.text()) else {
                throw value.fault("'\(try value.text())' is no type", remedy: "use string, long, datetime, dynamic…")
            }
            columns.append(ColumnSchema(name, type))
        }
        return TableSchema(columns)
    }

    private static func source(_ value: YAMLValue, folder: URL) throws(ContentFault) -> ColumnSource {
        guard value.isMapping else { return .fields(try value.texts().map { $0.lowercased() }) }
        if let constant = value["constant"] { return .constant(try constant.text()) }
        if let parts = value["join"] {
            var names: [[String]] = []
            for part in try parts.elements() { names.append(try part.texts().map { $0.lowercased() }) }
            return .joined(parts: names, separator: try value["with"]?.text() ?? "")
        }
        if let fields = value["look-up"] {
            let names = try fields.texts().map { $0.lowercased() }
            return .lookedUp(fields: names, list: try list(value.required("in"), folder: folder))
        }
        if let path = value["path-part"] {
            return .pathPart(
                fields: try path.texts().map { $0.lowercased() },
                after: try value.required("after").text().lowercased())
        }
        throw value.fault(
            "this is no source of a column", remedy: "name fields, or use constant, join, path-part or look-up")
    }

    /// A mapping in place, or the name of a file with one.
    private static func list(_ value: YAMLValue, folder: URL) throws(ContentFault) -> [String: String] {
        let source = value.isMapping ? value : try YAMLValue.read(folder.appending(path: value.text()))
        var list: [String: String] = [:]
        for (key, value) in try source.members() { list[key] = try value.text() }
        return list
    }
}

extension SourceDefinition {
    /// How much it says about a record that it is recognised as of this source.
    public var weight: Int { conditions.reduce(0) { $0 + $1.weight } }
}

extension SourceDefinition.Output {
    fileprivate init(table: String, file: String, folder: URL, _ place: YAMLValue) throws(ContentFault) {
        let url = folder.appending(path: file)
        do {
            self.init(table: table, file: file, text: try String(contentsOf: url, encoding: .utf8))
        } catch {
            throw place.fault(
                "\(file) cannot be read: \(error.localizedDescription)",
                remedy: "write the KQL transformation there, or map columns")
        }
    }
}

/// All sources that content describes, the most demanding first.
public struct SourceCatalogue: Sendable {
    public let sources: [SourceDefinition]

    public init(_ sources: [SourceDefinition]) {
        // Of several that fit, the one that demands most is meant.
        self.sources = sources.sorted {
            ($0.weight, $1.name) > ($1.weight, $0.name)
        }
    }

    /// Reads `source.yaml` of all folders of a folder; a faulty one is left out and named in `faults`.
    public static func load(from folder: URL) -> (catalogue: SourceCatalogue, faults: [ContentFault]) {
        var faults: [ContentFault] = []
        var sources: [SourceDefinition] = []
        for folder in ContentFolder.files(of: folder, withExtension: "", faults: &faults) {
            let file = folder.appending(path: "source.yaml")
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            do {
                sources.append(try SourceDefinition(contentsOf: file))
            } catch {
                faults.append(error)
            }
        }
        return (SourceCatalogue(sources), faults)
    }
}
