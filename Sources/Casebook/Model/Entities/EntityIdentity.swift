internal import Vocabulary

/// The rules by which identifiers name an entity: normal forms, strong and weak keys.
///
/// After Microsoft's entity reference: entities are one when they share a strong key; weak keys only describe.
enum EntityIdentity {
    /// Drops empty values, trims blanks, and splits full names into their parts.
    static func normalised(_ identifiers: [String: String], kind: EntityKind) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in identifiers {
            let trimmed = value.trimmedBlanks
            if !trimmed.isEmpty, trimmed != "-" { result[name] = trimmed }
        }
        switch kind {
        case .account: splitAccount(&result)
        case .host: splitHost(&result)
        default: break
        }
        return result
    }

    /// `DOMAIN\name` gives Name and NTDomain, `name@suffix` Name and UPNSuffix.
    private static func splitAccount(_ identifiers: inout [String: String]) {
        guard let full = identifiers["FullName"] ?? identifiers["Name"] else { return }
        if let slash = full.firstIndex(of: "\\") {
            let name = String(full[full.index(after: slash)...])
            let domain = String(full[..<slash])
            guard !name.isEmpty else { return }
            identifiers["Name"] = name
            if !domain.isEmpty, identifiers["NTDomain"] == nil { identifiers["NTDomain"] = domain }
        } else if let at = full.lastIndex(of: "@") {
            let suffix = String(full[full.index(after: at)...])
            let name = String(full[..<at])
            guard !name.isEmpty, !suffix.isEmpty else { return }
            identifiers["Name"] = name
            if identifiers["UPNSuffix"] == nil { identifiers["UPNSuffix"] = suffix }
        } else if identifiers["Name"] == nil {
            identifiers["Name"] = full
        }
    }

    /// `host.domain` gives HostName and DnsDomain.
    private static func splitHost(_ identifiers: inout [String: String]) {
        guard let full = identifiers["FullName"] ?? identifiers["HostName"] ?? identifiers["NetBiosName"] else {
            return
        }
        let looksLikeAddress =
            full.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" } && full.contains { $0.isNumber }
        guard !looksLikeAddress, let dot = full.firstIndex(of: ".") else {
            if identifiers["HostName"] == nil { identifiers["HostName"] = identifiers["NetBiosName"] ?? full }
            return
        }
        let name = String(full[..<dot])
        let domain = String(full[full.index(after: dot)...])
        guard !name.isEmpty, !domain.isEmpty else { return }
        identifiers["HostName"] = name
        if identifiers["DnsDomain"] == nil { identifiers["DnsDomain"] = domain }
    }
}

extension String {
    /// Without blanks and line breaks at either end.
    var trimmedBlanks: String {
        guard let first = first, let last = last, first.isWhitespace || last.isWhitespace else { return self }
        var rest = self[...]
        while let character = rest.first, character.isWhitespace { rest.removeFirst() }
        while let character = rest.last, character.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
