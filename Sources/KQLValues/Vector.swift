/// Fixed-size values of one type with their nulls.
public struct Vector<Element: Sendable>: Sendable {
    /// One element per row; what stands in a null row has no meaning.
    public var values: [Element]
    /// True where the row is null; nil when no row is.
    public var nulls: [Bool]?

    @inlinable
    public init(_ values: [Element], nulls: [Bool]? = nil) {
        precondition(nulls == nil || nulls?.count == values.count, "one null mark per value")
        self.values = values
        self.nulls = nulls
    }

    /// Makes a vector of optional elements; `filler` stands in for nil.
    @inlinable
    public init(_ elements: some Sequence<Element?>, filler: Element) {
        var values: [Element] = []
        var nulls: [Bool] = []
        var hasNull = false
        for element in elements {
            values.append(element ?? filler)
            nulls.append(element == nil)
            if element == nil { hasNull = true }
        }
        self.init(values, nulls: hasNull ? nulls : nil)
    }

    @inlinable public var count: Int { values.count }

    /// Whether a row is null.
    @inlinable
    public func isNull(_ row: Int) -> Bool {
        nulls?[row] ?? false
    }

    /// The element in a row, nil when null.
    @inlinable public subscript(row: Int) -> Element? {
        isNull(row) ? nil : values[row]
    }

    /// The elements of the given rows, in that order; -1 gives null.
    @inlinable
    public func gather(_ rows: [Int], filler: Element) -> Vector {
        var result: [Element] = []
        result.reserveCapacity(rows.count)
        let needsNulls = nulls != nil || rows.contains { $0 < 0 }
        for row in rows { result.append(row < 0 ? filler : values[row]) }
        return Vector(result, nulls: needsNulls ? rows.map { $0 < 0 || isNull($0) } : nil)
    }

    @inlinable
    public mutating func append(_ element: Element?, filler: Element) {
        if element == nil, nulls == nil { nulls = Array(repeating: false, count: values.count) }
        values.append(element ?? filler)
        nulls?.append(element == nil)
    }

    @inlinable
    public mutating func append(contentsOf other: Vector) {
        if nulls != nil || other.nulls != nil {
            let mine = nulls ?? Array(repeating: false, count: values.count)
            nulls = mine + (other.nulls ?? Array(repeating: false, count: other.values.count))
        }
        values.append(contentsOf: other.values)
    }
}
