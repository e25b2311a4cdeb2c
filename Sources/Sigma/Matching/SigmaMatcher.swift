public import Records

/// Matches rules against batches of records. It keeps scratch space between calls; use one per thread.
public struct SigmaMatcher: Sendable {
    public let ruleSet: SigmaRuleSet
    private var evaluator: AtomEvaluator
    private var router: EventRouter
    private var plan = FieldPlan()
    /// Per rule the number of the event that it matched last.
    private var matchedAt: [UInt32]
    /// Programs to run on the record under work.
    private var woken: [Int32] = []
    private let programRules: [Int32]
    private let programEntries: [Int32]

    public init(_ ruleSet: SigmaRuleSet) {
        self.ruleSet = ruleSet
        evaluator = AtomEvaluator(ruleSet)
        router = EventRouter(ruleSet)
        programRules = ruleSet.programs.map(\.rule)
        programEntries = ruleSet.programs.map(\.entry)
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
            for record in 0..<batch.count { match(record, fields, product, onMatch) }
        }
    }

    private mutating func match(
        _ record: Int, _ fields: UnsafeFields, _ product: String?, _ onMatch: (_ record: Int, _ rule: Int) -> Void
    ) {
        evaluator.begin(record, fields, plan: plan)
        let (list, isUnknown) = router.route(evaluator, fields, product: product)
        let candidates = router.candidateLists[list]
        woken.removeAll(keepingCapacity: true)
        evaluator.search(candidates, ruleSet.index, fields, woken: &woken)
        for number in candidates.always { run(number, record, fields, isUnknown, onMatch) }
        for number in woken { run(number, record, fields, isUnknown, onMatch) }
    }

    @inline(__always)
    private mutating func run(
        _ number: Int32, _ record: Int, _ fields: UnsafeFields, _ isUnknown: Bool, _ onMatch: (Int, Int) -> Void
    ) {
        let rule = Int(programRules[Int(number)])
        guard matchedAt[rule] != evaluator.event else { return }
        if isUnknown, !router.fits(router.programs[Int(number)], evaluator) { return }
        if evaluator.run(programEntries[Int(number)], ruleSet, fields) {
            matchedAt[rule] = evaluator.event
            onMatch(record, rule)
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
