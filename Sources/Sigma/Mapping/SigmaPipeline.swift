/// How a family of rules maps to real logs: which channel and event ids a log source means, and under which names a
/// rule's fields appear there. Data only; `SigmaPipeline.windowsSysmon` and `.windowsAudit` are the shipped ones.
public struct SigmaPipeline: Sendable {
    /// What one kind of log source becomes.
    public struct Route: Sendable {
        public var channels: [String]
        public var eventIDs: [Int]
        /// Further fields that must have one of the given values.
        public var conditions: [(field: String, values: [String])]
        /// From the rule's field name to the event's.
        public var fieldNames: [String: String]
        /// Fields of the rule that such events cannot have; a rule that tests one is left out of this route.
        public var missingFields: Set<String>

        public init(
            channels: [String] = [], eventIDs: [Int] = [], conditions: [(field: String, values: [String])] = [],
            fieldNames: [String: String] = [:], missingFields: Set<String> = []
        ) {
            self.channels = channels
            self.eventIDs = eventIDs
            self.conditions = conditions
            self.fieldNames = fieldNames
            self.missingFields = missingFields
        }
    }

    public var name: String
    /// Windows log sources by category.
    public var categories: [String: Route]
    /// Windows log sources by service.
    public var services: [String: Route]
    /// Take only rules that a route of this pipeline names; else rules without a route are tried on all events of their
    /// product.
    public var isExclusive: Bool

    public init(name: String, categories: [String: Route], services: [String: Route], isExclusive: Bool) {
        self.name = name
        self.categories = categories
        self.services = services
        self.isExclusive = isExclusive
    }

    /// The route of a log source; nil when the rule is to be left out.
    public func route(for source: SigmaLogSource) -> Route? {
        let unrouted = isExclusive ? nil : Route()
        guard source.product == "windows" else { return unrouted }
        if let category = source.category, let route = categories[category] { return route }
        if let service = source.service, let route = services[service] { return route }
        return unrouted
    }
}

extension SigmaPipeline {
    /// Categories from Sysmon and PowerShell logs, services from the Windows channels: what most rules are written for.
    public static let windowsSysmon = SigmaPipeline(
        name: "sysmon",
        categories: WindowsLogSources.sysmonCategories.mapValues {
            Route(channels: ["Microsoft-Windows-Sysmon/Operational"], eventIDs: $0)
        }
        .merging(
            WindowsLogSources.powerShellCategories.mapValues {
                Route(channels: WindowsLogSources.channels[$0.service] ?? [], eventIDs: [$0.eventID])
            }, uniquingKeysWith: { first, _ in first }),
        services: WindowsLogSources.channels.mapValues { Route(channels: $0) },
        isExclusive: false)

    /// Process creation and registry categories from the Security log (events 4688 and 4657) where there is no Sysmon.
    public static let windowsAudit = SigmaPipeline(
        name: "windows-audit",
        categories: [
            "process_creation": Route(
                channels: ["Security"], eventIDs: [4688], fieldNames: WindowsLogSources.processAuditNames),
            "registry_event": registryAudit(["New registry value created", "Existing registry value modified"]),
            "registry_set": registryAudit(["Existing registry value modified"]),
            "registry_add": registryAudit(["New registry value created"]),
        ],
        services: [:],
        isExclusive: true)

    private static func registryAudit(_ operations: [String]) -> Route {
        Route(
            channels: ["Security"], eventIDs: [4657], conditions: [("OperationType", operations)],
            fieldNames: WindowsLogSources.registryAuditNames, missingFields: WindowsLogSources.registryAuditMissing)
    }
}
