public import Chronology
public import StateStore

/// A file that somebody added to an incident.
public struct Attachment: Sendable, Hashable {
    public let id: AttachmentID
    public let incidentID: IncidentID
    /// The file's name as its owner gave it, without folders.
    public let name: String
    public let byteCount: Int
    /// SHA-256 in hexadecimal digits; the bytes are kept under it.
    public let digest: String
    /// By the bytes themselves: `image/png`, `application/pdf`…, else `application/octet-stream`.
    public let mediaType: String
    public let addedBy: JournalActor
    public let addedTime: Instant
}

/// The identifier of an attachment, a GUID.
public struct AttachmentID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}
