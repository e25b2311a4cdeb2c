public import Foundation

/// The founders' shared folder of corpora and captures, which lies beside a checkout and is never committed.
///
/// Tests that need it carry `.enabled(if: SharedFolder.isPresent, SharedFolder.absence)`, so that the test report says
/// which were left out and why.
public enum SharedFolder {
    /// `TOCSIN_SHARED`, or `shared` beside the checkout; nil when there is none.
    public static let url: URL? = {
        let fromEnvironment = ProcessInfo.processInfo.environment["TOCSIN_SHARED"].map { URL(filePath: $0) }
        let beside = checkout.deletingLastPathComponent().appending(path: "shared")
        return [fromEnvironment, beside].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    public static var isPresent: Bool { url != nil }

    /// Why such a test is left out.
    public static let absence: String = "the shared folder of corpora and captures is not here (TOCSIN_SHARED)"

    /// A file or folder in it. Call only where `isPresent`.
    public static func file(_ path: String) -> URL {
        guard let url else { preconditionFailure("the test must be enabled only where SharedFolder.isPresent") }
        return url.appending(path: path)
    }

    /// The root of this checkout.
    public static let checkout: URL = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
