/// Why the state store could not do what it was asked.
public struct StateStoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The file cannot be opened or is no database.
        case cannotOpen
        /// The database was written by a newer Tocsin.
        case newerDatabase
        /// A room's migration failed or made a table outside its room.
        case migrationFailed
        /// The key that secrets are sealed with is missing or malformed.
        case badKey
        /// A sealed secret was sealed with another key, or changed.
        case cannotOpenSecret
        /// A stored row is not as Tocsin writes it.
        case corrupt
    }

    public let code: Code
    /// What happened and what to do.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
