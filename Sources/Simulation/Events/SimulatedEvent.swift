public import Chronology
internal import JSON

/// One event of a scenario, as the line a log shipper would send.
public struct SimulatedEvent: Sendable, Hashable {
    /// The form of the line; all of them are recognised when the lines are mixed.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A Windows event as winlogbeat writes it: one JSON object.
        case winlogbeat
        /// A syslog message, RFC 3164 with the Common Event Format inside or plain.
        case syslog
        /// A record as Azure's diagnostic settings export it: `{"records":[…]}`.
        case azureDiagnostics
    }

    public var time: Instant
    public var format: Format
    /// The line, without a newline.
    public var line: String
    /// The part of the attack it belongs to; nil for ordinary traffic.
    public var stage: AttackStage?
}

/// The parts of the simulated attack, in their order.
public enum AttackStage: String, Sendable, Hashable, CaseIterable {
    case passwordSpray, signIn, discovery, credentialDumping, lateralMovement, exfiltration
}

extension JSON {
    /// An object of texts, in their order.
    static func texts(_ members: [(String, String)]) -> JSON {
        .object(JSONObject(members.map { ($0.0, JSON.string($0.1)) }, uniquingKeysWith: { $1 }))
    }
}
