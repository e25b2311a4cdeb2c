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
                regex = try RE2Pattern.shared(pattern)
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
    private let pairDelimiter: [Character]
    private let valueDelimiter: [Character]
    /// Opening quotation marks with their closing ones.
    private let quotes: [Character: Character]
    private let escape: Character?
    private let isGreedy: Bool
    /// Without delimiters, every character that is no letter, digit or underscore separates.
    private let isFree: Bool

    init(_ node: ParseKeyValue) {
        isFree = node.pairDelimiter.isEmpty && node.valueDelimiter.isEmpty
        pairDelimiter = Array(node.pairDelimiter.isEmpty ? " " : node.pairDelimiter)
        valueDelimiter = Array(node.valueDelimiter.isEmpty ? "=" : node.valueDelimiter)
        var quotes: [Character: Character] = [:]
        for quote in node.quotes {
            if let opening = quote.first, let closing = quote.last { quotes[opening] = closing }
        }
        self.quotes = quotes
        escape = node.escape.first
        isGreedy = node.isGreedy
    }

    func pairs(in text: String) -> [String: String] {
        let characters = Array(text)
        return isFree ? freePairs(in: characters) : delimitedPairs(in: characters)
    }

    private func delimitedPairs(in characters: [Character]) -> [String: String] {
        var result: [String: String] = [:]
        var position = 0
        while position < characters.count {
            if characters[position].isWhitespace || starts(pairDelimiter, characters, position) {
                position += 1
                continue
            }
            guard let key = readKey(characters, &position) else { continue }
            let value = readValue(characters, &position)
            if result[key] == nil { result[key] = value }
        }
        return result
    }

    /// Reads a key and the delimiter after it; nil when a pair ends without one.
    private func readKey(_ characters: [Character], _ position: inout Int) -> String? {
        if let closing = quotes[characters[position]] {
            let key = readQuoted(characters, &position, closing: closing)
            guard starts(valueDelimiter, characters, position) else { return nil }
            position += valueDelimiter.count
            return key
        }
        let start = position
        while position < characters.count {
            if starts(valueDelimiter, characters, position) {
                let key = trimmed(characters[start..<position])
                position += valueDelimiter.count
                return key
            }
            if starts(pairDelimiter, characters, position) { return nil }
            position += 1
        }
        return nil
    }

    private func readValue(_ characters: [Character], _ position: inout Int) -> String {
        while position < characters.count, characters[position] == " ", pairDelimiter != [" "] { position += 1 }
        if position < characters.count, let closing = quotes[characters[position]] {
            return readQuoted(characters, &position, closing: closing)
        }
        let start = position
        while position < characters.count {
            if starts(pairDelimiter, characters, position), !isGreedy || isBeforeKey(characters, position) { break }
            position += 1
        }
        return trimmed(characters[start..<position])
    }

    /// Whether a key and its delimiter follow a pair delimiter before the next pair delimiter.
    private func isBeforeKey(_ characters: [Character], _ position: Int) -> Bool {
        var next = position + pairDelimiter.count
        while next < characters.count {
            if starts(valueDelimiter, characters, next) { return true }
            if starts(pairDelimiter, characters, next) { return false }
            next += 1
        }
        return false
    }

    private func readQuoted(_ characters: [Character], _ position: inout Int, closing: Character) -> String {
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

    /// Every word is a key whose value is the next word.
    private func freePairs(in characters: [Character]) -> [String: String] {
        var words: [String] = []
        var word = ""
        var position = 0
        while position < characters.count {
            let character = characters[position]
            if let closing = quotes[character], word.isEmpty {
                words.append(readQuoted(characters, &position, closing: closing))
                continue
            }
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
            position += 1
        }
        if !word.isEmpty { words.append(word) }
        return Dictionary(zip(words, words.dropFirst()), uniquingKeysWith: { first, _ in first })
    }

    private func starts(_ delimiter: [Character], _ characters: [Character], _ position: Int) -> Bool {
        position + delimiter.count <= characters.count
            && delimiter.indices.allSatisfy { characters[position + $0] == delimiter[$0] }
    }

    private func trimmed(_ characters: ArraySlice<Character>) -> String {
        var characters = characters
        while characters.first?.isWhitespace == true { characters.removeFirst() }
        while characters.last?.isWhitespace == true { characters.removeLast() }
        return String(characters)
    }
}
