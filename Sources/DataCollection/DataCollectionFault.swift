public import StateStore

/// Why a rule, an endpoint or a table's settings were refused.
public struct DataCollectionFault: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// A member of the body is missing or not as it must be; `target` names it.
        case invalid
        case notFound
        /// The version that the caller saw is no longer the present one.
        case conflict
        /// The state database failed.
        case storage
    }

    public let code: Code
    /// The path of the member at fault, such as `properties.dataFlows[0].transformKql`.
    public let target: String?
    public let message: String

    public init(_ code: Code, target: String? = nil, _ message: String) {
        self.code = code
        self.target = target
        self.message = message
    }

    public var description: String { target.map { "\($0): \(message)" } ?? message }
}

extension DataCollectionFault: RoomFault {
    public static func storage(_ message: String) -> DataCollectionFault { DataCollectionFault(.storage, message) }
}
