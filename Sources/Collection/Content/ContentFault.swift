/// What is wrong with a file of content: where, and what to do.
public struct ContentFault: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; nil when the fault is of the whole file.
    public var line: Int?
    public var column: Int?
    public var problem: String
    public var remedy: String

    public init(file: String, line: Int? = nil, column: Int? = nil, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let place = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
        return "\(file)\(place): \(problem); \(remedy)"
    }
}
