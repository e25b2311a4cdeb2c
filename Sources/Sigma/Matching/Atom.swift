internal import RE2

/// One test of one field, shared by all rules that make it.
struct Atom {
    enum Kind: UInt8 {
        case equal, prefix, suffix, contains, segments, expression, network, comparison, datePart, isNull, exists,
            missing,
            field
    }

    /// How a text test treats letter case.
    enum Casing: UInt8 {
        /// Byte for byte.
        case exact
        /// ASCII letters are folded; the needle's other characters have no case.
        case ascii
        /// The needle holds other letters; the value is folded by Unicode's rules first.
        case unicode
    }

    /// Index of the field in the rule set; -1: every field of the event.
    var slot: Int32
    var kind: Kind
    var casing: Casing = .exact
    /// For text tests the needle's place in `AtomTable.needles`, else the index into the table of that kind.
    var start: Int32 = 0
    var length: Int32 = 0
}

/// All tests of a rule set, each once.
struct AtomTable: Sendable {
    struct Segments: Sendable {
        /// Literal pieces between wildcards, as ranges of `needles`.
        var pieces: [Range<Int>]
        var isAnchoredAtStart: Bool
        var isAnchoredAtEnd: Bool
    }

    struct FieldComparison: Sendable {
        var slot: Int32
        var anchor: SigmaAnchor
        var isCased: Bool
    }

    private struct Key: Hashable {
        let slot: Int32
        let test: SigmaTest
    }

    private(set) var atoms: [Atom] = []
    private(set) var needles: [UInt8] = []
    private(set) var segments: [Segments] = []
    private(set) var expressions: [RE2Pattern] = []
    /// Per expression the texts of which a match holds one, as far as they are ASCII; nil: it can do without.
    private(set) var expressionNeedles: [[Range<Int>]?] = []
    private(set) var networks: [SigmaNetwork] = []
    private(set) var comparisons: [(SigmaComparison, Double)] = []
    private(set) var dateParts: [(SigmaDatePart, SigmaComparison?, Int)] = []
    private(set) var fieldComparisons: [FieldComparison] = []
    private var known: [Key: Int32] = [:]

    /// Texts of fewer bytes are too common to look for in an expression's stead.
    private static let shortestOfExpression = 3

    /// The index of a test, which is added when it is new; nil when its expression cannot be compiled.
    mutating func intern(slot: Int32, test: SigmaTest, slotOf: (String) -> Int32) -> Int32? {
        let key = Key(slot: slot, test: test)
        if let index = known[key] { return index }
        guard let atom = make(slot: slot, test: test, slotOf: slotOf) else { return nil }
        let index = Int32(atoms.count)
        atoms.append(atom)
        known[key] = index
        return index
    }

    /// Forgets what is needed only to add tests.
    mutating func seal() { known = [:] }

    private mutating func make(slot: Int32, test: SigmaTest, slotOf: (String) -> Int32) -> Atom? {
        switch test {
        case .text(let text, let isCased):
            return makeText(slot, slot < 0 ? text.anchored(.anywhere) : text, isCased: isCased)
        case .expression(let pattern, let flags): return makeExpression(slot, pattern, flags)
        case .network(let network):
            networks.append(network)
            return Atom(slot: slot, kind: .network, start: Int32(networks.count - 1))
        case .comparison(let comparison, let number):
            comparisons.append((comparison, number))
            return Atom(slot: slot, kind: .comparison, start: Int32(comparisons.count - 1))
        case .datePart(let part, let comparison, let number):
            dateParts.append((part, comparison, number))
            return Atom(slot: slot, kind: .datePart, start: Int32(dateParts.count - 1))
        case .isNull: return Atom(slot: slot, kind: .isNull)
        case .exists(let isThere): return Atom(slot: slot, kind: isThere ? .exists : .missing)
        case .field(let other, let anchor, let isCased):
            fieldComparisons.append(FieldComparison(slot: slotOf(other), anchor: anchor, isCased: isCased))
            return Atom(slot: slot, kind: .field, start: Int32(fieldComparisons.count - 1))
        }
    }

    private mutating func makeText(_ slot: Int32, _ text: SigmaText, isCased: Bool) -> Atom? {
        if text.parts.contains(.oneCharacter) { return makeWildcardExpression(slot, text, isCased: isCased) }
        let casing: Atom.Casing = isCased ? .exact : foldsByByte(text) ? .ascii : .unicode
        let literals = text.parts.compactMap { if case .literal(let literal) = $0 { literal } else { nil } }
        let opensWithWildcard = text.parts.first == .anyCharacters
        let endsWithWildcard = text.parts.last == .anyCharacters
        if literals.count <= 1 {
            let range = addNeedle(literals.first ?? "", casing)
            let kind: Atom.Kind =
                switch (opensWithWildcard, endsWithWildcard) {
                case (false, false): .equal
                case (false, true): .prefix
                case (true, false): .suffix
                case (true, true): .contains
                }
            return Atom(
                slot: slot, kind: kind, casing: casing, start: Int32(range.lowerBound), length: Int32(range.count))
        }
        let pieces = literals.map { addNeedle($0, casing) }
        segments.append(
            Segments(pieces: pieces, isAnchoredAtStart: !opensWithWildcard, isAnchoredAtEnd: !endsWithWildcard))
        return Atom(slot: slot, kind: .segments, casing: casing, start: Int32(segments.count - 1))
    }

    /// Whether none of the text's letters beyond ASCII has a case, so that folding ASCII letters alone is enough.
    private func foldsByByte(_ text: SigmaText) -> Bool {
        text.parts.allSatisfy { part in
            guard case .literal(let literal) = part else { return true }
            return literal.unicodeScalars.allSatisfy { $0.isASCII || !$0.properties.changesWhenCaseMapped }
        }
    }

    private mutating func addNeedle(_ literal: String, _ casing: Atom.Casing) -> Range<Int> {
        let start = needles.count
        needles.append(contentsOf: (casing == .exact ? literal : literal.lowercased()).utf8)
        return start..<needles.count
    }

    private mutating func makeWildcardExpression(_ slot: Int32, _ text: SigmaText, isCased: Bool) -> Atom? {
        let body = text.parts.map { part in
            switch part {
            case .literal(let literal): Self.escaped(literal)
            case .anyCharacters: ".*"
            case .oneCharacter: "."
            }
        }
        return makeExpression(
            slot, "^(?:" + body.joined() + ")$",
            isCased ? .dotMatchesNewline : [.dotMatchesNewline, .ignoresCase])
    }

    private static func escaped(_ literal: String) -> String {
        literal.unicodeScalars.map { scalar in
            if scalar == "\0" { return "\\x00" }
            let isPlain = scalar.value >= 128 || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            return isPlain || scalar == "\n" || scalar == "\r" ? String(scalar) : "\\\(scalar)"
        }.joined()
    }

    private mutating func makeExpression(_ slot: Int32, _ pattern: String, _ flags: SigmaExpressionFlags) -> Atom? {
        // The reader has compiled the rule's own expressions already, so a failure here cannot be the author's.
        let text = flags.contains(.multiline) ? "(?m)" + pattern : pattern
        guard
            let expression = try? RE2Pattern(
                text, ignoringCase: flags.contains(.ignoresCase), dotMatchesNewline: flags.contains(.dotMatchesNewline))
        else { return nil }
        expressions.append(expression)
        expressionNeedles.append(
            expression.necessaryTexts(shortest: Self.shortestOfExpression)?.filter { $0.utf8.allSatisfy { $0 < 128 } }
                .map { addNeedle($0, .ascii) })
        return Atom(slot: slot, kind: .expression, start: Int32(expressions.count - 1))
    }
}
