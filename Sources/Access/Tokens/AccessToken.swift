public import Chronology
public import StateStore

/// The part of the API that an access token is made out for (`aud` of RFC 9068), named as Azure's clients name it in the
/// scope they ask for. A token reaches no further than its audience.
public enum Audience: String, Sendable, Hashable, CaseIterable {
    /// Sending events: the Logs Ingestion API.
    case ingestion = "https://monitor.azure.com"
    /// Managing resources: incidents, data collection rules, tables; whatever the program may do.
    case management = "https://management.azure.com"
    /// Querying events: the Log Analytics query API.
    case query = "https://api.loganalytics.io"

    /// The audience of a scope such as `https://monitor.azure.com//.default`; nil when it is none of them.
    public init?(scope: String) {
        var text = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
        while text.hasSuffix("/") { text.removeLast() }
        let alias = [
            "https://api.loganalytics.azure.com": Audience.query, "https://management.core.windows.net": .management,
        ]
        guard let audience = Audience(rawValue: text.lowercased()) ?? alias[text.lowercased()] else { return nil }
        self = audience
    }

    /// What a token of this audience may do at most.
    public var permissions: Set<Permission> {
        switch self {
        case .ingestion: [.ingestEvents]
        case .management: Set(Permission.allCases)
        case .query: [.readEvents]
        }
    }
}

/// An access token just issued to a program (RFC 6749, section 4.4), with its text, which is not kept.
public struct IssuedAccessToken: Sendable {
    public let secret: Secret
    public let expiryTime: Instant

    /// What every access token's text begins with.
    public static let prefix = "tocsinat_"
    /// How long one is good.
    public static let period = TimeSpan.hours(1)
}
