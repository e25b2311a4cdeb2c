public import EventStore
import Foundation
import KQL
import KQLValues

extension DuckDBEventStore {
    public func statistics() async throws -> [TableStatistics] {
        let set = try await retentions
        let segments = try await writes.run { writer throws(EventStoreError) in writer.catalogue.segments }
        let layout = layout
        return try await upkeep.run { [configuredRetention] connection throws(EventStoreError) in
            var statistics: [TableStatistics] = []
            for (name, table) in layout.tables.sorted(by: { $0.key < $1.key }) {
                var parts: [TableStatistics.Segment] = []
                for entry in segments.live(name) {
                    parts.append(try connection.statistics(of: entry, table, segments))
                }
                statistics.append(
                    TableStatistics(table: name, retention: set[name] ?? configuredRetention[name], segments: parts))
            }
            return statistics
        }
    }

    public func replace(_ rows: EventBatch, with batches: [EventBatch]) async throws(EventStoreError) {
        try await writes.run { writer throws(EventStoreError) in try writer.replace(rows, with: batches) }
    }

    public func compact() async throws(EventStoreError) {
        try await writes.run { writer throws(EventStoreError) in try writer.compact() }
    }
}

extension DuckDBConnection {
    fileprivate func statistics(
        of entry: SegmentEntry, _ table: StoredTable, _ segments: SegmentCatalogue
    ) throws(EventStoreError) -> TableStatistics.Segment {
        let source = segments.source(of: entry)
        let time = entry.time(of: table)
        let bounds: TimeBounds
        if entry.isFile || time == nil {
            bounds = entry.isFile ? entry.bounds : TimeBounds()
        } else {
            bounds = try self.bounds(of: time?.storedName ?? "", in: source)
        }
        return TableStatistics.Segment(
            partition: "\(entry.partition)", isArchived: entry.isFile,
            rows: try count("SELECT count(*) FROM \(source)"),
            bytes: try entry.isFile ? Self.size(of: segments.path(of: entry)) : bytes(of: entry.storedName),
            first: bounds.lower, last: bounds.upper)
    }

    /// The blocks of a table.
    private func bytes(of storedName: String) throws(EventStoreError) -> Int {
        try count(
            """
            SELECT CAST(count(DISTINCT block_id) * (
                SELECT max(block_size) FROM pragma_database_size() WHERE database_name = current_database()
            ) AS BIGINT) FROM pragma_storage_info(
            \(SQLText.literal(SQLText.identifier(storedName)))) WHERE block_id >= 0
            """)
    }

    private static func size(of path: String) -> Int {
        // A file that is gone takes no room.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? Int) ?? 0
    }
}
