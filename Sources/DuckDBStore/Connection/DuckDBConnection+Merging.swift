import EventStore

extension DuckDBConnection {
    /// Whether folding the log in also merges row groups that are not full and takes deleted rows out.
    ///
    /// DuckDB then writes whole groups anew and leaves their old room in the file free: after large commits that was up to
    /// half of the file, and up to half of the processor time (`docs/decisions/0032-merging-on-demand.md`).
    func allowMerging(_ isAllowed: Bool) throws(EventStoreError) {
        try execute("SET GLOBAL max_vacuum_tasks = \(isAllowed ? 100 : 0)", code: .writeFailed)
    }
}
