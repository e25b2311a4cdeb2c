import Foundation
import JSON
import KQLValues

/// `parse_path`.
let pathFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_path", family: .parsing, summary: "The parts of a file path as a bag.",
        signatures: [.takes(.string("path"), returns: .dynamic)],
        evaluate: each { (path: String) -> JSON? in pathParts(path) })
}

private func pathParts(_ path: String) -> JSON {
    var rest = path[...]
    var scheme = ""
    if let mark = rest.range(of: "://") {
        scheme = String(rest[..<mark.lowerBound])
        rest = rest[mark.upperBound...]
    }
    var stream = ""
    let start = rest.dropFirst(2).startIndex
    if let colon = rest[start...].lastIndex(of: ":"), !rest[colon...].contains(where: { $0 == "\\" || $0 == "/" }) {
        stream = String(rest[rest.index(after: colon)...])
        rest = rest[..<colon]
    }
    var root = ""
    let characters = Array(rest.prefix(3))
    if characters.count >= 2, characters[1] == ":", characters[0].isLetter {
        root = String(characters.prefix(characters.count > 2 && isSeparator(characters[2]) ? 3 : 2))
    }
    let separator = rest.lastIndex { isSeparator($0) }
    let directory = separator.map { rest[..<$0] } ?? ""
    let file = separator.map { rest[rest.index(after: $0)...] } ?? rest
    let name = directory.split(whereSeparator: isSeparator).last.map { String($0) } ?? ""
    let dot = file.lastIndex(of: ".")
    return [
        "Scheme": .string(scheme), "RootPath": .string(root), "DirectoryPath": .string(String(directory)),
        "DirectoryName": .string(name), "Filename": .string(String(file)),
        "Extension": .string(dot.map { String(file[file.index(after: $0)...]) } ?? ""),
        "AlternateDataStreamName": .string(stream),
    ]
}

private func isSeparator(_ character: Character) -> Bool { character == "\\" || character == "/" }
