import EventStore
import Foundation

/// One request to the server.
struct Statement: Sendable {
    var sql: String
    /// Rows that follow the statement, as its `FORMAT` says.
    var rows: [UInt8]?
    var settings: [String: String] = [:]
    /// Names it among the server's running queries.
    var queryID = UUID().uuidString.lowercased()
    /// How long it may take.
    var seconds = 60.0

    init(_ sql: String, rows: [UInt8]? = nil, settings: [String: String] = [:], seconds: Double = 60) {
        self.sql = sql
        self.rows = rows
        self.settings = settings
        self.seconds = seconds
    }

    /// Ends another query, without waiting for its end.
    static func killing(_ queryID: String) -> Statement {
        Statement("KILL QUERY WHERE query_id = \(ClickHouseForms.literal(queryID)) ASYNC", seconds: 10)
    }
}
