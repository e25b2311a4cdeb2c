public import Chronology
public import EventStore
internal import KQLValues

extension SourceObservation {
    /// Columns that name the computer that a row is about, the best first.
    private static let senderColumns = ["Computer", "DvcHostname", "DeviceName", "Dvc"]

    /// What a chunk that was stored says about its sources, sender by sender.
    ///
    /// Goes over each batch's sender and time once; makes no `String` per row.
    public static func read(
        _ chunk: CollectedChunk, _ options: CollectionOptions, outcome: AppendOutcome, now: Instant
    ) -> [SourceObservation] {
        if outcome == .alreadyStored { return repeated(chunk, options) }
        var observations: [SourceObservation] = []
        for (batch, source) in zip(chunk.batches, names(chunk, options)) where batch.table != "DeadLetter_CL" {
            observations += read(
                batch, SourceKey(origin: options.origin, source: source, table: batch.table), options, now)
        }
        return observations + failures(chunk, options)
    }

    /// For each batch the source of the first record that has a row in it.
    private static func names(_ chunk: CollectedChunk, _ options: CollectionOptions) -> [String] {
        var names: [String?] = Array(repeating: nil, count: chunk.batches.count)
        var open = names.count
        for (row, source) in zip(chunk.rows, chunk.sources) where open > 0 {
            guard let row, names[row.batch] == nil else { continue }
            names[row.batch] = source
            open -= 1
        }
        // A batch of further rows of records whose first row is elsewhere belongs to the source of those.
        let fallback = options.source ?? names.compactMap(\.self).first ?? ""
        return names.map { $0 ?? fallback }
    }

    private static func read(
        _ batch: EventBatch, _ feed: SourceKey, _ options: CollectionOptions, _ now: Instant
    ) -> [SourceObservation] {
        guard batch.rowCount > 0 else { return [] }
        let (senders, numbers) = senders(of: batch, options)
        var observations = senders.map { sender in
            var key = feed
            key.sender = sender
            return SourceObservation(key: key, counts: SourceCounts())
        }
        let bytesPerRow = batch.byteCount / batch.rowCount
        for row in 0..<batch.rowCount {
            let number = numbers?[row] ?? 0
            observations[number].counts.events += 1
            observations[number].counts.rows += 1
            observations[number].counts.bytes += bytesPerRow
        }
        if case .datetime(let times)? = batch.column("TimeGenerated") {
            for row in 0..<batch.rowCount where !times.isNull(row) {
                let number = numbers?[row] ?? 0
                let time = Instant(ticks: times.values[row])
                observations[number].lastEvent = observations[number].lastEvent.map { max($0, time) } ?? time
                observations[number].delays.add(now - time)
            }
        }
        return observations
    }

    /// The different senders of a batch, and for each row the number of its sender; nil when there is one only.
    private static func senders(of batch: EventBatch, _ options: CollectionOptions) -> ([String], [Int]?) {
        for name in senderColumns {
            guard case .string(let column)? = batch.column(name) else { continue }
            let (numbers, firstRows) = column.numbered()
            let names = firstRows.map { column[$0] }
            if names.allSatisfy(\.isEmpty) { continue }
            return (names.map { $0.isEmpty ? options.sender ?? "" : $0 }, names.count > 1 ? numbers : nil)
        }
        return ([options.sender ?? ""], nil)
    }

    private static func failures(_ chunk: CollectedChunk, _ options: CollectionOptions) -> [SourceObservation] {
        var counts: [SourceKey: SourceCounts] = [:]
        for letter in chunk.deadLetters {
            let key = SourceKey(
                origin: options.origin, source: letter.source ?? options.source ?? "", table: letter.table ?? "")
            if letter.table == nil {
                counts[key, default: SourceCounts()].rejected += 1
            } else {
                counts[key, default: SourceCounts()].misfits += 1
            }
        }
        return counts.map { SourceObservation(key: $0.key, counts: $0.value) }
    }

    private static func repeated(_ chunk: CollectedChunk, _ options: CollectionOptions) -> [SourceObservation] {
        chunk.countsBySource.map { source, count in
            var counts = SourceCounts()
            counts.repeated = count
            return SourceObservation(
                key: SourceKey(origin: options.origin, source: source, table: options.table ?? ""), counts: counts)
        }
    }
}

extension EventBatch {
    fileprivate func column(_ name: String) -> Column? {
        schema.index(of: name).map { columns[$0] }
    }
}
