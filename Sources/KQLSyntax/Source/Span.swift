/// A half-open range of UTF-8 offsets into a query text.
public struct Span: Hashable, Sendable {
    /// Offset of the first byte.
    public var lower: Int
    /// Offset after the last byte.
    public var upper: Int

    public init(_ lower: Int, _ upper: Int) {
        self.lower = lower
        self.upper = upper
    }

    /// The empty span at an offset.
    public static func point(_ offset: Int) -> Span { Span(offset, offset) }

    public var isEmpty: Bool { lower >= upper }
    public var length: Int { upper - lower }

    /// The smallest span that covers both.
    public func joined(with other: Span) -> Span {
        Span(min(lower, other.lower), max(upper, other.upper))
    }

    /// True for offsets inside, and for the offset right after the last byte (where a cursor may stand).
    public func touches(_ offset: Int) -> Bool { lower <= offset && offset <= upper }
}
