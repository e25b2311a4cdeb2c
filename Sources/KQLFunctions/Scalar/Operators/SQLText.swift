import KQLValues

/// The string operators in SQL, for constant needles whose meaning DuckDB shares.
enum SQLText: Sendable {
    case equal, part, prefix, suffix, term, termPrefix, termSuffix

    /// The template, or nil when the right side is not a constant of printable ASCII text.
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
            guard !needle.isEmpty else { return negated ? "false" : "true" }
            // The text is in lower case already where case is ignored.
            let regex = SQLText.literal(termPattern(ignoringCase ? needle.lowercased() : needle))
            test = "contains(\(text), \(literal)) AND regexp_matches(\(text), \(regex))"
        }
        return negated ? "NOT (\(test))" : test
    }

    /// The same in ClickHouse, whose `lower` changes ASCII letters only. `LIKE` over it can use an index of parts.
    func clickHouse(for arguments: SQLArguments, ignoringCase: Bool, negated: Bool) -> String? {
        guard arguments.types[0] == .string, case .string(let given)? = arguments.constants[1],
            given.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
        else { return nil }
        let needle = ignoringCase ? given.lowercased() : given
        let text = ignoringCase ? "lower($1)" : "$1"
        let literal = SQLText.clickHouseLiteral(needle)
        let test: String
        switch self {
        case .equal: test = "\(text) = \(literal)"
        case .part: test = SQLText.clickHouseContainment(of: needle, in: text)
        case .prefix: test = "startsWith(\(text), \(literal))"
        case .suffix: test = "endsWith(\(text), \(literal))"
        case .term, .termPrefix, .termSuffix:
            guard !needle.isEmpty else { return negated ? "false" : "true" }
            let regex = SQLText.clickHouseLiteral(termPattern(needle))
            test = "\(SQLText.clickHouseContainment(of: needle, in: text)) AND match(\(text), \(regex))"
        }
        return negated ? "NOT (\(test))" : test
    }

    private static func clickHouseContainment(of needle: String, in text: String) -> String {
        var pattern = ""
        for character in needle {
            if "\\%_".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        return "\(text) LIKE \(clickHouseLiteral("%\(pattern)%"))"
    }

    /// `matches regex` in ClickHouse, where a dot matches the end of a line too unless told otherwise.
    static func clickHouseRegex(_ arguments: SQLArguments) -> String? {
        guard arguments.types[0] == .string, case .string(let pattern)? = arguments.constants[1],
            !pattern.unicodeScalars.contains("\0")
        else { return nil }
        return "match($1, \(clickHouseLiteral("(?-s)" + pattern)))"
    }

    /// A string constant of ClickHouse's SQL, in which a backslash begins an escape.
    static func clickHouseLiteral(_ text: String) -> String {
        literal(text.replacing("\\", with: "\\\\").replacing("\0", with: "\\0"))
    }

    /// `translate` changes ASCII letters only, as Tocsin's own search does.
    private static let asciiLowered =
        "translate($1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"

    /// A text with its ASCII letters in lower case.
    static func lowered(_ dialect: SQLDialect) -> String {
        dialect == .clickHouse ? "lower($1)" : asciiLowered
    }

    /// The needle with a term boundary at each edge that is a letter or digit.
    private func termPattern(_ needle: String) -> String {
        var pattern = ""
        for character in needle {
            if #"\.+*?()|[]{}^$"#.contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        if self != .termSuffix, needle.utf8.first?.isASCIILetterOrDigit == true {
            pattern = #"(^|[^\pL\pN])"# + pattern
        }
        if self != .termPrefix, needle.utf8.last?.isASCIILetterOrDigit == true { pattern += #"([^\pL\pN]|$)"# }
        return pattern
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
