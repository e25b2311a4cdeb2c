/// A place in a file of assets or weights that cannot be used, and what to do.
public struct ContentFault: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// From 1; nil when it is the file as a whole.
    public let line: Int?
    public let column: Int?
    /// What is wrong and what to do.
    public let message: String

    public init(file: String, line: Int? = nil, column: Int? = nil, _ message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `assets.yaml:3:5: …`
    public var description: String {
        ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": " + message
    }
}
