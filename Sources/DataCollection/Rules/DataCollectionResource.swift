public import Chronology
internal import GRDB
public import JSON

/// A rule or an endpoint as it is kept: what was sent, and what the installation adds.
public struct DataCollectionResource: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case rule
        case endpoint
    }

    public let kind: Kind
    public let name: String
    /// By which senders address it: `dcr-` or `dce-` and 32 hexadecimal digits.
    public let immutableID: String
    /// The members that were sent: `location`, `kind`, `tags`, `properties`.
    public let body: JSON
    /// Rises with every change.
    public let version: Int64
    public let createdTime: Instant
    public let changedTime: Instant

    public var properties: JSON { body["properties"] ?? [:] }

    init(row: Row) throws {
        kind = Kind(rawValue: row["kind"]) ?? .rule
        name = row["name"]
        immutableID = row["immutable_id"]
        body = try JSON(parsing: row["body"] as String)
        version = row["version"]
        createdTime = Instant(ticks: row["created"])
        changedTime = Instant(ticks: row["changed"])
    }
}
