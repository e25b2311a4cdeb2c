/// Undoes what reports do to addresses so that nobody follows them by accident: `hxxps://evil[.]example`.
enum Refanging {
    private static let replacements: [(written: String, meant: String)] = [
        ("[://]", "://"), ("[:]//", "://"), ("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("(dot)", "."),
        ("{dot}", "."), ("[@]", "@"), ("(@)", "@"), ("[at]", "@"), ("(at)", "@"), ("[:]", ":"), ("[/]", "/"),
        ("\\.", "."),
    ]

    /// The text as it was meant, without blanks and quotation marks around it.
    static func refanged(_ text: some StringProtocol) -> String {
        var result = trimmed(text)
        if result.contains(where: { "[({\\".contains($0) }) {
            for (written, meant) in replacements { result = replacing(written, by: meant, in: result) }
        }
        for (written, meant) in [("hxxps", "https"), ("hxxp", "http"), ("fxp", "ftp")]
        where result.lowercased().hasPrefix(written + ":") {
            result = meant + result.dropFirst(written.count)
            break
        }
        return result
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        func isAround(_ character: Character) -> Bool { character.isWhitespace || "\"'<>`".contains(character) }
        var rest = Substring(text)
        while let first = rest.first, isAround(first) { rest.removeFirst() }
        while let last = rest.last, isAround(last) { rest.removeLast() }
        return String(rest)
    }

    /// Replaces in any letter case.
    private static func replacing(_ written: String, by meant: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let first = rest.first {
            if rest.prefix(written.count).lowercased() == written {
                result += meant
                rest = rest.dropFirst(written.count)
            } else {
                result.append(first)
                rest.removeFirst()
            }
        }
        return result
    }
}
