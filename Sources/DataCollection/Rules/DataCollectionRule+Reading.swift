public import JSON
public import KQLValues

/// What a rule is checked against.
public struct RuleSurroundings: Sendable {
    /// The columns of a table that content or a person described; nil when there is none of that name.
    public let columns: @Sendable (String) -> TableSchema?
    /// Why a transformation cannot make rows of a table out of such records; nil when it can.
    public let transformationFault: @Sendable (_ query: String, _ input: TableSchema, _ table: String) -> String?
    /// The name of this installation's workspace.
    public let workspace: String

    public init(
        workspace: String, columns: @escaping @Sendable (String) -> TableSchema?,
        transformationFault: @escaping @Sendable (String, TableSchema, String) -> String?
    ) {
        self.workspace = workspace
        self.columns = columns
        self.transformationFault = transformationFault
    }
}

extension DataCollectionRule {
    /// Reads the `properties` of a rule in Azure's shape and checks them.
    ///
    /// - Throws: `DataCollectionFault` with code `invalid` and the path of the member at fault.
    public init(properties: JSON, _ surroundings: RuleSurroundings) throws(DataCollectionFault) {
        let reader = RuleReader(surroundings)
        guard properties.objectValue != nil else { throw reader.fault("properties", "this must be an object") }
        streams = try reader.streams(properties["streamDeclarations"])
        let destinations = try reader.destinations(properties["destinations"])
        flows = try reader.flows(properties["dataFlows"], streams, destinations)
    }
}

/// Reads the parts of a rule.
private struct RuleReader {
    let surroundings: RuleSurroundings

    init(_ surroundings: RuleSurroundings) {
        self.surroundings = surroundings
    }

    func fault(_ target: String, _ message: String) -> DataCollectionFault {
        DataCollectionFault(.invalid, target: target, message)
    }

    // MARK: Streams

    func streams(_ json: JSON?) throws(DataCollectionFault) -> [String: TableSchema] {
        var streams: [String: TableSchema] = [:]
        guard let json, !json.isNull else { return streams }
        guard let members = json.objectValue else {
            throw fault("properties.streamDeclarations", "this must be an object of streams")
        }
        for (name, declaration) in members {
            let path = "properties.streamDeclarations.\(name)"
            guard name.hasPrefix(StreamName.custom), StreamName.isValid(name) else {
                throw fault(path, "the name of a stream of one's own is 'Custom-' and letters, digits, '_', '-' or '.'")
            }
            streams[name] = try ColumnList.read(declaration["columns"], path: path + ".columns")
        }
        return streams
    }

    // MARK: Destinations

    /// The names of the destinations, all of which are this installation's workspace.
    func destinations(_ json: JSON?) throws(DataCollectionFault) -> Set<String> {
        guard let members = json?.objectValue else {
            throw fault("properties.destinations", "this must be an object with 'logAnalytics'")
        }
        var names: Set<String> = []
        for (kind, list) in members {
            let path = "properties.destinations.\(kind)"
            guard kind == "logAnalytics" else {
                throw fault(path, "events go to the workspace of this installation only: use 'logAnalytics'")
            }
            for (index, destination) in (list.arrayValue ?? []).enumerated() {
                guard let name = destination["name"]?.stringValue, !name.isEmpty else {
                    throw fault("\(path)[\(index)].name", "a destination needs a name")
                }
                try checkWorkspace(destination["workspaceResourceId"], path: "\(path)[\(index)].workspaceResourceId")
                guard names.insert(name).inserted else {
                    throw fault("\(path)[\(index)].name", "there are two destinations called '\(name)'")
                }
            }
        }
        guard !names.isEmpty else {
            throw fault("properties.destinations.logAnalytics", "name at least one destination")
        }
        return names
    }

    private func checkWorkspace(_ json: JSON?, path: String) throws(DataCollectionFault) {
        guard let text = json?.stringValue else { return }
        let workspace = text.split(separator: "/").last.map { $0.lowercased() }
        guard workspace == surroundings.workspace.lowercased() else {
            throw fault(path, "this installation holds the workspace '\(surroundings.workspace)' only, not '\(text)'")
        }
    }

    // MARK: Flows

    func flows(
        _ json: JSON?, _ streams: [String: TableSchema], _ destinations: Set<String>
    ) throws(DataCollectionFault) -> [DataCollectionRule.Flow] {
        guard let list = json?.arrayValue, !list.isEmpty else {
            throw fault("properties.dataFlows", "a rule needs at least one data flow")
        }
        var flows: [DataCollectionRule.Flow] = []
        for (index, item) in list.enumerated() {
            flows.append(try flow(item, "properties.dataFlows[\(index)]", streams, destinations))
        }
        return flows
    }

    private func flow(
        _ json: JSON, _ path: String, _ streams: [String: TableSchema], _ destinations: Set<String>
    ) throws(DataCollectionFault) -> DataCollectionRule.Flow {
        let names = json["streams"]?.arrayValue?.compactMap(\.stringValue) ?? []
        guard !names.isEmpty else { throw fault(path + ".streams", "a data flow needs at least one stream") }
        for name in json["destinations"]?.arrayValue ?? [] where !destinations.contains(name.stringValue ?? "") {
            throw fault(path + ".destinations", "there is no destination \(name)")
        }
        let transformation = json["transformKql"]?.stringValue
        var flow = DataCollectionRule.Flow(
            streams: names, transformation: transformation == "source" ? nil : transformation,
            outputStream: json["outputStream"]?.stringValue)
        if let output = flow.outputStream { try checkOutput(output, path + ".outputStream") }
        for name in names {
            let input = try columns(of: name, streams, path + ".streams")
            if flow.outputStream == nil { try checkOutput(name, path + ".outputStream") }
            flow.inputs[name.lowercased()] = input
            if let query = flow.query(of: name),
                let reason = surroundings.transformationFault(query, input, flow.table(of: name))
            {
                throw fault(path + ".transformKql", reason)
            }
        }
        return flow
    }

    private func columns(
        of stream: String, _ streams: [String: TableSchema], _ path: String
    ) throws(DataCollectionFault) -> TableSchema {
        if let declared = streams.first(where: { $0.key.lowercased() == stream.lowercased() }) { return declared.value }
        if stream.hasPrefix(StreamName.builtIn), let known = surroundings.columns(StreamName.table(stream)) {
            return known
        }
        throw fault(
            path,
            stream.hasPrefix(StreamName.custom)
                ? "the stream '\(stream)' is not in streamDeclarations"
                : "'\(stream)' is no stream: use 'Custom-NAME' or 'Microsoft-TABLE' of a table that is there")
    }

    private func checkOutput(_ stream: String, _ path: String) throws(DataCollectionFault) {
        guard StreamName.isValid(stream) else {
            throw fault(path, "'\(stream)' is no stream: use 'Custom-NAME_CL' or 'Microsoft-TABLE'")
        }
        let table = StreamName.table(stream)
        if stream.hasPrefix(StreamName.builtIn) {
            guard surroundings.columns(table) != nil else { throw fault(path, "there is no table '\(table)'") }
        } else {
            guard table.hasSuffix("_CL"), ColumnList.isName(table) else {
                throw fault(path, "'\(stream)' leads to no table: the name of a table of one's own ends in _CL")
            }
        }
    }
}

/// Lists of columns as streams and tables declare them: `[{"name", "type"}]`.
enum ColumnList {
    static func read(_ json: JSON?, path: String) throws(DataCollectionFault) -> TableSchema {
        guard let list = json?.arrayValue, !list.isEmpty else {
            throw DataCollectionFault(.invalid, target: path, "this must be a list of at least one column")
        }
        guard list.count <= 500 else {
            throw DataCollectionFault(.invalid, target: path, "a table has at most 500 columns")
        }
        var columns: [ColumnSchema] = []
        var seen: Set<String> = []
        for (index, item) in list.enumerated() {
            let place = "\(path)[\(index)]"
            guard let name = item["name"]?.stringValue, isName(name) else {
                throw DataCollectionFault(
                    .invalid, target: place + ".name",
                    "a column's name has letters, digits and '_', a letter or '_' first, at most 128")
            }
            let typeName = item["type"]?.stringValue ?? ""
            guard let type = KQLType(name: typeName.lowercased()) else {
                throw DataCollectionFault(
                    .invalid, target: place + ".type",
                    "'\(typeName)' is no type: use string, int, long, real, boolean, datetime, guid or dynamic")
            }
            guard seen.insert(name.lowercased()).inserted else {
                throw DataCollectionFault(.invalid, target: place + ".name", "the column '\(name)' is there twice")
            }
            columns.append(ColumnSchema(name, type))
        }
        return TableSchema(columns)
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first), text.utf8.count <= 128 else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }
}
