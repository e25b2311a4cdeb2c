internal import Records

/// One record's fields by the slots that rules read.
struct EventSlots: Sendable {
    private struct Held {
        /// The event that filled it; of another event it is stale.
        var event: UInt64
        var rank: UInt8
        var entry: RecordBatch.Entry
    }

    /// Counts the records seen.
    private(set) var event: UInt64 = 0
    /// The record's index in its batch.
    private(set) var record = 0
    private var held: [Held]

    init(count: Int) {
        let none = RecordBatch.Entry(field: 0, kind: .null, start: 0, length: 0)
        held = [Held](repeating: Held(event: 0, rank: 0, entry: none), count: count)
    }

    /// Takes the next record; `starts` and `uses` are those of its batch's plan.
    mutating func begin(
        _ record: Int, _ fields: UnsafeFields, _ starts: UnsafeBufferPointer<Int32>,
        _ uses: UnsafeBufferPointer<FieldPlan.Use>
    ) {
        event += 1
        self.record = record
        held.withUnsafeMutableBufferPointer { held in
            for entry in fields.entries(of: record) where entry.kind != .null {
                for index in Int(starts[Int(entry.field)])..<Int(starts[Int(entry.field) + 1]) {
                    let use = uses[index]
                    let slot = Int(use.slot)
                    if held[slot].event == event && held[slot].rank <= use.rank { continue }
                    held[slot] = Held(event: event, rank: use.rank, entry: entry)
                }
            }
        }
    }

    /// The field of a slot, nil when the record lacks it or it is null.
    @inline(__always)
    subscript(_ slot: Int32) -> RecordBatch.Entry? {
        held[Int(slot)].event == event ? held[Int(slot)].entry : nil
    }
}
