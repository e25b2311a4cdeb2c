import KQLValues

/// The string operators in SQL, for constant needles whose meaning DuckDB shares.
enum SQLText: Sendable {
    case equal, part, prefix, suffix, term, termPrefix, termSuffix

    /// The template, or nil when the right side is not a constant of ASCII text (or, for terms, of letters and digits).
    func template(for arguments: SQLArguments, ignoringCase: Bool, negated: Bool) -> String? {
        guard arguments.types[0] == .string, case .string(let needle)? = arguments.constants[1],
            needle.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
        else { return nil }
        // SQL folds characters beyond ASCII too: the Kelvin sign and the long s would match k and s.
        let text = ignoringCase ? SQLText.asciiLowered : "$1"
        let literal = SQLText.literal(ignoringCase ? needle.lowercased() : needle)
        let test: String
        switch self {
        case .equal: test = "\(text) = \(literal)"
        case .part: test = "contains(\(text), \(literal))"
        case .prefix: test = "starts_with(\(text), \(literal))"
        case .suffix: test = "ends_with(\(text), \(literal))"
        case .term, .termPrefix, .termSuffix:
            guard let pattern = termPattern(needle) else { return needle.isEmpty ? (negated ? "false" : "true") : nil }
            let regex = SQLText.literal((ignoringCase ? "(?i)" : "") + pattern)
            test = "contains(\(text), \(literal)) AND regexp_matches(\(ignoringCase ? text : "$1"), \(regex))"
        }
        return negated ? "NOT (\(test))" : test
    }

    /// `translate` changes ASCII letters only, as Tocsin's own search does.
    private static let asciiLowered =
        "translate($1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"

    private func termPattern(_ needle: String) -> String? {
        guard !needle.isEmpty, needle.utf8.allSatisfy({ $0.isASCIILetterOrDigit }) else { return nil }
        return switch self {
        case .termPrefix: #"(^|[^\pL\pN])"# + needle
        case .termSuffix: needle + #"([^\pL\pN]|$)"#
        default: #"(^|[^\pL\pN])"# + needle + #"([^\pL\pN]|$)"#
        }
    }

    /// `matches regex` with a constant pattern, which RE2 reads in both places.
    static func regex(_ arguments: SQLArguments) -> String? {
        guard arguments.types[0] == .string, case .string(let pattern)? = arguments.constants[1],
            !pattern.unicodeScalars.contains("\0")
        else { return nil }
        return "regexp_matches($1, \(literal(pattern)))"
    }

    /// A string constant of SQL.
    static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}

extension UInt8 {
    var isASCIILetterOrDigit: Bool { self &- 0x30 < 10 || (self | 0x20) &- 0x61 < 26 }
}
