import Collection
import Foundation
import JSON
import TestSupport
import Testing

struct SourceTests {
    @Test func `every sample of every source gives the expected rows`() throws {
        #expect(Shipped.content.faults.isEmpty, "\(Shipped.content.faults.map(\.description))")
        var count = 0
        for source in Shipped.collector.content.sources.sources {
            let samples = SourceSamples(source.name, in: Shipped.folder.appending(path: "sources/\(source.name)"))
            for result in try samples.run(Shipped.collector) {
                count += 1
                #expect(result.differences.isEmpty, "\(source.name)/\(result.file): \(result.differences)")
            }
        }
        #expect(count >= 30)
    }

    @Test func `a sample is recognised with more confidence than anything else`() throws {
        for source in Shipped.collector.content.sources.sources {
            let samples = SourceSamples(source.name, in: Shipped.folder.appending(path: "sources/\(source.name)"))
            for file in samples.files() {
                let detection = Shipped.collector.detect([UInt8](try Data(contentsOf: file)), now: SourceSamples.clock)
                #expect(detection.candidates.first?.name == source.name, "\(file.path): \(detection.candidates)")
                #expect((detection.candidates.first?.confidence ?? 0) > 0.6)
            }
        }
    }

    @Test func `what is of no source has no candidates`() {
        let detection = Shipped.collector.detect(Array("lorem ipsum\ndolor sit\n".utf8), now: SourceSamples.clock)
        #expect(detection.candidates.isEmpty)
        #expect(detection.rejectCount == 2)
    }
}
