internal import Foundation

/// Where fresh GUIDs come from: random ones in production, counted ones in tests.
public struct IdentifierSource: Sendable {
    private let make: @Sendable () -> String

    public init(_ make: @escaping @Sendable () -> String) {
        self.make = make
    }

    /// A fresh GUID in lower case, `8-4-4-4-12` hexadecimal digits.
    public func next() -> String { make() }

    /// Random GUIDs (RFC 9562, version 4).
    public static let random = IdentifierSource { UUID().uuidString.lowercased() }
}
