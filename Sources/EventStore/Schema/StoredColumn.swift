internal import Foundation
internal import JSON
public import KQLValues

extension Column {
    /// A column of a type whose values stores keep as whole numbers: `long`, `datetime` or `timespan`.
    ///
    /// - Parameter nulls: Which rows have no value; nil when all have one.
    public init(stored values: [Int64], as type: KQLType, nulls: [Bool]?) {
        switch type {
        case .datetime: self = .datetime(Vector(values, nulls: nulls))
        case .timespan: self = .timespan(Vector(values, nulls: nulls))
        default: self = .long(Vector(values, nulls: nulls))
        }
    }

    /// A column of a type whose values stores keep as text: `string`, `decimal`, or `dynamic` as JSON, of which text that is
    /// none becomes a string.
    ///
    /// - Parameter nulls: Which rows have no value; nil when all have one.
    public init(stored texts: StringColumn, as type: KQLType, nulls: [Bool]?) {
        func isNull(_ row: Int) -> Bool { nulls?[row] ?? false }
        switch type {
        case .decimal:
            let values = (0..<texts.count).map { isNull($0) ? nil : Decimal(string: texts[$0]) }
            self = .decimal(Vector(values, filler: 0))
        case .dynamic: self = .dynamic((0..<texts.count).map { isNull($0) ? .null : texts.json($0) })
        default: self = .string(texts)
        }
    }
}

extension StringColumn {
    fileprivate func json(_ row: Int) -> JSON {
        withUTF8(row) { text in
            do {
                return try JSON(parsing: text)
            } catch {
                return .string(String(decoding: text, as: UTF8.self))
            }
        }
    }
}
