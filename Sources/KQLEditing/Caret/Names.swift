extension String {
    /// A name as it has to be written in a query: `['…']` where it is no plain word.
    var asName: String {
        let isPlain = !isEmpty && utf8.allSatisfy(\.isWordByte) && !("0"..."9").contains(prefix(1))
        if isPlain { return self }
        let escaped = flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "['\(String(escaped))']"
    }

    /// The name inside `['…']`.
    var unquotedName: String {
        guard hasPrefix("['") || hasPrefix("[\""), hasSuffix("]") else { return self }
        return String(dropFirst(2).dropLast(2))
    }
}
