internal import CCmark
internal import Foundation

/// CommonMark text, shown as HTML.
public enum Markdown {
    /// Renders CommonMark to HTML. Raw HTML and script links in it are left out, so the result is safe to show.
    public static func html(_ text: String) -> String {
        var copy = text
        return copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let base = characters.baseAddress,
                    let rendered = cmark_markdown_to_html(base, characters.count, CMARK_OPT_SAFE)
                else { return "" }
                defer { free(rendered) }
                return String(cString: rendered)
            }
        }
    }
}
