public import Chronology

/// Names what a sender delivers, so that the same delivery sent again is stored once.
///
/// A sender that gets no answer must send again; with the same identifier nothing is stored twice. Identifiers are
/// remembered for at least two days.
public struct DeliveryID: Sendable, Hashable, CustomStringConvertible {
    /// Unique among all senders, such as `file:/var/log/x:4096` or the identifier of a request.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// How long identifiers are remembered at least.
    public static let remembered = TimeSpan.days(2)

    /// The identifier of one block of a delivery that is stored in several.
    public func block(_ number: Int) -> DeliveryID { DeliveryID("\(text)#\(number)") }

    public var description: String { text }
}

/// What became of rows that were given to the store.
public enum AppendOutcome: Sendable, Hashable {
    case stored
    /// The delivery was stored before; nothing was stored now.
    case alreadyStored
}

/// Rows that are stored together, or not at all when their delivery was stored before.
public struct EventLot: Sendable {
    public var batches: [EventBatch]
    public var delivery: DeliveryID?

    public init(_ batches: [EventBatch], delivery: DeliveryID? = nil) {
        self.batches = batches
        self.delivery = delivery
    }

    public var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }
}
