import EventStoreComparison
import Testing

@Suite struct `Pushing down changes no answer of queries composed at random` {
    @Test func `of filters, columns, groups, joins, unions, arrays and series`() async throws {
        try await RandomComparison.run(count: 1_000, sharePushed: 8) { try OpenStore.at() }
    }
}
