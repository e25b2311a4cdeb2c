/// Watchlists as the API and the portal change them.
public struct WatchlistDesk: Sendable {
    public let lists: Watchlists
    let publisher: WatchlistPublisher

    public init(lists: Watchlists, publisher: WatchlistPublisher) {
        self.lists = lists
        self.publisher = publisher
    }

    /// Follows changes and the clock until the task is cancelled.
    public func run() async throws {
        try await publisher.run()
    }

    /// Waits until the table `Watchlist` says what a list says, so that the caller's next query sees it.
    public func publish(_ alias: String) async throws {
        try await publisher.publishDue(of: alias)
    }
}
