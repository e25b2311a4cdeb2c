/// Which slots the fields of a batch fill; made once per field name.
struct FieldPlan {
    struct Use {
        var slot: Int32
        var rank: UInt8
    }

    private var known: [String: [Use]] = [:]
    /// Uses of the batch's fields, field after field.
    private var uses: [Use] = []
    private var starts: [Int32] = [0]

    private static let mostKnownNames = 50_000

    mutating func prepare(fieldNames: [String], slots: [String: Int32]) {
        uses.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
        if known.count > Self.mostKnownNames { known.removeAll() }
        for name in fieldNames {
            if let cached = known[name] {
                uses += cached
            } else {
                let found = EventFieldNames.uses(of: name).compactMap { use in
                    slots[use.name].map { Use(slot: $0, rank: use.rank) }
                }
                known[name] = found
                uses += found
            }
            starts.append(Int32(uses.count))
        }
    }

    /// Gives the places where each field's uses start, and the uses.
    @inline(__always)
    func withUses(_ body: (_ starts: UnsafeBufferPointer<Int32>, _ uses: UnsafeBufferPointer<Use>) -> Void) {
        starts.withUnsafeBufferPointer { starts in uses.withUnsafeBufferPointer { body(starts, $0) } }
    }
}
