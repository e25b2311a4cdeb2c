internal import JSON
internal import Vocabulary
internal import Workflow

extension SentinelConnector {
    private struct EntityList {
        let kind: EntityKind
        let key: String
        let identifiers: [String]
    }

    /// `POST /entities/<kind>`: the entities of a kind out of a list in any shape, with their identifiers.
    func entities(_ request: SentinelRequest) -> WorkflowAnswer {
        guard let list = Self.lists[request.folded.last ?? ""] else {
            return .refusal(404, code: "NotFound", "there is no entity list '\(request.segments.last ?? "")'")
        }
        var seen: Set<JSON> = []
        let found = inputs(request.body)
            .compactMap { EntityShapes.flattened($0, kind: list.kind, identifiers: list.identifiers) }
            .filter { seen.insert($0).inserted }
        return .success([list.key: .array(found)])
    }

    /// A list, its JSON text, or one entity.
    private func inputs(_ body: JSON) -> [JSON] {
        switch body {
        case .array(let elements): return elements
        case .string(let text):
            // A text that is no JSON holds no entities.
            guard let parsed = try? JSON(parsing: text) else { return [] }
            return parsed.arrayValue ?? [parsed]
        case .object: return [body]
        case .null, .bool, .int, .double: return []
        }
    }

    private static let lists: [String: EntityList] = [
        "ip": EntityList(kind: .ip, key: "IPs", identifiers: ["Address"]),
        "host": EntityList(
            kind: .host, key: "Hosts",
            identifiers: [
                "DnsDomain", "NTDomain", "HostName", "NetBiosName", "OMSAgentID", "OSFamily", "OSVersion",
                "IsDomainJoined", "AzureID",
            ]),
        "account": EntityList(
            kind: .account, key: "Accounts",
            identifiers: [
                "Name", "NTDomain", "DnsDomain", "UPNSuffix", "Sid", "AadTenantId", "AadUserId", "PUID",
                "IsDomainJoined", "ObjectGuid", "DisplayName",
            ]),
        "url": EntityList(kind: .url, key: "URLs", identifiers: ["Url"]),
        "filehash": EntityList(kind: .fileHash, key: "Filehashes", identifiers: ["Value", "Algorithm"]),
        "dnsresolution": EntityList(kind: .dns, key: "Dnsresolutions", identifiers: ["DomainName"]),
    ]
}
