public import Vocabulary

/// Who is told of incidents, and of which.
public struct Contact: Sendable, Hashable {
    /// What a contact can be told of.
    public enum Occasion: String, Sendable, Hashable, CaseIterable {
        case created
        /// The severity of an incident went up.
        case severityRaised
    }

    public var name: String
    public var addresses: [MailAddress]
    public var phone: String
    /// What the contact is for the organisation: `incident lead`, `Owner`…
    public var roles: [String]
    public var minimumSeverity: Severity
    public var occasions: Set<Occasion>
    /// At most so many messages to one address within an hour; later ones wait.
    public var maximumPerHour: Int
    public var isEnabled: Bool

    public init(
        name: String, addresses: [MailAddress], phone: String = "", roles: [String] = [],
        minimumSeverity: Severity = .high, occasions: Set<Occasion> = [.created, .severityRaised],
        maximumPerHour: Int = 30, isEnabled: Bool = true
    ) {
        self.name = name
        self.addresses = addresses
        self.phone = phone
        self.roles = roles
        self.minimumSeverity = minimumSeverity
        self.occasions = occasions
        self.maximumPerHour = maximumPerHour
        self.isEnabled = isEnabled
    }

    /// Whether the contact is to be told of an incident of this severity.
    public func wants(_ occasion: Occasion, severity: Severity) -> Bool {
        isEnabled && occasions.contains(occasion) && severity >= minimumSeverity
    }
}

/// A mail address that is safe to hand to a mail server.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// Nil unless it is `local@domain` in printable ASCII without blanks, quotes and angle brackets, at most 254
    /// characters (RFC 5321, section 4.5.3).
    public init?(_ text: some StringProtocol) {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        let address = String(trimmed.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, address.utf8.count <= 254,
            address.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.forbidden.contains($0) })
        else { return nil }
        self.text = address
    }

    private static let forbidden = Set("\"(),:;<>[\\]".utf8)

    public var description: String { text }
}
