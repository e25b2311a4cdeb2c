/// How many columns of a terminal a text takes: two for wide East Asian characters and emoji, none for marks that combine.
public enum DisplayWidth {
    public static func of(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// A character of several scalars (an emoji with a skin tone, a flag, a letter with accents) is as wide as its widest.
    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        // The variation selector 16 asks for the emoji's picture, which is wide.
        if scalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        return scalars.lazy.map(of).max() ?? 0
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The blocks whose characters Unicode's Annex 11 calls wide or full-width.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]

    /// The text cut to a width, with a mark at its end when something was cut off.
    public static func cut(_ text: String, to width: Int, mark: String) -> String {
        guard of(text) > width else { return text }
        var cut = ""
        var used = 0
        let room = width - of(mark)
        for character in text {
            let next = of(character)
            if used + next > room { break }
            cut.append(character)
            used += next
        }
        return cut + mark
    }

    /// The text filled up with blanks at its end, or at its start.
    public static func padded(_ text: String, to width: Int, atStart: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - of(text)))
        return atStart ? blanks + text : text + blanks
    }
}
