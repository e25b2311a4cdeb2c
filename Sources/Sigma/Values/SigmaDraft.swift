/// A value on its way through the modifiers of its field.
struct SigmaDraft {
    enum WideEncoding { case littleEndian, bigEndian, marked }

    /// The value as the rule writes it.
    let original: String
    private(set) var test: SigmaTest
    /// UTF-16 bytes made by `wide` and its kin, for base64; they are no valid text.
    private var wideBytes: [UInt8]?

    private static let mostDashes = 3
    private static let mostExpanded = 10_000

    init(original: String) {
        self.original = original
        test = .text(SigmaText(parsing: original), isCased: false)
    }

    func with(_ test: SigmaTest) -> SigmaDraft {
        var copy = self
        copy.test = test
        return copy
    }

    func withText(_ text: SigmaText) -> SigmaDraft {
        var copy = self
        copy.wideBytes = nil
        if case .text(_, let isCased) = test {
            copy.test = .text(text, isCased: isCased)
        } else {
            copy.test = .text(text, isCased: false)
        }
        return copy
    }

    func anchored(_ anchor: SigmaAnchor) throws(SigmaModifier.Mismatch) -> SigmaDraft {
        switch test {
        case .text(let text, let isCased): return with(.text(text.anchored(anchor), isCased: isCased))
        case .field(let name, let old, let isCased):
            return with(.field(name, old == .whole || old == anchor ? anchor : .anywhere, isCased: isCased))
        // A regular expression is searched for anywhere already.
        case .expression: return self
        default: throw SigmaModifier.Mismatch(reason: "contains, startswith and endswith need a text")
        }
    }

    func flagged(
        _ flag: SigmaExpressionFlags, _ modifier: SigmaModifier
    ) throws(SigmaModifier.Mismatch) -> SigmaDraft {
        guard case .expression(let pattern, let flags) = test else {
            throw SigmaModifier.Mismatch(reason: "'\(modifier.rawValue)' goes with 're' only, after it")
        }
        return with(.expression(pattern, flags.union(flag)))
    }

    func cased() throws(SigmaModifier.Mismatch) -> SigmaDraft {
        switch test {
        case .text(let text, _): return with(.text(text, isCased: true))
        case .field(let name, let anchor, _): return with(.field(name, anchor, isCased: true))
        default: throw SigmaModifier.Mismatch(reason: "'cased' needs a text")
        }
    }

    func network() throws(SigmaModifier.Mismatch) -> SigmaDraft {
        guard let network = SigmaNetwork(original) else {
            throw SigmaModifier.Mismatch(
                code: .invalidNetwork, reason: "'\(original)' is no network; write it like 10.0.0.0/8 or fe80::/10")
        }
        return with(.network(network))
    }

    func existence() throws(SigmaModifier.Mismatch) -> SigmaDraft {
        switch original.lowercased() {
        case "true", "yes": return with(.exists(true))
        case "false", "no": return with(.exists(false))
        default: throw SigmaModifier.Mismatch(reason: "'exists' needs true or false")
        }
    }

    func comparison(_ comparison: SigmaComparison) throws(SigmaModifier.Mismatch) -> SigmaDraft {
        guard let number = Double(original) else {
            throw SigmaModifier.Mismatch(reason: "'\(comparison.rawValue)' needs a number, not '\(original)'")
        }
        if case .datePart(let part, _, let bound) = test { return with(.datePart(part, comparison, bound)) }
        return with(.comparison(comparison, number))
    }

    func datePart(_ part: SigmaDatePart) throws(SigmaModifier.Mismatch) -> SigmaDraft {
        guard let number = Int(original) else {
            throw SigmaModifier.Mismatch(reason: "'\(part.rawValue)' needs a whole number, not '\(original)'")
        }
        if case .comparison(let comparison, _) = test { return with(.datePart(part, comparison, number)) }
        return with(.datePart(part, nil, number))
    }

    /// The bytes that base64 encodes.
    func plainBytes(_ modifier: SigmaModifier) throws(SigmaModifier.Mismatch) -> [UInt8] {
        if let wideBytes { return wideBytes }
        guard case .text(let text, _) = test, let literal = text.literal else {
            throw SigmaModifier.Mismatch(reason: "'\(modifier.rawValue)' needs a text without wildcards")
        }
        return Array(literal.utf8)
    }

    func widened(_ encoding: WideEncoding) throws(SigmaModifier.Mismatch) -> SigmaDraft {
        guard case .text(let text, _) = test else {
            throw SigmaModifier.Mismatch(reason: "UTF-16 modifiers need a text")
        }
        var copy = self
        if let literal = text.literal {
            let units = (encoding == .marked ? [0xFEFF] : []) + Array(literal.utf16)
            copy.wideBytes = units.flatMap { unit in
                let low = UInt8(unit & 0xFF)
                let high = UInt8(unit >> 8)
                return encoding == .bigEndian ? [high, low] : [low, high]
            }
        }
        // As text, a zero character stands beside each character, as decoders of ASCII show such bytes.
        let spread = text.mapLiterals { literal in
            literal.map { encoding == .bigEndian ? "\0\($0)" : "\($0)\0" }.joined()
        }
        if case .text(_, let isCased) = test { copy.test = .text(spread, isCased: isCased) }
        return copy
    }

    /// One draft for each way to write the parameter dashes: - / – — ―.
    func withEachDash() throws(SigmaModifier.Mismatch) -> [SigmaDraft] {
        guard case .text(let text, _) = test else {
            throw SigmaModifier.Mismatch(reason: "'windash' needs a text")
        }
        let dashes: [Character] = ["-", "/", "–", "—", "―"]
        var variants = [text]
        let count = text.parts.reduce(0) { $0 + Self.dashOffsets($1).count }
        if count > Self.mostDashes {
            return dashes.map { dash in
                withText(
                    text.mapLiterals { literal in Self.replacing(literal, at: Self.dashOffsets(literal), by: dash) })
            }
        }
        for (partIndex, part) in text.parts.enumerated() {
            for offset in Self.dashOffsets(part) {
                variants = variants.flatMap { variant in
                    dashes.map { dash in
                        var parts = variant.parts
                        if case .literal(let literal) = parts[partIndex] {
                            parts[partIndex] = .literal(Self.replacing(literal, at: [offset], by: dash))
                        }
                        return SigmaText(parts: parts)
                    }
                }
            }
        }
        return variants.map { withText($0) }
    }

    private static func dashOffsets(_ part: SigmaText.Part) -> [Int] {
        if case .literal(let literal) = part { dashOffsets(literal) } else { [] }
    }

    /// Where a dash or slash begins a parameter: before a word character and not after one.
    private static func dashOffsets(_ literal: String) -> [Int] {
        let characters = Array(literal)
        return characters.indices.filter { index in
            (characters[index] == "-" || characters[index] == "/")
                && index + 1 < characters.count && isWord(characters[index + 1])
                && (index == 0 || !isWord(characters[index - 1]))
        }
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private static func replacing(_ literal: String, at offsets: [Int], by dash: Character) -> String {
        var characters = Array(literal)
        for offset in offsets { characters[offset] = dash }
        return String(characters)
    }

    /// One draft for each value of the placeholders (`%name%`) in the text; `\%` is a plain percent character.
    func expanded(_ placeholders: [String: [String]]) throws(SigmaModifier.Mismatch) -> [SigmaDraft] {
        var texts = [""]
        var rest = original[...]
        while let character = rest.popFirst() {
            if character == "\\", rest.first == "%" {
                rest.removeFirst()
                texts = texts.map { $0 + "%" }
            } else if character == "%", let end = rest.firstIndex(of: "%"), end > rest.startIndex {
                let name = String(rest[..<end])
                rest = rest[rest.index(after: end)...]
                guard let values = placeholders[name] else {
                    throw SigmaModifier.Mismatch(
                        code: .missingPlaceholder, reason: "the placeholder %\(name)% has no values here; give it some")
                }
                guard texts.count * values.count <= Self.mostExpanded else {
                    throw SigmaModifier.Mismatch(
                        reason: "the placeholders make more than \(Self.mostExpanded) values of this one")
                }
                texts = texts.flatMap { text in values.map { text + $0 } }
            } else {
                texts = texts.map { $0 + String(character) }
            }
        }
        return texts.map { SigmaDraft(original: $0) }
    }
}
