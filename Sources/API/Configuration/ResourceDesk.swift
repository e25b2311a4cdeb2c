public import Chronology
public import JSON

/// A configuration resource as a desk keeps it.
public struct KeptResource: Sendable {
    public var name: String
    public var kind: String?
    public var properties: JSON
    /// When it was written last; nil: it ships with Tocsin.
    public var modified: Instant?
    /// Another for every content, in quotes.
    public var etag: String

    public init(name: String, kind: String?, properties: JSON, modified: Instant?, etag: String) {
        self.name = name
        self.kind = kind
        self.properties = properties
        self.modified = modified
        self.etag = etag
    }
}

/// Why a resource is not written. Nothing was changed.
public struct ResourceRefusal: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable { case invalid, conflict }

    public let code: Code
    public let description: String
    /// The field that is at fault, such as `properties.query`.
    public let target: String?

    public init(_ description: String, target: String?, code: Code = .invalid) {
        self.code = code
        self.description = description
        self.target = target
    }
}

/// Keeps resources of one type that say how the installation works. What is written is in force at once, and durable.
public protocol ResourceDesk: Sendable {
    func all() async throws -> [KeptResource]

    /// The resource of a name in any letter case.
    func find(_ name: String) async throws -> KeptResource?

    /// Creates or replaces a resource.
    ///
    /// - Parameter etag: the version that it must replace, when the caller names one.
    /// - Throws: `ResourceRefusal`.
    func put(
        _ name: String, kind: String?, properties: JSON, replacing etag: String?
    ) async throws -> (resource: KeptResource, isNew: Bool)

    /// Whether there was one.
    func delete(_ name: String) async throws -> Bool
}
