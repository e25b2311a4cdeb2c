public import Records

/// Matches rules against batches of records. It keeps scratch space between calls; use one per thread.
public struct SigmaMatcher: Sendable {
    public let ruleSet: SigmaRuleSet
    private var slots: EventSlots
    private var router: EventRouter
    private var search = EventSearch()
    private var evaluator: AtomEvaluator
    private var plan = FieldPlan()
    /// Per rule the event that it matched last.
    private var matchedAt: [UInt64]
    private let programRules: [Int32]
    private let programEntries: [Int32]
    /// Programs to run on the record under work.
    private var awake: [Int32] = []

    public init(_ ruleSet: SigmaRuleSet) {
        self.ruleSet = ruleSet
        slots = EventSlots(count: ruleSet.slotNames.count)
        evaluator = AtomEvaluator(ruleSet)
        router = EventRouter(ruleSet)
        programRules = ruleSet.programs.map(\.rule)
        programEntries = ruleSet.programs.map(\.entry)
        matchedAt = [UInt64](repeating: 0, count: ruleSet.rules.count)
    }

    /// Calls `onMatch` with the index of each record and of each rule that matches it, in the order of records.
    ///
    /// `product` names what wrote the records (`linux`, `azure`…) where the caller knows; nil: told from their fields.
    public mutating func match(
        _ batch: RecordBatch, product: String? = nil, onMatch: (_ record: Int, _ rule: Int) -> Void
    ) {
        plan.prepare(fieldNames: batch.fieldNames, slots: ruleSet.slots)
        router.begin(product: product)
        batch.withUnsafeFields { fields in
            plan.withUses { starts, uses in
                for record in 0..<batch.count {
                    slots.begin(record, fields, starts, uses)
                    match(router.route(slots, fields), fields, onMatch)
                }
            }
        }
    }

    private mutating func match(
        _ route: EventRouter.Route, _ fields: UnsafeFields, _ onMatch: (_ record: Int, _ rule: Int) -> Void
    ) {
        awake.removeAll(keepingCapacity: true)
        search.search(slots, route.candidates, fields, awake: &awake)
        if awake.isEmpty { return }
        evaluator.take(search.tests(), of: route.candidates, event: slots.event)
        for number in awake {
            let rule = Int(programRules[Int(number)])
            guard matchedAt[rule] != slots.event else { continue }
            if route.isUnknown, !router.fits(number, slots) { continue }
            if evaluator.run(programEntries[Int(number)], slots, fields) {
                matchedAt[rule] = slots.event
                onMatch(slots.record, rule)
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
