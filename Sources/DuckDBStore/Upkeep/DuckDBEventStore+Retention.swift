public import Chronology
public import EventStore
import Foundation
import KQL
import KQLValues

extension DuckDBEventStore: StoreUpkeep {
    public var configuredRetention: RetentionPolicy { upkeep.options.retention }

    public var retentions: [String: TableRetention] {
        get async throws(EventStoreError) {
            try await upkeep.run { connection throws(EventStoreError) in try RetentionSettings.read(connection) }
        }
    }

    public func setRetention(_ retention: TableRetention?, of table: String) async throws(EventStoreError) {
        guard layout.tables[table] != nil else {
            throw EventStoreError(.unknownTable, "There is no table '\(table)' whose retention could be set.")
        }
        try await writes.run { writer throws(EventStoreError) in
            try writer.change { _, connection throws(EventStoreError) in
                try RetentionSettings.set(retention, of: table, connection)
            }
        }
    }

    /// Queries run no longer than ten minutes by default; what was retired that long ago and more is read by none.
    private static let grace = TimeSpan.minutes(30)

    public func applyRetention(at instant: Instant) async throws -> RetentionReport {
        var report = RetentionReport()
        let gone = try await writes.run { writer throws(EventStoreError) in
            try writer.dropRetired(before: instant - Self.grace)
        }
        for file in gone { ArchiveFolder.remove(file) }
        try await writes.run { writer throws(EventStoreError) in
            try writer.change { _, connection throws(EventStoreError) in
                try Deliveries.forget(before: instant - DeliveryID.remembered, connection)
            }
        }
        let set = try await retentions
        for (table, _) in layout.tables.sorted(by: { $0.key < $1.key }) {
            let retention = set[table] ?? configuredRetention[table]
            let entries = try await writes.run { writer throws(EventStoreError) in writer.catalogue.segments.live(table)
            }
            for entry in entries {
                if retention.end(of: entry.partition) <= instant {
                    try await writes.run { writer throws(EventStoreError) in try writer.retire(entry, at: instant) }
                    report.dropped.append(entry.name)
                } else if !entry.isFile, retention.isArchived, retention.interactiveEnd(of: entry.partition) <= instant
                {
                    try await archive(entry, at: instant)
                    report.archived.append(entry.name)
                }
            }
        }
        return report
    }

    /// Writes a part of a table to a file of the archive, which then stands in its place.
    private func archive(_ entry: SegmentEntry, at instant: Instant) async throws {
        guard let folder = upkeep.options.archiveFolder, let table = layout.tables[entry.table] else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard let (sealed, file) = try await writes.run({ writer throws(EventStoreError) in try writer.seal(entry) })
        else { return }
        let path = folder + "/" + file
        let columns = ([StoredColumn.ingestionTime] + sealed.columns.map { table.columns[$0] }).map {
            SQLText.identifier($0.storedName)
        }
        let source = "SELECT \(columns.joined(separator: ", ")) FROM \(SQLText.identifier(entry.storedName))"
        let time = sealed.time(of: table)
        let bounds = try await upkeep.run { connection throws(EventStoreError) in
            try connection.execute(
                "COPY (\(source)) TO \(SQLText.literal(path + ".part")) (FORMAT parquet, COMPRESSION zstd)",
                code: .writeFailed)
            return try time.map { time throws(EventStoreError) in
                try connection.bounds(of: time.storedName, in: SQLText.identifier(entry.storedName))
            }
        }
        try FileManager.default.moveItem(atPath: path + ".part", toPath: path)
        try ArchiveFolder.sync(path)
        var archived = sealed
        archived.storedName = file
        archived.isFile = true
        archived.bounds = bounds ?? TimeBounds()
        try await writes.run { [archived] writer throws(EventStoreError) in
            try writer.replace(sealed, with: archived, at: instant)
        }
    }
}

extension DuckDBConnection {
    /// The first and the last instant in a column, open when there is none.
    func bounds(of column: String, in source: String) throws(EventStoreError) -> TimeBounds {
        let name = SQLText.identifier(column)
        let row = try table(
            "SELECT min(\(name)), max(\(name)) FROM \(source)",
            schema: TableSchema([ColumnSchema("first", .datetime), ColumnSchema("last", .datetime)]))
        func instant(_ value: Value) -> Instant? { if case .datetime(let instant) = value { instant } else { nil } }
        return TimeBounds(lower: instant(row.columns[0][0]), upper: instant(row.columns[1][0]))
    }

    /// The number that a query gives.
    func count(_ sql: String) throws(EventStoreError) -> Int {
        let rows = try table(sql, schema: TableSchema([ColumnSchema("count", .long)]))
        guard case .long(let count)? = rows.rowCount == 1 ? rows.columns[0][0] : nil else { return 0 }
        return Int(count)
    }
}
