internal import Records

/// Tells records apart by their content, so that the same block delivered again has the same identities.
///
/// Records of one block that are alike to the letter are numbered: each is an event of its own.
struct RecordIdentities {
    private let batch: RecordBatch
    private var known: [Int: String] = [:]
    private var counts: [String: Int] = [:]

    init(_ batch: RecordBatch) {
        self.batch = batch
    }

    mutating func identity(of record: Int) -> String {
        if let identity = known[record] { return identity }
        let parts = batch.fields(of: record).flatMap { [batch.fieldNames[Int($0.field)], batch.text($0)] }
        let content = StableIdentifier.make(parts)
        counts[content, default: 0] += 1
        let identity = "\(content) \(counts[content, default: 1])"
        known[record] = identity
        return identity
    }
}
