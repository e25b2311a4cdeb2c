internal import API
internal import Collection
internal import Detection
internal import EventStore
internal import Records

/// What is left of a block once it is mapped and matched.
struct MappedBlock: Sendable {
    var batches: [EventBatch]
    var delivery: DeliveryID?
    var records: Int
    var deadLetters: Int
    var findings: [StreamFinding]
    /// What the ledger is told of the block's sources, once it is stored.
    var stored: [SourceObservation]
    /// The same, if it turns out that the delivery was stored before.
    var repeated: [SourceObservation]

    var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }

    /// About how many bytes it holds: the values, and where each of them ends.
    var weight: Int {
        batches.reduce(0) { $0 + $1.byteCount + $1.rowCount * $1.columns.count * MemoryLayout<Int>.stride }
    }

    /// What the sender is told of the block.
    func receipt(_ outcome: AppendOutcome) -> IntakeReceipt {
        if outcome == .alreadyStored { return IntakeReceipt(repeated: records) }
        var receipt = IntakeReceipt(rejected: deadLetters)
        for batch in batches where batch.table != "DeadLetter_CL" {
            receipt.tables[batch.table, default: 0] += batch.rowCount
        }
        return receipt
    }
}

extension OrderedCommits<MappedBlock> {
    /// Hands a mapped block over.
    func add(_ block: MappedBlock, number: Int) async {
        await add(block, number: number, rows: block.rowCount, weight: block.weight)
    }
}

extension RecordBlock {
    /// About how many bytes the block and what is made of it hold, while that is made.
    var weight: Int {
        let fields = records.entries.count * (MemoryLayout<RecordBatch.Entry>.stride + MemoryLayout<Int>.stride)
        return records.bytes.count * 2 + fields + rejects.reduce(0) { $0 + $1.raw.utf8.count * 2 }
    }
}
