internal import Casebook
internal import JSON
internal import KQLValues
internal import Vocabulary

/// Takes the entities out of results, within Sentinel's limits.
struct EntityCollection {
    static let mostPerAlert = 500

    /// Accounts known by one of these names alone are nobody in particular.
    private static let nobodies: Set<String> = [
        "ADMIN", "ADMINISTRATOR", "SYSTEM", "ROOT", "ANONYMOUS", "AUTHENTICATED USER", "NETWORK", "NULL",
        "LOCAL SYSTEM", "LOCALSYSTEM", "NETWORK SERVICE",
    ]

    /// The columns of older rules, whose names say the kind.
    private static let legacyColumns: [(column: String, kind: EntityKind, identifier: String)] = [
        ("AccountCustomEntity", .account, "FullName"), ("HostCustomEntity", .host, "FullName"),
        ("IPCustomEntity", .ip, "Address"), ("URLCustomEntity", .url, "Url"),
        ("ProcessCustomEntity", .process, "CommandLine"), ("FileHashCustomEntity", .fileHash, "Value"),
    ]

    private let mappings: [EntityMapping]
    private let columns: [String]

    init(_ rule: AnalyticsRule, schema: TableSchema) {
        var mappings = rule.entityMappings
        for legacy in Self.legacyColumns where schema.index(of: legacy.column) != nil {
            guard !mappings.contains(where: { $0.kind == legacy.kind }) else { continue }
            mappings.append(
                EntityMapping(
                    kind: legacy.kind,
                    fields: [EntityMapping.Field(identifier: legacy.identifier, column: legacy.column)]))
        }
        self.mappings = mappings
        columns = rule.entityColumns
    }

    init(mappings: [EntityMapping]) {
        self.mappings = mappings
        columns = []
    }

    /// The entities of the rows, each once; the mappings share the limit equally.
    func entities(of rows: [ResultRow]) -> [Entity] {
        let sources = mappings.count + columns.count
        guard sources > 0 else { return [] }
        let share = Self.mostPerAlert / sources
        var found: [Entity] = []
        var seen: Set<Entity> = []
        for mapping in mappings {
            var own = 0
            for row in rows where own < share {
                guard let entity = entity(mapping, row), seen.insert(entity).inserted else { continue }
                found.append(entity)
                own += 1
            }
        }
        for column in columns {
            var own = 0
            for row in rows {
                for entity in SentinelEntities.read(row.text(column)) where own < share && seen.insert(entity).inserted
                {
                    found.append(entity)
                    own += 1
                }
            }
        }
        return found
    }

    private func entity(_ mapping: EntityMapping, _ row: ResultRow) -> Entity? {
        var identifiers: [String: String] = [:]
        for field in mapping.fields { identifiers[field.identifier] = row.text(field.column) }
        let entity = Entity(kind: mapping.kind, identifiers: identifiers)
        return Self.isWorthKeeping(entity) ? entity : nil
    }

    /// Whether the entity has a required identifier and is no account that anybody could be.
    static func isWorthKeeping(_ entity: Entity) -> Bool {
        let required = EntityIdentifiers.of(entity.kind).required
        guard required.contains(where: { $0.allSatisfy { entity.identifiers[$0] != nil } }) else { return false }
        guard entity.kind == .account else { return true }
        let names = entity.identifiers.filter { $0.key != "FullName" }
        guard names.count == 1, let name = names["Name"] else { return true }
        return !nobodies.contains(name.uppercased())
    }
}

/// Reads a column that holds entities as JSON, in the shape of an alert's `Entities`.
enum SentinelEntities {
    static func read(_ text: String) -> [Entity] {
        // A column that holds no JSON holds no entities.
        guard !text.isEmpty, let json = try? JSON(parsing: text) else { return [] }
        return (json.arrayValue ?? [json]).compactMap { entity($0) }
    }

    private static func entity(_ json: JSON) -> Entity? {
        guard let members = json.objectValue, let type = (members["Type"] ?? members["kind"])?.stringValue,
            let kind = EntityKind(lenient: type)
        else { return nil }
        var identifiers: [String: String] = [:]
        let known = EntityIdentifiers.of(kind)
        for (name, value) in members {
            guard let identifier = known.spelling(of: name) else { continue }
            switch value {
            case .string(let text): identifiers[identifier] = text
            case .int(let number): identifiers[identifier] = String(number)
            case .bool(let flag): identifiers[identifier] = flag ? "true" : "false"
            default: break
            }
        }
        let entity = Entity(kind: kind, identifiers: identifiers)
        return EntityCollection.isWorthKeeping(entity) ? entity : nil
    }
}
