public import Vocabulary

/// How names are made up of parts: `{type}-{workload}-{environment}-{region}[-{instance}]`.
///
/// Braces hold the name of a part, brackets what may be missing; everything else stands for itself, in any letter case. A
/// part with a vocabulary is one of its words, `instance` a number, any other part letters, digits and hyphens, as few as
/// possible.
public struct NamingConvention: Sendable, Hashable {
    public let name: String
    public let pattern: String
    /// The kinds of asset that are named so; all when empty.
    public let kinds: Set<EntityKind>
    private let elements: [Element]

    private enum Element: Sendable, Hashable {
        case literal([Character])
        case part(String)
        /// The elements from here up to this index may be missing.
        case optional(until: Int)
    }

    /// - Throws: `PatternFault` for braces or brackets that do not pair, empty or repeated parts.
    public init(name: String, pattern: String, kinds: Set<EntityKind> = []) throws(PatternFault) {
        self.name = name
        self.pattern = pattern
        self.kinds = kinds
        elements = try NamingConvention.elements(of: pattern)
    }

    /// What is wrong with a pattern.
    public struct PatternFault: Error, Sendable, Hashable {
        public let message: String
    }

    /// The parts of a name; nil when it is not made so.
    public func parts(of name: String, vocabularies: Vocabularies) -> NameParts? {
        let text = Array(name.lowercased())
        guard text.count <= 260 else { return nil }
        var search = Search(elements: elements, text: text, vocabularies: vocabularies)
        guard let found = search.match(0, 0) else { return nil }
        let values = found.reversed().map { part, range in
            let word = String(text[range])
            return NameParts.Value(part: part, text: word, meaning: vocabularies.meaning(of: word, in: part))
        }
        return NameParts(convention: self.name, values: values)
    }

    /// Looks for a way to divide a text, trying each pair of element and place once.
    private struct Search {
        let elements: [Element]
        let text: [Character]
        let vocabularies: Vocabularies
        private var failed: Set<Int> = []

        init(elements: [Element], text: [Character], vocabularies: Vocabularies) {
            self.elements = elements
            self.text = text
            self.vocabularies = vocabularies
        }

        /// The parts from here on, the last one first.
        mutating func match(_ element: Int, _ place: Int) -> [(String, Range<Int>)]? {
            if element == elements.count { return place == text.count ? [] : nil }
            let key = element * (text.count + 1) + place
            guard !failed.contains(key) else { return nil }
            let found = attempt(element, place)
            if found == nil { failed.insert(key) }
            return found
        }

        private mutating func attempt(_ element: Int, _ place: Int) -> [(String, Range<Int>)]? {
            switch elements[element] {
            case .literal(let wanted):
                guard text[place...].starts(with: wanted) else { return nil }
                return match(element + 1, place + wanted.count)
            case .optional(let until):
                return match(element + 1, place) ?? match(until, place)
            case .part(let name):
                for end in ends(of: name, from: place) {
                    if let rest = match(element + 1, end) { return rest + [(name, place..<end)] }
                }
                return nil
            }
        }

        private func ends(of part: String, from place: Int) -> [Int] {
            if let lengths = vocabularies.lengths(of: part) {
                return lengths.map { place + $0 }.filter { end in
                    end <= text.count && vocabularies.holds(String(text[place..<end]), in: part)
                }
            }
            let allowed: (Character) -> Bool =
                part == "instance" ? { $0.isNumber } : { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            let most = text[place...].prefix(while: allowed).count
            return most == 0 ? [] : Array(place + 1...place + most)
        }
    }

    private static func elements(of pattern: String) throws(PatternFault) -> [Element] {
        var elements: [Element] = []
        var opened: [Int] = []
        var parts: Set<String> = []
        var rest = pattern.lowercased()[...]
        while let character = rest.popFirst() {
            switch character {
            case "{":
                let part = String(rest.prefix { $0.isLetter || $0.isNumber })
                rest = rest.dropFirst(part.count)
                guard !part.isEmpty, rest.popFirst() == "}" else {
                    throw PatternFault(message: "a part is written {name}, with letters and digits only")
                }
                guard parts.insert(part).inserted else { throw PatternFault(message: "{\(part)} stands here twice") }
                elements.append(.part(part))
            case "[":
                opened.append(elements.count)
                elements.append(.optional(until: 0))
            case "]":
                guard let start = opened.popLast() else { throw PatternFault(message: "a ']' has no '[' before it") }
                elements[start] = .optional(until: elements.count)
            case "}": throw PatternFault(message: "a '}' has no '{' before it")
            default: elements.append(.literal([character]))
            }
        }
        guard opened.isEmpty else { throw PatternFault(message: "a '[' is never closed with ']'") }
        guard !parts.isEmpty else { throw PatternFault(message: "a pattern needs a part such as {workload}") }
        guard elements.count <= 64 else { throw PatternFault(message: "the pattern is too long") }
        return elements
    }
}

/// What a naming convention found in a name.
public struct NameParts: Sendable, Hashable {
    public struct Value: Sendable, Hashable {
        /// `environment`
        public let part: String
        /// As the name has it: `prod`.
        public let text: String
        /// As the vocabulary spells it out: `production`.
        public let meaning: String?
    }

    public let convention: String
    /// In the order of the name.
    public let values: [Value]
}

/// The words that parts of names are made of, with what they mean.
public struct Vocabularies: Sendable, Hashable {
    private var words: [String: [String: String]] = [:]
    private var lengths: [String: [Int]] = [:]

    public init() {}

    /// Adds words for a meaning, which is a word for itself as well unless it has blanks.
    public mutating func add(_ added: [String], meaning: String, to part: String) {
        let part = part.lowercased()
        let own = meaning.contains(where: \.isWhitespace) ? [] : [meaning]
        for word in added + own { words[part, default: [:]][word.lowercased()] = meaning }
        lengths[part] = Set((words[part] ?? [:]).keys.map(\.count)).sorted(by: >)
    }

    func meaning(of word: String, in part: String) -> String? { words[part]?[word] }

    func holds(_ word: String, in part: String) -> Bool { words[part]?[word] != nil }

    /// The lengths of a part's words, longest first; nil for a part of free text.
    func lengths(of part: String) -> [Int]? { lengths[part] }

    func merging(_ other: Vocabularies) -> Vocabularies {
        var merged = self
        for (part, words) in other.words {
            merged.words[part, default: [:]].merge(words) { _, later in later }
            merged.lengths[part] = Set((merged.words[part] ?? [:]).keys.map(\.count)).sorted(by: >)
        }
        return merged
    }
}
