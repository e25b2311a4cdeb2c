public import Foundation
import Subprocess

/// A program run to its end.
public struct Command: Sendable {
    /// The exit status, or the number of the signal that ended it.
    public let status: Int32
    /// What it printed, as it printed it.
    public let bytes: [UInt8]
    /// What it printed to standard error.
    public let errors: String

    public var output: String { String(decoding: bytes, as: UTF8.self) }

    private static let limit = 1 << 28

    /// Runs a program.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - environment: Nil: that of this process.
    /// - Throws: `SubprocessError` if it cannot be started, or prints more than 256 MiB.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, input: String = "",
        folder: URL? = nil
    ) async throws -> Command {
        let result = try await Subprocess.run(
            Configuration(program, arguments, environment: environment, folder: folder), input: .string(input),
            output: .bytes(limit: limit), error: .bytes(limit: limit))
        return Command(
            status: result.terminationStatus.code, bytes: result.standardOutput,
            errors: String(decoding: result.standardError, as: UTF8.self))
    }

    /// Runs lines of shell in a folder; it stops at the first that fails.
    public static func shell(_ script: String, in folder: URL) async throws -> Command {
        try await run("/bin/sh", ["-ec", script], folder: folder)
    }
}
