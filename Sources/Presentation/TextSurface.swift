/// What texts are written to: how wide it is and what it can show.
public struct TextSurface: Sendable, Hashable {
    /// Columns; nil when lines may be as long as they like.
    public var width: Int?
    /// Whether it shows colours and weights.
    public var hasColors: Bool
    /// Whether it shows characters beyond ASCII.
    public var isUnicode: Bool

    public init(width: Int? = nil, hasColors: Bool = false, isUnicode: Bool = true) {
        self.width = width
        self.hasColors = hasColors
        self.isUnicode = isUnicode
    }

    /// How many columns charts take.
    var chartWidth: Int { min(max(40, width ?? 80), 200) }

    var ellipsis: String { isUnicode ? "…" : "..." }

    /// Ways to set off text (ECMA-48, select graphic rendition).
    enum Style {
        case faint
        case bold
        /// One of a few colours, for the series of a chart.
        case series(Int)

        var code: String {
            switch self {
            case .faint: "2"
            case .bold: "1"
            case .series(let index): ["36", "33", "35", "32", "34", "31", "96", "93", "95", "92"][index % 10]
            }
        }
    }

    func styled(_ text: String, _ style: Style) -> String {
        hasColors && !text.isEmpty ? "\u{1B}[\(style.code)m\(text)\u{1B}[0m" : text
    }

    /// Text without control characters, which could drive the terminal: line ends and tabs are shown as such, others
    /// replaced.
    func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnprintable) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": shown += isUnicode ? "⏎" : "\\n"
            case "\r": shown += isUnicode ? "" : "\\r"
            case "\t": shown += isUnicode ? "⇥" : "\\t"
            case _ where !isUnprintable(scalar): shown.unicodeScalars.append(scalar)
            default: shown += isUnicode ? "\u{FFFD}" : "?"
            }
        }
        return shown
    }

    private func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: true
        // Marks that turn the direction of writing could disguise what follows.
        case .format: scalar.value != 0x200D && scalar.value != 0x200C
        default: !isUnicode && !scalar.isASCII
        }
    }
}
