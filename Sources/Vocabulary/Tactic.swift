/// A tactic of MITRE ATT&CK, under the name that Microsoft Sentinel uses in rules and alerts.
public enum Tactic: String, Sendable, Hashable, CaseIterable, Codable {
    case reconnaissance = "Reconnaissance"
    case resourceDevelopment = "ResourceDevelopment"
    case initialAccess = "InitialAccess"
    case execution = "Execution"
    case persistence = "Persistence"
    case privilegeEscalation = "PrivilegeEscalation"
    case defenseEvasion = "DefenseEvasion"
    case credentialAccess = "CredentialAccess"
    case discovery = "Discovery"
    case lateralMovement = "LateralMovement"
    case collection = "Collection"
    case commandAndControl = "CommandAndControl"
    case exfiltration = "Exfiltration"
    case impact = "Impact"
    case impairProcessControl = "ImpairProcessControl"
    case inhibitResponseFunction = "InhibitResponseFunction"
    case preAttack = "PreAttack"

    /// Reads a tactic's name in any spelling: `CommandandControl`, `command-and-control`, `lateral_movement`.
    public init?(lenient text: some StringProtocol) {
        let wanted = Tactic.folded(text)
        guard let tactic = Tactic.allCases.first(where: { Tactic.folded($0.rawValue) == wanted }) else { return nil }
        self = tactic
    }

    /// The position along the kill chain, 0 (reconnaissance) to 13 (impact); the industrial ones count as impact.
    public var killChainStage: Int {
        switch self {
        case .impairProcessControl, .inhibitResponseFunction: 13
        case .preAttack: 0
        default: Tactic.allCases.firstIndex(of: self) ?? 0
        }
    }

    private static func folded(_ text: some StringProtocol) -> String {
        text.lowercased().filter { $0.isLetter }
    }
}
