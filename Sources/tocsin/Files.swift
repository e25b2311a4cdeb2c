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

    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandFailure("\(path) cannot be written: \(error.localizedDescription)")
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
