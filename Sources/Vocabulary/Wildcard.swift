/// A pattern in which `*` stands for any text, also for none.
public struct Wildcard: Sendable, Hashable {
    private let marks: [Mark]
    private let ignoresCase: Bool

    private enum Mark: Sendable, Hashable {
        case any
        /// One character, whichever.
        case single
        case scalar(Unicode.Scalar)
    }

    /// - Parameters:
    ///   - ignoresCase: letter case is disregarded.
    ///   - hasSingles: `?` stands for one character; else for itself.
    public init(_ text: some StringProtocol, ignoresCase: Bool = false, hasSingles: Bool = false) {
        self.ignoresCase = ignoresCase
        marks = Self.scalars(of: text, ignoresCase).map { scalar in
            switch scalar {
            case "*": .any
            case "?" where hasSingles: .single
            default: .scalar(scalar)
            }
        }
    }

    private static func scalars(of text: some StringProtocol, _ ignoresCase: Bool) -> [Unicode.Scalar] {
        ignoresCase ? Array(text.lowercased().unicodeScalars) : Array(text.unicodeScalars)
    }

    /// Whether a character stands in the pattern for itself.
    public func names(_ scalar: Unicode.Scalar) -> Bool { marks.contains(.scalar(scalar)) }

    /// Whether all of a text is what the pattern says.
    ///
    /// Takes at most time in proportion to the product of both lengths: a star is retried from where it last stood.
    public func matches(_ text: some StringProtocol) -> Bool {
        let text = Self.scalars(of: text, ignoresCase)
        var (at, mark) = (0, 0)
        var star: (mark: Int, text: Int)?
        while at < text.count {
            if mark < marks.count, marks[mark] == .any {
                star = (mark, at)
                mark += 1
            } else if mark < marks.count, marks[mark] == .single || marks[mark] == .scalar(text[at]) {
                at += 1
                mark += 1
            } else if let last = star {
                star = (last.mark, last.text + 1)
                at = last.text + 1
                mark = last.mark + 1
            } else {
                return false
            }
        }
        return marks[mark...].allSatisfy { $0 == .any }
    }
}
