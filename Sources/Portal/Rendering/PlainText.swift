/// Comments as they are shown: playbooks write them in HTML, people in text. Tags are dropped, so that no markup of a
/// comment, which may carry names from hostile events, ever reaches the page.
enum PlainText {
    /// The text of some HTML: cells and paragraphs apart, entities decoded, tags gone.
    static func text(ofHTML html: String) -> String {
        var text = ""
        var rest = html[...]
        while let open = rest.firstIndex(of: "<") {
            text += rest[..<open]
            guard let close = rest[open...].firstIndex(of: ">") else {
                rest = rest[open...]
                break
            }
            text += separator(after: rest[rest.index(after: open)..<close])
            rest = rest[rest.index(after: close)...]
        }
        text += rest
        return decoded(text).split(separator: "\n").map { $0.trimmingBlanks }.filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    private static func separator(after tag: Substring) -> String {
        switch tag.lowercased().prefix(while: { $0.isLetter || $0 == "/" }) {
        case "br", "/p", "/div", "/tr", "/li", "/table": "\n"
        case "/td", "/th": "  "
        case "li": "• "
        default: ""
        }
    }

    private static func decoded(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&nbsp;", with: " ").replacing("&amp;", with: "&")
    }
}
