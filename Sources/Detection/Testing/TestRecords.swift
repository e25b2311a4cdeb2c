internal import Chronology
internal import JSON
internal import Records
internal import Sigma

/// Makes records of a test's events, as they would come in as JSON.
enum TestRecords {
    static func batch(_ events: [TestEvent], _ clock: TestClock) -> RecordBatch {
        var reader = RecordReader(limits: limits)
        for event in events {
            for repetition in 0..<event.count {
                reader.feed(Array((record(event, clock, repetition).description + "\n").utf8))
            }
        }
        reader.finish()
        return reader.next()?.records ?? reader.flush()?.records ?? RecordBatch()
    }

    /// All events of a test are one block.
    private static var limits: ReaderLimits {
        var limits = ReaderLimits()
        limits.blockRecords = RuleTestReader.mostEvents + 1
        limits.blockBytes = 1 << 30
        return limits
    }

    private static func record(_ event: TestEvent, _ clock: TestClock, _ repetition: Int) -> JSON {
        var object = JSONObject(
            event.fields.members.map { ($0.key, TestValue.json($0.value, number: repetition + 1)) }
        ) { _, last in last }
        if let time = clock.time(of: event, repetition: repetition) {
            object["TimeGenerated"] = .string(time.description)
        }
        return .object(object)
    }
}
