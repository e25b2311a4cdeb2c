public import GRDB

/// The tables of one room, as a list of named steps that is only ever appended to.
///
/// All tables of a room begin with its name and an underscore: `casebook_incident`.
public struct RoomMigrations: Sendable {
    typealias Step = (name: String, apply: @Sendable (Database) throws -> Void)

    /// The room's name in lower case.
    public let room: String
    private(set) var steps: [Step] = []

    public init(room: String) {
        self.room = room
    }

    /// Appends a step. A step that has been released is never changed; a later one repairs it.
    public mutating func add(_ name: String, _ apply: @escaping @Sendable (Database) throws -> Void) {
        steps.append((name, apply))
    }
}
