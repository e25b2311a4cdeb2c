internal import Foundation
internal import JSON
internal import KQLValues
internal import Prioritization
internal import Vocabulary
internal import Yams

/// A query whose rows are assets, as `assets-learned.yaml` has them.
struct LearningQuery: Sendable, Decodable {
    let name: String
    let query: String

    static func read(_ text: String, file: String) throws -> [LearningQuery] {
        do {
            return try YAMLDecoder().decode([LearningQuery].self, from: text)
        } catch {
            throw ContentFault(file: file, "write a list of 'name:' and 'query:' here (\(error))")
        }
    }
}

/// Reads the rows of a query as assets: `Kind` and `Names` are needed; `Tags`, `Groups`, `Administers`, `Addresses` are lists,
/// `ResourceId`, `Owner`, `Type`, `Location` texts; every other column is an identifier of the kind.
enum LearnedAssets {
    static func assets(_ table: Table) -> [Asset] {
        (0..<table.rowCount).compactMap { asset(table, $0) }
    }

    private static func asset(_ table: Table, _ row: Int) -> Asset? {
        var asset = Asset(kind: .host, names: [])
        for (column, schema) in table.schema.columns.enumerated() {
            let texts = table.columns[column][row].texts
            guard let first = texts.first else { continue }
            switch schema.name {
            case "Kind":
                guard let kind = EntityKind(lenient: first) else { return nil }
                asset.kind = kind
            case "Names": asset.names = texts
            case "Tags": asset.tags = texts
            case "Addresses": asset.addresses = texts
            case "Groups": asset.links += texts.map { AssetLink(.memberOf, .securityGroup, $0) }
            case "Administers": asset.links += texts.map { AssetLink(.administers, named: $0, else: .host) }
            case "ResourceId": asset.resourceID = first
            case "Owner": asset.owner = first
            case "Type": asset.type = first
            case "Location": asset.location = first
            default: asset.identifiers[schema.name] = first
            }
        }
        return asset.names.isEmpty ? nil : asset
    }
}

extension Value {
    /// The texts of a text or a list of them; none of what is empty.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): text.isEmpty ? [] : [text]
        case .guid(let id): [id.uuidString.lowercased()]
        case .dynamic(let json):
            (json.arrayValue ?? [json]).compactMap(\.stringValue).filter { !$0.isEmpty }
        default: []
        }
    }
}

extension Table {
    /// The texts of a column.
    func texts(of name: String) -> [String] {
        guard let column = schema.index(of: name) else { return [] }
        return (0..<rowCount).flatMap { columns[column][$0].texts }
    }
}
