/// What a rule, correlation or filter says of itself.
public struct SigmaHeader: Sendable {
    /// The `id`; where a file has none, the title.
    public var id: String
    /// By which correlation rules and filters may refer to it.
    public var name: String?
    public var title: String
    public var description: String
    public var level: SigmaLevel
    public var status: String
    public var author: String
    public var references: [String]
    public var tags: [String]
    public var falsePositives: [String]
    /// Top-level keys that the specification does not name, such as `tests`.
    public var extras: YAMLMapping
    public var position: SigmaPosition

    private static let knownKeys: Set<String> = [
        "title", "id", "name", "description", "level", "status", "author", "references", "tags", "falsepositives",
        "logsource", "detection", "correlation", "filter", "action", "date", "modified", "fields", "license", "related",
        "taxonomy", "scope", "simulation", "regression_tests_path",
    ]

    /// Reads a document's top level.
    ///
    /// - Parameter findings: gets what is wrong with it; of gravity `error` when it cannot be referred to.
    init(_ mapping: YAMLMapping, position: SigmaPosition, findings: inout [SigmaFinding]) {
        title = mapping["title"]?.text ?? ""
        if title.isEmpty { findings.append(SigmaFinding(.warning, .missingField, "'title' is missing", at: position)) }
        name = mapping["name"]?.text
        id = mapping["id"]?.text ?? (title.isEmpty ? name ?? "" : title)
        if id.isEmpty {
            findings.append(
                SigmaFinding(.error, .missingField, "the rule has neither 'id' nor 'title'", at: position))
        }
        description = mapping["description"]?.text ?? ""
        level = Self.level(mapping["level"], &findings)
        status = mapping["status"]?.text ?? ""
        author = mapping["author"]?.text ?? ""
        references = mapping["references"]?.texts ?? []
        tags = mapping["tags"]?.texts ?? []
        falsePositives = mapping["falsepositives"]?.texts ?? []
        extras = YAMLMapping(members: mapping.members.filter { !Self.knownKeys.contains($0.key) })
        self.position = position
    }

    private static func level(_ value: YAMLValue?, _ findings: inout [SigmaFinding]) -> SigmaLevel {
        guard let value else { return .medium }
        if let level = SigmaLevel(rawValue: value.text?.lowercased() ?? "") { return level }
        let known = SigmaLevel.allCases.map(\.rawValue).joined(separator: ", ")
        findings.append(
            SigmaFinding(
                .warning, .unknownLevel, "the level is none of \(known); medium is taken", at: value.position))
        return .medium
    }
}
