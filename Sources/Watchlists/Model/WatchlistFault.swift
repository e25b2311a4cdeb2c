public import StateStore

/// Why a list, an item or a content was refused; nothing was changed.
public struct WatchlistFault: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// A member is missing or not as it must be; `target` names it.
        case invalid
        case notFound
        /// Somebody else changes the list now, or changed it since the caller saw it.
        case conflict
        /// A list, an item or the number of items is larger than `WatchlistLimits` allow.
        case limit
        /// The state database failed.
        case storage
    }

    public let code: Code
    /// The member at fault, such as `itemsSearchKey`.
    public let target: String?
    public let message: String

    public init(_ code: Code, target: String? = nil, _ message: String) {
        self.code = code
        self.target = target
        self.message = message
    }

    public var description: String { target.map { "\($0): \(message)" } ?? message }
}

extension WatchlistFault: RoomFault {
    public static func storage(_ message: String) -> WatchlistFault { WatchlistFault(.storage, message) }
}
