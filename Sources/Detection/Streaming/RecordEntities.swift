internal import Casebook
internal import Vocabulary

/// The entities that a log record names in the usual fields of Windows, Sysmon, Entra, AWS and network logs.
enum RecordEntities {
    static func read(_ fields: RecordFields) -> [Entity] {
        var entities = accounts(fields)
        add(
            .host, ["HostName": fields.text("Computer", "Hostname", "computer_name", "dvc", "DeviceName")],
            to: &entities)
        for address in addresses(fields) { add(.ip, ["Address": address], to: &entities) }
        add(
            .process,
            [
                "CommandLine": fields.text("CommandLine", "ProcessCommandLine", "Image", "NewProcessName"),
                "ProcessId": fields.text("event.eventdata.processid", "NewProcessId", "ProcessId"),
            ], to: &entities)
        add(.file, file(fields.text("TargetFilename", "ImageLoaded", "Image", "NewProcessName")), to: &entities)
        for hash in (fields.text("Hashes", "Hash") ?? "").split(separator: ",") {
            let halves = hash.split(separator: "=")
            guard halves.count == 2, halves[0].uppercased() != "IMPHASH" else { continue }
            add(.fileHash, ["Algorithm": halves[0].uppercased(), "Value": halves[1].lowercased()], to: &entities)
        }
        add(.registryKey, registry(fields.text("TargetObject")), to: &entities)
        add(.dns, ["DomainName": fields.text("QueryName", "DnsQuery")], to: &entities)
        return entities
    }

    private static func add(_ kind: EntityKind, _ identifiers: [String: String?], to entities: inout [Entity]) {
        let present = identifiers.compactMapValues { $0 }
        guard !present.isEmpty else { return }
        let entity = Entity(kind: kind, identifiers: present)
        if EntityCollection.isWorthKeeping(entity), !entities.contains(entity) { entities.append(entity) }
    }

    private static func accounts(_ fields: RecordFields) -> [Entity] {
        var entities: [Entity] = []
        let pairs = [("TargetUserName", "TargetDomainName"), ("SubjectUserName", "SubjectDomainName")]
        for (name, domain) in pairs {
            guard let user = fields.text(name), !user.hasSuffix("$") else { continue }
            add(
                .account, user.contains("@") ? ["FullName": user] : ["Name": user, "NTDomain": fields.text(domain)],
                to: &entities)
        }
        if let user = fields.text("User", "SourceUser", "AccountName"), !isService(user) {
            add(.account, ["FullName": user], to: &entities)
        }
        if let user = fields.text("UserPrincipalName", "userIdentity.userName", "userPrincipalName") {
            add(.account, ["FullName": user], to: &entities)
        }
        return entities
    }

    /// Accounts of the system itself, which tell nothing.
    private static func isService(_ user: String) -> Bool {
        let upper = user.uppercased()
        return ["NT AUTHORITY\\", "NT-AUTORITÄT\\", "WINDOW MANAGER\\", "FONT DRIVER HOST\\"].contains {
            upper.hasPrefix($0)
        }
    }

    private static func addresses(_ fields: RecordFields) -> [String] {
        let names = [
            "IpAddress", "SourceIp", "DestinationIp", "SourceAddress", "ClientIP", "sourceIPAddress", "src_ip",
        ]
        var found: [String] = []
        for name in names {
            guard var address = fields.text(name) else { continue }
            if address.lowercased().hasPrefix("::ffff:") { address = String(address.dropFirst(7)) }
            let looksRight = address.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" }
            let isOwn = ["127.0.0.1", "::1", "0.0.0.0", "::"].contains(address)
            if looksRight && !isOwn && !found.contains(address) { found.append(address) }
        }
        return found
    }

    private static func file(_ path: String?) -> [String: String?] {
        guard let path, let slash = path.lastIndex(where: { $0 == "\\" || $0 == "/" }) else { return ["Name": path] }
        return ["Name": String(path[path.index(after: slash)...]), "Directory": String(path[..<slash])]
    }

    private static func registry(_ path: String?) -> [String: String?] {
        guard let path, let slash = path.firstIndex(of: "\\"), slash != path.startIndex else { return ["Key": path] }
        return ["Hive": String(path[..<slash]), "Key": String(path[path.index(after: slash)...])]
    }
}
