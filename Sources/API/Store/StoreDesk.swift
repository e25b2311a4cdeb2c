public import EventStore

/// What the operator of an installation asks of its store.
public protocol StoreDesk: Sendable {
    /// What each table holds.
    func statistics() async throws -> [TableStatistics]

    /// Sets how long a table's rows are kept; nil: as configured.
    func setRetention(_ retention: TableRetention?, of table: String) async throws

    /// Archives and drops what is old enough now.
    func applyRetention() async throws -> RetentionReport

    /// Gives room that deleted rows left back to new ones.
    func compact() async throws

    /// Copies the installation into a folder of this machine.
    ///
    /// - Returns: how many files and bytes the copy has.
    func backUp(to folder: String, withKeys: Bool) async throws -> (files: Int, bytes: Int)
}
