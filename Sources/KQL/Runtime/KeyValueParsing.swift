import KQLFunctions
import KQLValues
import RE2

extension Execution {
    func parseKeyValue(_ node: ParseKeyValue) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        guard case .string(let subjects) = try column(node.source, over: input) else {
            return Table(empty: node.schema)
        }
        var regex: RE2Pattern?
        if let pattern = node.regex {
            do {
                regex = try RE2Pattern(pattern)
            } catch {
                throw ExecutionError(.function, "the regex of parse-kv is not valid: \(error.reason)")
            }
        }
        var captures = node.keys.map { _ in StringColumn() }
        for row in 0..<subjects.count {
            if row % 1024 == 0 { try check() }
            let found = regex.map { pairs(in: subjects[row], by: $0) } ?? KeyValueScanner(node).pairs(in: subjects[row])
            for (index, key) in node.keys.enumerated() { captures[index].append(found[key.name] ?? "") }
        }
        var columns: [Column?] = Array(repeating: nil, count: node.schema.columns.count)
        for (key, capture) in zip(node.keys, captures) {
            columns[key.output] = Column.string(capture).converted(to: key.type)
        }
        return Table(
            schema: node.schema, columns: columns.enumerated().map { $1 ?? input.columns[$0] },
            rowCount: input.rowCount)
    }

    private func pairs(in text: String, by regex: RE2Pattern) -> [String: String] {
        var result: [String: String] = [:]
        guard regex.groupCount >= 2 else { return result }
        var copy = text
        copy.withUTF8 { bytes in
            var start = 0
            while start <= bytes.count, let match = regex.firstMatch(in: bytes, from: start), let whole = match[0] {
                if let key = match[1], let value = match[2] {
                    let name = String(decoding: bytes[key], as: UTF8.self)
                    if result[name] == nil { result[name] = String(decoding: bytes[value], as: UTF8.self) }
                }
                start = max(whole.upperBound, whole.lowerBound + 1)
            }
        }
        return result
    }
}

/// Takes key-value pairs apart by their delimiters; the first pair of a key counts.
private struct KeyValueScanner {
    private let pairDelimiters: [Character]
    private let valueDelimiter: [Character]
    private let quotes: [Character]
    private let escape: Character?
    private let isGreedy: Bool

    init(_ node: ParseKeyValue) {
        pairDelimiters = Array(node.pairDelimiter)
        valueDelimiter = Array(node.valueDelimiter)
        quotes = node.quotes.compactMap(\.first)
        escape = node.escape.first
        isGreedy = node.isGreedy
    }

    func pairs(in text: String) -> [String: String] {
        let characters = Array(text)
        var result: [String: String] = [:]
        var position = 0
        while position < characters.count {
            while position < characters.count, pairDelimiters.contains(characters[position]) { position += 1 }
            guard let split = find(valueDelimiter, in: characters, from: position) else { break }
            var keyStart = split
            while keyStart > position, !pairDelimiters.contains(characters[keyStart - 1]) { keyStart -= 1 }
            let key = String(characters[keyStart..<split]).filter { !quotes.contains($0) }
            position = split + valueDelimiter.count
            let value = readValue(characters, &position)
            if result[key] == nil { result[key] = value }
        }
        return result
    }

    private func readValue(_ characters: [Character], _ position: inout Int) -> String {
        if position < characters.count, quotes.contains(characters[position]) {
            return readQuoted(characters, &position)
        }
        let start = position
        if isGreedy, let next = find(valueDelimiter, in: characters, from: position) {
            var end = next
            while end > position, !pairDelimiters.contains(characters[end - 1]) { end -= 1 }
            position = max(position, end)
            while end > start, pairDelimiters.contains(characters[end - 1]) { end -= 1 }
            return String(characters[start..<max(start, end)])
        }
        if isGreedy {
            position = characters.count
            return String(characters[start...])
        }
        while position < characters.count, !pairDelimiters.contains(characters[position]) { position += 1 }
        return String(characters[start..<position])
    }

    private func readQuoted(_ characters: [Character], _ position: inout Int) -> String {
        let quote = characters[position]
        let closing: Character = quote == "[" ? "]" : quote == "(" ? ")" : quote == "{" ? "}" : quote
        var value = ""
        position += 1
        while position < characters.count {
            let character = characters[position]
            position += 1
            if character == escape, position < characters.count {
                value.append(characters[position])
                position += 1
            } else if character == closing {
                break
            } else {
                value.append(character)
            }
        }
        return value
    }

    private func find(_ needle: [Character], in characters: [Character], from start: Int) -> Int? {
        guard !needle.isEmpty, characters.count >= needle.count, start <= characters.count - needle.count else {
            return nil
        }
        return (start...(characters.count - needle.count)).first { position in
            needle.indices.allSatisfy { characters[position + $0] == needle[$0] }
        }
    }
}
