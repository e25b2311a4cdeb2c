internal import JSON
internal import Vocabulary

extension NewAlert {
    /// How the alert is grouped. Alerts of one rule belong together when their keys are equal.
    func mode(for grouping: AlertGrouping) -> GroupingMode {
        switch grouping {
        case .separate: .separate
        case .sharedEntities: .sharedEntities
        case .rule(let configuration): .rule(key: key(for: configuration.matchingMethod))
        }
    }

    private func key(for method: GroupingConfiguration.MatchingMethod) -> String {
        var parts = [ruleID]
        switch method {
        case .anyAlert:
            break
        case .allEntities:
            parts += entityParts(of: Set(EntityKind.allCases))
        case .selected(let selection):
            parts += entityParts(of: selection.entityKinds)
            if selection.alertDetails.contains(.displayName) { parts.append("name=" + displayName) }
            if selection.alertDetails.contains(.severity) { parts.append("severity=" + severity.rawValue) }
            for name in selection.customDetails.sorted() {
                parts.append("detail:\(name)=" + (customDetails[name] ?? []).sorted().joined(separator: "\u{1F}"))
            }
        }
        return parts.joined(separator: "\u{1E}")
    }

    private func entityParts(of kinds: Set<EntityKind>) -> [String] {
        Set(entities.filter { kinds.contains($0.kind) }.map(\.identityKey)).sorted()
    }
}

extension Entity {
    /// May this entity tie alerts of different rules together? Accounts and addresses that every machine has may not.
    var tiesAlerts: Bool {
        switch kind {
        case .account: !isBuiltInAccount
        case .ip:
            switch IPScope(address: identifiers["Address"] ?? "") {
            case .global, .private: true
            case .host, .unknown: false
            }
        default: true
        }
    }

    /// An account known only by a name that says nothing; such are not kept.
    var isNameless: Bool {
        guard kind == .account, keys.strong.isEmpty, let name = identifiers["Name"] else { return false }
        return Entity.namelessAccounts.contains(name.uppercased())
    }

    private var isBuiltInAccount: Bool {
        if let sid = identifiers["Sid"], Entity.isBuiltIn(sid: sid) { return true }
        if let domain = identifiers["NTDomain"], Entity.builtInDomains.contains(domain.uppercased()) { return true }
        return Entity.builtInAccounts.contains(identifiers["Name"]?.uppercased() ?? "")
    }

    private static let namelessAccounts: Set<String> = [
        "ADMIN", "ADMINISTRATOR", "SYSTEM", "ROOT", "ANONYMOUS", "AUTHENTICATED USER", "NETWORK", "NULL",
        "LOCAL SYSTEM", "LOCALSYSTEM", "NETWORK SERVICE",
    ]
    private static let builtInAccounts: Set<String> = namelessAccounts.subtracting(["ADMIN", "ADMINISTRATOR", "ROOT"])
        .union(["LOCAL SERVICE", "ANONYMOUS LOGON", "EVERYONE"])
    private static let builtInDomains: Set<String> = [
        "NT AUTHORITY", "NT SERVICE", "NT-AUTORITÄT", "WINDOW MANAGER", "FONT DRIVER HOST", "BUILTIN", "IIS APPPOOL",
    ]
}
