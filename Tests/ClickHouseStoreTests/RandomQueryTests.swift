import EventStoreComparison
import Testing

@Suite struct `Pushing down to ClickHouse changes no answer of queries composed at random` {
    @Test func `of filters, columns, groups, joins, unions, arrays and series`() async throws {
        try await RandomComparison.run(count: 150, sharePushed: 3) { try await OpenStore.at() }
    }
}
