public import Records

/// Matches rules against batches of records. It keeps scratch space between calls; use one per thread.
public struct SigmaMatcher: Sendable {
    public let ruleSet: SigmaRuleSet
    private var evaluator: AtomEvaluator
    private var router: EventRouter
    private var plan = FieldPlan()
    /// Per rule the number of the event that it matched last.
    private var matchedAt: [UInt32]

    public init(_ ruleSet: SigmaRuleSet) {
        self.ruleSet = ruleSet
        evaluator = AtomEvaluator(ruleSet)
        router = EventRouter(ruleSet)
        matchedAt = [UInt32](repeating: 0, count: ruleSet.rules.count)
    }

    /// Calls `onMatch` with the index of each record and of each rule that matches it, in the order of records.
    ///
    /// `product` names what wrote the records (`linux`, `azure`…) where the caller knows; nil: told from their fields.
    public mutating func match(
        _ batch: RecordBatch, product: String? = nil, onMatch: (_ record: Int, _ rule: Int) -> Void
    ) {
        plan.prepare(fieldNames: batch.fieldNames, slots: ruleSet.slots)
        batch.withUnsafeFields { fields in
            for record in 0..<batch.count {
                evaluator.begin(record, fields, plan: plan)
                let candidates = router.candidates(evaluator, fields, product: product)
                for index in candidates {
                    let program = router.programs[Int(index)]
                    guard matchedAt[Int(program.rule)] != evaluator.event else { continue }
                    if evaluator.run(program.entry, ruleSet, fields) {
                        matchedAt[Int(program.rule)] = evaluator.event
                        onMatch(record, Int(program.rule))
                    }
                }
            }
        }
    }
}

/// A batch's memory, held still while it is matched.
struct UnsafeFields {
    let allEntries: UnsafeBufferPointer<RecordBatch.Entry>
    let starts: UnsafeBufferPointer<Int>
    let bytes: UnsafeBufferPointer<UInt8>

    func entries(of record: Int) -> UnsafeBufferPointer<RecordBatch.Entry> {
        UnsafeBufferPointer(rebasing: allEntries[starts[record]..<starts[record + 1]])
    }

    @inline(__always)
    func value(_ entry: RecordBatch.Entry) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[entry.start..<(entry.start + entry.length)])
    }
}

extension RecordBatch {
    func withUnsafeFields<Result>(_ body: (UnsafeFields) -> Result) -> Result {
        entries.withUnsafeBufferPointer { entries in
            recordStarts.withUnsafeBufferPointer { starts in
                bytes.withUnsafeBufferPointer { bytes in
                    body(UnsafeFields(allEntries: entries, starts: starts, bytes: bytes))
                }
            }
        }
    }
}
