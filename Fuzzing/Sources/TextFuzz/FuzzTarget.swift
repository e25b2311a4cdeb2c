internal import Chronology
internal import Collection
internal import EventStore
internal import Foundation
internal import Records

/// What libFuzzer calls with each input: the bytes are read as a file of unknown origin, once whole and once in two pieces.
///
/// A crash, a batch that breaks the store's invariant, or a record that is neither a row nor a dead letter is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = collected([bytes])
    let cut = bytes.count / 2
    let pieces = collected([Array(bytes[..<cut]), Array(bytes[cut...])])
    precondition(whole == pieces, "the answer depends on where the input was cut")
    return 0
}

/// The sources of the content folder that `TOCSIN_HOME` names, or of the working folder.
private let collector: Collector = {
    let home = ProcessInfo.processInfo.environment["TOCSIN_HOME"] ?? FileManager.default.currentDirectoryPath
    let loaded = CollectionContent.load(from: URL(filePath: home).appending(path: "content"))
    precondition(loaded.faults.isEmpty, "\(loaded.faults)")
    return Collector(loaded.content)
}()

private struct Counts: Equatable {
    var records = 0
    var rejects = 0
}

private func collected(_ pieces: [[UInt8]]) -> Counts {
    let options = CollectionOptions(origin: "fuzzing")
    let now = Instant(unixSeconds: 1_790_000_000)
    var reader = collector.reader(options, now: now)
    var counts = Counts()
    for piece in pieces {
        reader.feed(piece)
        while let block = reader.next() { count(block, options, now, &counts) }
    }
    reader.finish()
    while let block = reader.next() { count(block, options, now, &counts) }
    return counts
}

private func count(_ block: RecordBlock, _ options: CollectionOptions, _ now: Instant, _ counts: inout Counts) {
    counts.records += block.records.count
    counts.rejects += block.rejects.count
    precondition(block.lines.count == block.records.count, "a line for each record")
    let chunk = collector.collect(block, options, now: now)
    for batch in chunk.batches { precondition(batch.fault == nil, "\(batch.fault ?? "")") }
    let lost = chunk.rows.count { $0 == nil }
    precondition(lost <= chunk.deadLetters.count, "a record was lost")
}
