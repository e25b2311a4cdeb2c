import EventStoreComparison
import Testing

@Suite struct `Pushing down to ClickHouse changes no answer` {
    private let comparison = PushdownComparison(hostsExpressions: false) { try await OpenStore.at() }

    @Test func `in conditions`() async throws {
        try await comparison.conditions()
    }

    @Test func `in computed columns`() async throws {
        try await comparison.computedColumns()
    }

    @Test func `in groups`() async throws {
        try await comparison.groups()
    }

    @Test func `in orders`() async throws {
        try await comparison.orders()
    }

    @Test func `in joins and unions`() async throws {
        try await comparison.joinsAndUnions()
    }

    @Test func `in arrays and series`() async throws {
        try await comparison.arraysAndSeries()
    }

    @Test func `in counts of many different values`() async throws {
        try await comparison.distinctCounts()
    }

    @Test func `in whatever else a query does`() async throws {
        try await comparison.others()
    }
}
