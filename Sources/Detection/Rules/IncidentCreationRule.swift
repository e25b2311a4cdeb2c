public import Casebook
public import Sigma
public import Vocabulary

/// A rule of kind `MicrosoftSecurityIncidentCreation`: alerts of one product, as they arrive, become incidents.
public struct IncidentCreationRule: Sendable, Identifiable {
    public static let kind = "MicrosoftSecurityIncidentCreation"

    /// A GUID in lower case.
    public var id: String
    public var name: String
    public var description: String = ""
    /// The product whose alerts are taken, as alerts name it (`ProductName`).
    public var product: String
    /// Severities that are taken; empty: all.
    public var severities: Set<Severity> = []
    /// An alert is taken when its name holds one of these texts; empty: all.
    public var displayNames: [String] = []
    /// An alert is left out when its name holds one of these texts.
    public var excludedNames: [String] = []
    public var isEnabled = true
    public var version: String = ""
    /// The template that the rule was made of; empty: none.
    public var templateID: String = ""
    public var position: SigmaPosition

    public init(id: String, name: String, product: String, position: SigmaPosition = SigmaPosition(file: "")) {
        self.id = id
        self.name = name
        self.product = product
        self.position = position
    }

    /// The products that Sentinel knows, as rules and alerts name them.
    public static let knownProducts = [
        "Microsoft Cloud App Security", "Azure Security Center", "Azure Advanced Threat Protection",
        "Azure Active Directory Identity Protection", "Azure Security Center for IoT",
        "Office 365 Advanced Threat Protection", "Microsoft Defender Advanced Threat Protection",
    ]

    /// Products that were renamed, by the name that rules use.
    private static let laterNames: [String: Set<String>] = [
        "microsoft cloud app security": ["microsoft defender for cloud apps"],
        "azure security center": ["microsoft defender for cloud"],
        "azure advanced threat protection": ["microsoft defender for identity"],
        "azure active directory identity protection": ["microsoft entra id protection"],
        "azure security center for iot": ["microsoft defender for iot"],
        "office 365 advanced threat protection": ["microsoft defender for office 365"],
        "microsoft defender advanced threat protection": ["microsoft defender for endpoint"],
    ]

    /// Whether an alert of a product becomes an incident.
    public func takes(_ alert: NewAlert) -> Bool {
        let wanted = product.lowercased()
        let given = alert.productName.lowercased()
        guard given == wanted || Self.laterNames[wanted]?.contains(given) == true else { return false }
        guard severities.isEmpty || severities.contains(alert.severity) else { return false }
        let name = alert.displayName.lowercased()
        guard displayNames.isEmpty || displayNames.contains(where: { name.contains($0.lowercased()) }) else {
            return false
        }
        return !excludedNames.contains { name.contains($0.lowercased()) }
    }
}
