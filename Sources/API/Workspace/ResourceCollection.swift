internal import Access
internal import Vocabulary

/// A collection of documents that the workspace keeps as clients write them.
struct ResourceCollection: Sendable {
    /// Below Microsoft.SecurityInsights, such as `hunts`.
    let name: String
    /// The collection whose documents these belong to.
    var parent: String?
    /// What operations are called after, such as `Hunts`.
    let id: String
    /// One of them, in words with their article.
    let noun: String
    var tag = EndpointTag.workspace
    var properties: Schema = .map(.any)
    /// The kinds there are; empty for a collection without kinds.
    var kinds: [String] = []
    /// The names there may be; empty: any.
    var names: [String] = []
    var most = 1000
    /// Whether documents may be changed in part (PATCH).
    var isPatchable = false
    var reading: Permission = .readContent
    var changing: Permission = .changeContent

    /// The collections that are kept.
    static let all: [ResourceCollection] =
        [
            ResourceCollection(
                name: "onboardingStates", id: "SentinelOnboardingStates", noun: "an onboarding state",
                properties: .object(.optional("customerManagedKey", .boolean)), names: ["default"]),
            ResourceCollection(
                name: "settings", id: "ProductSettings", noun: "a setting",
                kinds: ["Anomalies", "EyesOn", "EntityAnalytics", "Ueba"],
                names: ["Anomalies", "EyesOn", "EntityAnalytics", "Ueba"]),
            ResourceCollection(
                name: "dataConnectors", id: "DataConnectors", noun: "a data connector", kinds: connectorKinds),
            ResourceCollection(
                name: "dataConnectorDefinitions", id: "DataConnectorDefinitions", noun: "a data connector's definition",
                kinds: ["Customizable"]),
            ResourceCollection(
                name: "entityQueries", id: "EntityQueries", noun: "an entity query", tag: .entities,
                kinds: ["Expansion", "Insight", "Activity"]),
            ResourceCollection(
                name: "securityMLAnalyticsSettings", id: "SecurityMLAnalyticsSettings",
                noun: "an anomaly rule's setting",
                kinds: ["Anomaly"]),
            ResourceCollection(
                name: "metadata", id: "Metadata", noun: "the metadata of content",
                properties: .object(.required("kind", .string(1...260)), .required("parentId", .string)),
                isPatchable: true),
            ResourceCollection(
                name: "contentPackages", id: "ContentPackages", noun: "a content package",
                properties: .object(.required("contentId", .string), .required("displayName", .string))),
            ResourceCollection(
                name: "contentTemplates", id: "ContentTemplates", noun: "a content template",
                properties: .object(.required("contentId", .string), .required("displayName", .string))),
        ] + hunting

    private static let hunting: [ResourceCollection] = [
        ResourceCollection(
            name: "hunts", id: "Hunts", noun: "a hunt", tag: .hunts,
            properties: .object(
                .required("displayName", .string(1...500)), .required("description", .string(0...5000)),
                .optional(
                    "status",
                    .word(["New", "Active", "Closed", "Backlog", "Approved", "Succeeded", "Failed", "InProgress"])),
                .optional("hypothesisStatus", .word(["Unknown", "Invalidated", "Validated"])),
                .optional("attackTactics", .array(.word(Tactic.self))), .optional("attackTechniques", .strings),
                .optional("labels", .strings), .optional("owner", IncidentSchemas.owner)),
            most: 100, reading: .readIncidents, changing: .changeIncidents),
        ResourceCollection(
            name: "comments", parent: "hunts", id: "HuntComments", noun: "a hunt's comment", tag: .hunts,
            properties: .object(.required("message", .string(1...30_000))), most: 100, reading: .readIncidents,
            changing: .changeIncidents),
        ResourceCollection(
            name: "relations", parent: "hunts", id: "HuntRelations", noun: "a hunt's relation", tag: .hunts,
            properties: .object(
                .required("relatedResourceId", .string(1...1024)), .optional("labels", .strings),
                .readOnly("relatedResourceName", .string), .readOnly("relatedResourceKind", .string)),
            reading: .readIncidents, changing: .changeIncidents),
    ]

    private static let connectorKinds = [
        "AzureActiveDirectory", "AzureSecurityCenter", "MicrosoftCloudAppSecurity", "ThreatIntelligence",
        "ThreatIntelligenceTaxii", "Office365", "OfficeATP", "OfficeIRM", "Office365Project",
        "MicrosoftPurviewInformationProtection", "OfficePowerBI", "AmazonWebServicesCloudTrail",
        "AmazonWebServicesS3", "AzureAdvancedThreatProtection", "MicrosoftDefenderAdvancedThreatProtection",
        "Dynamics365", "MicrosoftThreatProtection", "MicrosoftThreatIntelligence",
        "PremiumMicrosoftDefenderForThreatIntelligence", "GenericUI", "APIPolling", "IOT", "GCP", "RestApiPoller",
        "PurviewAudit",
    ]

    /// Collections of Azure's that have nothing here: their lists are empty.
    static let empty: [(name: String, id: String)] = [
        ("entityQueryTemplates", "EntityQueryTemplates"), ("officeConsents", "OfficeConsents"),
        ("recommendations", "Recommendations"), ("billingStatistics", "BillingStatistics"),
        ("contentProductPackages", "ContentProductPackages"), ("contentProductTemplates", "ContentProductTemplates"),
        ("fileImports", "FileImports"), ("sourcecontrols", "SourceControls"),
        ("workspaceManagerAssignments", "WorkspaceManagerAssignments"),
        ("workspaceManagerConfigurations", "WorkspaceManagerConfigurations"),
        ("workspaceManagerGroups", "WorkspaceManagerGroups"), ("workspaceManagerMembers", "WorkspaceManagerMembers"),
    ]
}
