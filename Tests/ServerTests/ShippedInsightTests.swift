import Foundation
import Investigation
import TestSupport
import Testing
import Vocabulary

/// The insights that ship with Tocsin can be asked.
struct ShippedInsightTests {
    @Test func `every insight is without fault and runs over the shipped tables`() async throws {
        let folder = SharedFolder.checkout.appending(path: "content/insights")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (path: name, text: try String(contentsOf: folder.appending(path: name), encoding: .utf8))
        }
        let insights = EntityInsights(files: files)
        #expect(insights.faults.map(\.description) == [])
        #expect(Set(insights.all.map(\.kind)).isSuperset(of: [.account, .host, .ip]))
        let server = try await RunningTocsin(data: try RunningTocsin.temporaryFolder())
        for insight in insights.all {
            let values = insight.identifiers.map { "let \(insight.kind.rawValue)_\($0) = 'x'; " }.joined()
            for query in [insight.tableQuery, insight.chartQuery].compactMap(\.self) {
                _ = try await server.query(values + query)
            }
        }
        await server.stop()
    }
}
