internal import Foundation
internal import JSON

/// Reads the files that commands are given.
enum Files {
    static func text(_ path: String) throws -> String {
        do {
            return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        } catch {
            throw CommandFailure("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    static func json(_ path: String) throws -> JSON {
        do {
            return try JSON(parsing: try text(path))
        } catch let error as JSONError {
            throw CommandFailure("\(path) is \(error)")
        }
    }
}

/// Runs work on a thread of its own with a large stack.
enum DeepStack {
    static let bytes = 64 << 20

    static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = bytes
            thread.start()
        }
    }
}
