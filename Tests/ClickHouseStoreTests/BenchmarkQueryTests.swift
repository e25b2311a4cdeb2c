import EventStore
import EventStoreComparison
import JSON
import TestSupport
import Testing

/// The shared benchmark's queries over a small part of its data.
@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct `The benchmark's queries in ClickHouse` {
    @Test func `give the same rows with and without pushdown`() async throws {
        let store = try await OpenStore.at()
        try await BenchmarkEvents.load(into: store, rows: 6_000)
        for query in try #require(try BenchmarkEvents.file()["queries"]?.arrayValue) {
            let text = try #require(query["kql"]?.stringValue)
            try await expectSameAnswer(text, store)
        }
    }
}
