/// A way to reach a contact.
public protocol Channel: Sendable {
    /// A short name for records: `smtp`.
    var name: String { get }

    /// Hands the message over; returns when the other side has taken it.
    func deliver(_ message: NotificationMessage) async throws(DeliveryFailure)
}

/// Why a message could not be handed over.
public struct DeliveryFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether another try is in vain: the address does not exist, the message was refused.
    public var isPermanent: Bool
    public var reason: String

    public init(isPermanent: Bool, reason: String) {
        self.isPermanent = isPermanent
        self.reason = reason
    }

    public var description: String { reason }
}
