/// The only places where names and texts become parts of SQL.
public enum SQLText {
    /// A name in double quotes.
    public static func identifier(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// A text in single quotes; must hold no NUL byte, which SQL text cannot.
    public static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}
