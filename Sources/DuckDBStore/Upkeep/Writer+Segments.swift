import Chronology
import EventStore
import KQL
import KQLValues

extension Writer {
    /// Deletes rows older than an instant: whole parts at once, in the part it falls into row by row. Archived files are
    /// only dropped as a whole.
    func deleteRows(of name: String, olderThan instant: Instant) throws(EventStoreError) -> Int {
        guard let table = catalogue.layout.tables[name] else {
            throw EventStoreError(.unknownTable, "There is no table '\(name)' to delete rows of.")
        }
        return try change { catalogue, connection throws(EventStoreError) in
            var count = 0
            for entry in catalogue.segments.live(name) {
                if let last = entry.bounds.upper, last < instant {
                    count += try connection.count("SELECT count(*) FROM \(catalogue.segments.source(of: entry))")
                    try catalogue.changeSegments(of: name) { segments throws(EventStoreError) in
                        try segments.retire(entry, at: instant, connection)
                    }
                } else if let time = entry.time(of: table), !entry.isFile,
                    entry.bounds.lower.map({ $0 < instant }) ?? true
                {
                    count += try connection.execute(
                        "DELETE FROM \(SQLText.identifier(entry.storedName)) "
                            + "WHERE \(SQLText.identifier(time.storedName)) < \(instant.ticks)", code: .writeFailed)
                }
            }
            return count
        }
    }

    /// Takes a part of a table out of it.
    func retire(_ entry: SegmentEntry, at instant: Instant) throws(EventStoreError) {
        try change { catalogue, connection throws(EventStoreError) in
            try catalogue.changeSegments(of: entry.table) { segments throws(EventStoreError) in
                try segments.retire(entry, at: instant, connection)
            }
        }
    }

    /// Sends later rows of a part's partition to another part, and names the file it will be archived in.
    func seal(_ entry: SegmentEntry) throws(EventStoreError) -> (entry: SegmentEntry, file: String)? {
        try change { catalogue, connection throws(EventStoreError) in
            try catalogue.changeSegments(of: entry.table) { segments throws(EventStoreError) in
                try segments.seal(entry.storedName, connection).map { ($0, segments.fileName(for: $0)) }
            }
        }
    }

    /// Puts an archived file in the place of the part whose rows it has.
    func replace(_ entry: SegmentEntry, with file: SegmentEntry, at instant: Instant) throws(EventStoreError) {
        try change { catalogue, connection throws(EventStoreError) in
            try catalogue.changeSegments(of: entry.table) { segments throws(EventStoreError) in
                try segments.replace(entry, with: file, at: instant, connection)
            }
        }
    }

    /// Drops what was retired before an instant; gives the files that nothing names any more.
    func dropRetired(before instant: Instant) throws(EventStoreError) -> [String] {
        try change { catalogue, connection throws(EventStoreError) in
            try catalogue.dropRetired(before: instant, connection)
        }
    }
}

extension SegmentCatalogue {
    /// What stands after FROM to read a part.
    func source(of entry: SegmentEntry) -> String {
        entry.isFile ? "read_parquet(\(SQLText.literal(path(of: entry))))" : SQLText.identifier(entry.storedName)
    }
}
